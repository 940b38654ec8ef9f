/*
 * The POSIX poller. The kernel is handed the whole set at every wait, so a
 * wait costs time in proportion to the descriptors, not to the events.
 */
#include "poller_ops.h"

#include <errno.h>
#include <stdlib.h>

#include "os/ready.h"

struct poller_of_poll {
	struct poller base;
	int capacity;
	int count;
	int next;	    /* where the next scan for events begins */
	struct pollfd *set; /* set[0..count-1] */
	uint64_t *tag;	    /* tag[i] belongs to set[i] */
	int *place;	    /* place[fd]: index in set plus one, 0: not there */
};

static void
poll_release(struct poller *base)
{
	struct poller_of_poll *p = (struct poller_of_poll *)base;

	free(p->set);
	free(p->tag);
	free(p->place);
	free(p);
}

static struct poller *
poll_make(int capacity)
{
	struct poller_of_poll *p = calloc(1, sizeof(*p));

	if (p == NULL)
		return NULL;
	p->base.ops = &poller_poll;
	p->capacity = capacity;
	p->set = calloc((size_t)capacity, sizeof(*p->set));
	p->tag = calloc((size_t)capacity, sizeof(*p->tag));
	p->place = calloc((size_t)capacity, sizeof(*p->place));
	if (p->set == NULL || p->tag == NULL || p->place == NULL) {
		poll_release(&p->base);
		return NULL;
	}
	return &p->base;
}

static int
poll_add(struct poller *base, int fd, short events, uint64_t tag, int shared)
{
	struct poller_of_poll *p = (struct poller_of_poll *)base;
	int i;

	/* poll(2) wakes everyone; one that comes late finds nothing to accept.
	 */
	(void)shared;
	if (fd < 0 || fd >= p->capacity || p->place[fd] != 0) {
		errno = fd >= 0 && fd < p->capacity ? EEXIST : EBADF;
		return -1;
	}
	i = p->count++;
	p->set[i].fd = fd;
	p->set[i].events = events;
	p->set[i].revents = 0;
	p->tag[i] = tag;
	p->place[fd] = i + 1;
	return 0;
}

/* The index of fd in the set, or -1 with errno. */
static int
poll_find(const struct poller_of_poll *p, int fd)
{
	if (fd < 0 || fd >= p->capacity || p->place[fd] == 0) {
		errno = ENOENT;
		return -1;
	}
	return p->place[fd] - 1;
}

static int
poll_mod(struct poller *base, int fd, short events, uint64_t tag)
{
	struct poller_of_poll *p = (struct poller_of_poll *)base;
	int i = poll_find(p, fd);

	if (i < 0)
		return -1;
	p->set[i].events = events;
	p->tag[i] = tag;
	return 0;
}

static int
poll_del(struct poller *base, int fd)
{
	struct poller_of_poll *p = (struct poller_of_poll *)base;
	int i = poll_find(p, fd), last;

	if (i < 0)
		return -1;
	last = --p->count;
	p->set[i] = p->set[last];
	p->tag[i] = p->tag[last];
	p->place[p->set[i].fd] = i + 1;
	p->place[fd] = 0;
	return 0;
}

static void
poll_forget(struct poller *p, int fd)
{
	(void)poll_del(p, fd);
}

static int
poll_wait(
    struct poller *base, struct poller_event *events, int max, int timeout)
{
	struct poller_of_poll *p = (struct poller_of_poll *)base;
	int ready = ready_wait(p->set, p->count, timeout);
	int i, n = 0, looked;

	if (max > POLLER_EVENTS)
		max = POLLER_EVENTS;
	/* Begin where the last scan ended, or the first ones would be served
	 * before the others for ever. */
	i = p->next < p->count ? p->next : 0;
	for (looked = 0; looked < p->count && n < ready && n < max; looked++) {
		if (p->set[i].revents != 0) {
			events[n].tag = p->tag[i];
			events[n++].events = p->set[i].revents;
		}
		i = i + 1 < p->count ? i + 1 : 0;
	}
	p->next = i;
	return n;
}

static int
poll_fd(const struct poller *p)
{
	(void)p;
	return -1;
}

static void
poll_move(struct poller *p, int fd)
{
	(void)p;
	(void)fd;
}

const struct poller_ops poller_poll = {
    .name = "poll",
    .make = poll_make,
    .release = poll_release,
    .add = poll_add,
    .mod = poll_mod,
    .del = poll_del,
    .forget = poll_forget,
    .wait = poll_wait,
    .fd = poll_fd,
    .move = poll_move,
};
