/*
 * poller_ops.h - what a poller's twin provides; for src/os/poller*.c alone.
 */
#ifndef OS_POLLER_OPS_H
#define OS_POLLER_OPS_H

#include "os/poller.h"

struct poller_ops {
	const char *name;
	struct poller *(*make)(int capacity);
	struct poller *(*inherit)(int fd); /* NULL: it has no descriptor that
					    * could be */
	void (*release)(struct poller *);
	int (*add)(struct poller *, int fd, short, uint64_t tag, int shared);
	int (*mod)(struct poller *, int fd, short, uint64_t tag);
	int (*del)(struct poller *, int fd);
	void (*forget)(struct poller *, int fd);
	int (*wait)(struct poller *, struct poller_event *, int max, int ms);
	int (*fd)(const struct poller *);
	void (*move)(struct poller *, int fd);
};

/* Every twin's struct begins with this. */
struct poller {
	const struct poller_ops *ops;
};

/* The pollers of this build, best first, ended by NULL. Defined in
 * poller_epoll.c or poller_posix.c. */
extern const struct poller_ops *const poller_all[];
extern const struct poller_ops poller_poll;

#endif
