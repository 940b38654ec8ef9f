/*
 * The Linux poller. EPOLLIN, EPOLLOUT, EPOLLERR and EPOLLHUP have the values
 * of their poll(2) namesakes; the asserts say so.
 */
#define _GNU_SOURCE
#include "poller_ops.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

_Static_assert(EPOLLIN == POLLIN && EPOLLOUT == POLLOUT, "poll and epoll");
_Static_assert(EPOLLERR == POLLERR && EPOLLHUP == POLLHUP, "poll and epoll");

struct poller_of_epoll {
	struct poller base;
	int fd;
	int inherited; /* it may know more, or less, than was registered */
	struct epoll_event ready[POLLER_EVENTS];
};

static const struct poller_ops poller_epoll;

static struct poller *
epoll_inherit(int fd)
{
	struct poller_of_epoll *p = malloc(sizeof(*p));

	if (p == NULL)
		return NULL;
	p->base.ops = &poller_epoll;
	p->fd = fd;
	p->inherited = 1;
	return &p->base;
}

/* Some sandboxes let epolls be made, and not be used. */
static int
is_usable(int fd)
{
	struct epoll_event e;

	memset(&e, 0, sizeof(e));
	return (epoll_ctl(fd, EPOLL_CTL_ADD, -1, &e) == 0 || errno == EBADF) &&
	       epoll_wait(fd, &e, 1, 0) == 0;
}

static void
give_up(int fd)
{
	int saved = errno;

	(void)close(fd);
	errno = saved;
}

static struct poller *
epoll_make(int capacity)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	struct poller *p;

	(void)capacity;
	if (fd < 0)
		return NULL;
	p = is_usable(fd) ? epoll_inherit(fd) : NULL;
	if (p != NULL)
		((struct poller_of_epoll *)p)->inherited = 0;
	else
		give_up(fd);
	return p;
}

static void
epoll_release(struct poller *base)
{
	struct poller_of_epoll *p = (struct poller_of_epoll *)base;

	(void)close(p->fd);
	free(p);
}

static int
control(struct poller *base, int what, int fd, uint32_t events, uint64_t tag)
{
	struct poller_of_epoll *p = (struct poller_of_epoll *)base;
	struct epoll_event e;

	memset(&e, 0, sizeof(e));
	e.events = events;
	e.data.u64 = tag;
	return epoll_ctl(p->fd, what, fd, &e);
}

/* Has the call failed since another registered more or less? */
static int
is_surprise(const struct poller *base, int result, int surprise)
{
	return result != 0 && errno == surprise &&
	       ((const struct poller_of_epoll *)base)->inherited;
}

static int
epoll_del(struct poller *p, int fd)
{
	return control(p, EPOLL_CTL_DEL, fd, 0, 0);
}

static int
epoll_add(struct poller *p, int fd, short events, uint64_t tag, int shared)
{
	uint32_t wanted = (uint32_t)(unsigned short)events;
	int result;

	if (shared)
		wanted |= EPOLLEXCLUSIVE;
	result = control(p, EPOLL_CTL_ADD, fd, wanted, tag);
	/* Not EPOLL_CTL_MOD, which refuses what is exclusive. */
	if (is_surprise(p, result, EEXIST) && epoll_del(p, fd) == 0)
		result = control(p, EPOLL_CTL_ADD, fd, wanted, tag);
	return result;
}

static int
epoll_mod(struct poller *p, int fd, short events, uint64_t tag)
{
	uint32_t wanted = (uint32_t)(unsigned short)events;
	int result = control(p, EPOLL_CTL_MOD, fd, wanted, tag);

	if (is_surprise(p, result, ENOENT))
		result = control(p, EPOLL_CTL_ADD, fd, wanted, tag);
	return result;
}

static void
epoll_forget(struct poller *p, int fd)
{
	(void)p;
	(void)fd;
}

static int
epoll_wait_events(
    struct poller *base, struct poller_event *events, int max, int timeout)
{
	struct poller_of_epoll *p = (struct poller_of_epoll *)base;
	int i, n;

	if (max > POLLER_EVENTS)
		max = POLLER_EVENTS;
	n = epoll_wait(p->fd, p->ready, max, timeout);
	if (n < 0)
		return errno == EINTR ? 0 : -1;
	for (i = 0; i < n; i++) {
		events[i].tag = p->ready[i].data.u64;
		events[i].events = (short)p->ready[i].events;
	}
	return n;
}

static int
epoll_fd(const struct poller *base)
{
	return ((const struct poller_of_epoll *)base)->fd;
}

static void
epoll_move(struct poller *base, int fd)
{
	((struct poller_of_epoll *)base)->fd = fd;
}

static const struct poller_ops poller_epoll = {
    .name = "epoll",
    .make = epoll_make,
    .inherit = epoll_inherit,
    .release = epoll_release,
    .add = epoll_add,
    .mod = epoll_mod,
    .del = epoll_del,
    .forget = epoll_forget,
    .wait = epoll_wait_events,
    .fd = epoll_fd,
    .move = epoll_move,
};

const struct poller_ops *const poller_all[] = {
    &poller_epoll, &poller_poll, NULL};
const char *const poller_names[] = {"epoll", "poll", NULL};
