/*
 * poller.h - which of many descriptors are ready, by epoll(7) or poll(2).
 *
 * Two twins behind one interface: "epoll" where the system has it, "poll"
 * everywhere. Both are level-triggered. A poller belongs to one thread.
 * Every descriptor is registered with a 64-bit tag of the caller's, which
 * comes back with the event.
 */
#ifndef OS_POLLER_H
#define OS_POLLER_H

#include <stdint.h>

struct poller;

enum { POLLER_EVENTS = 256 };

/* events: POLLIN, POLLOUT as asked for; POLLHUP and POLLERR may come unasked.
 */
struct poller_event {
	uint64_t tag;
	short events;
};

/* name: "epoll", "poll" or NULL for the best there is. Descriptors must be
 * below `capacity`. NULL with errno: EINVAL for a name this system has not,
 * or what the system said. */
struct poller *poller_new(const char *name, int capacity);
void poller_free(struct poller *p);

/* Makes a poller again from the descriptor that a dead process with the same
 * descriptor table has left: what was registered still is, with its tags. With
 * such a poller poller_add() and poller_mod() are the same: both register a
 * descriptor, or change how it is registered. NULL with errno: ENOTSUP if a
 * poller of that name has no descriptor. */
struct poller *poller_inherit(const char *name, int fd);

/* The names of the pollers of this build, best first, NULL last. */
extern const char *const poller_names[];

/* Registers fd. 0, or -1 with errno. */
int poller_add(struct poller *p, int fd, short events, uint64_t tag);

/* Registers fd, a descriptor that several pollers wait for: where possible
 * the kernel wakes one of them, not all. To change it, remove and add. */
int poller_add_shared(struct poller *p, int fd, short events, uint64_t tag);

/* Changes what fd is waited for. events 0 is allowed: errors only. */
int poller_mod(struct poller *p, int fd, short events, uint64_t tag);

/* Stops waiting for fd, which stays open. */
int poller_del(struct poller *p, int fd);

/* fd is about to be closed by its only owner: does what the kernel will not
 * do by itself, which for epoll is nothing. fd need not be registered. */
void poller_forget(struct poller *p, int fd);

/* Waits up to timeout milliseconds (-1: no limit) and fills events; at most
 * POLLER_EVENTS in one call, the rest in the next. Returns how many, 0 after
 * the timeout or a signal, -1 with errno: not by "poll", which then goes on as
 * ready_wait() (ready.h) does. */
int poller_wait(
    struct poller *p, struct poller_event *events, int max, int timeout);

/* The descriptor behind p, -1 if it has none. Used to place it at a number
 * of the caller's choice; p must not be used while it is being moved. */
int poller_fd(const struct poller *p);
void poller_move_fd(struct poller *p, int fd);

#endif
