/*
 * activation.h - listening sockets that the supervisor has made and hands over
 * by the convention of sd_listen_fds(3): from descriptor 3 on, if LISTEN_PID
 * says that this process is meant.
 */
#ifndef OS_ACTIVATION_H
#define OS_ACTIVATION_H

enum { ACTIVATION_FIRST = 3, ACTIVATION_NAME = 64, ACTIVATION_MAX = 10 };

/* The name of a socket at which the status is to be served. */
#define ACTIVATION_STATUS "status"

struct activation {
	int count; /* at ACTIVATION_FIRST and behind it */
	/* LISTEN_FDNAMES; else empty */
	char name[ACTIVATION_MAX][ACTIVATION_NAME];
};

/* Reads from the environment how many there are, and removes these variables.
 * most: how many there may be, up to ACTIVATION_MAX. 0; -1: there are more, or
 * the variables are not valid. */
int activation_find(struct activation *a, int most);

#endif
