/*
 * activation.h - listening sockets that the supervisor has made for us, and
 * hands over by the convention of sd_listen_fds(3): from descriptor 3 on, if
 * LISTEN_PID says that this process is meant.
 */
#ifndef OS_ACTIVATION_H
#define OS_ACTIVATION_H

enum { ACTIVATION_FIRST = 3, ACTIVATION_NAME = 64, ACTIVATION_MAX = 10 };

/* The name of one at which the status is to be served. */
#define ACTIVATION_STATUS "status"

struct activation {
	int count; /* at ACTIVATION_FIRST and behind it */
	/* LISTEN_FDNAMES; else empty */
	char name[ACTIVATION_MAX][ACTIVATION_NAME];
};

/* Finds in the environment how many there are, and takes that out of there.
 * 0; -1: there are more than `most`, ACTIVATION_MAX at most, or what is said of
 * them makes no sense. */
int activation_find(struct activation *a, int most);

#endif
