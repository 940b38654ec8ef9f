/*
 * listener.h - the sockets that clients connect to.
 *
 * Made once, by the master, before it forks; inherited by all workers, so
 * that what waits in the kernel's queue outlives any of them.
 */
#ifndef OS_LISTENER_H
#define OS_LISTENER_H

#include <stdbool.h>
#include <stdint.h>

enum { LISTENERS_MAX = 8, LISTENER_TEXT = 64 };

struct listeners {
	int count;
	int fd[LISTENERS_MAX];
	char name[LISTENERS_MAX][LISTENER_TEXT]; /* "127.0.0.1:5000" */
	bool loopback;				 /* all of them are */
};

/* Binds host (a name or an address; "*" for all) and port (0: one that is
 * free, the same for all addresses), listens, non-blocking. "localhost" means
 * both 127.0.0.1 and ::1; one of the two may be missing on the machine.
 * Returns 0; or -1 with *failed naming the address and *cause the reason
 * (both static text or within l), and nothing left open. */
int listeners_open(struct listeners *l, const char *host, uint16_t port,
    const char **failed, const char **cause);

void listeners_close(struct listeners *l);

#endif
