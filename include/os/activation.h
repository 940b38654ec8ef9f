/*
 * activation.h - listening sockets that the supervisor has made for us, and
 * hands over by the convention of sd_listen_fds(3): from descriptor 3 on, if
 * LISTEN_PID says that this process is meant.
 */
#ifndef OS_ACTIVATION_H
#define OS_ACTIVATION_H

enum { ACTIVATION_FIRST = 3, ACTIVATION_NAME = 64 };

struct activation {
	int count;		       /* at ACTIVATION_FIRST and behind it */
	char name[8][ACTIVATION_NAME]; /* LISTEN_FDNAMES; else empty */
};

/* Finds in the environment how many there are, and takes that out of there.
 * 0; -1: there are more than `most`, which is at most 8, or what is said of
 * them makes no sense. */
int activation_find(struct activation *a, int most);

#endif
