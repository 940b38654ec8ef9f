/*
 * A master that follows another one: it goes on from what that one has written
 * down, as far as the kernel agrees. An end of a pipe is believed to be the one
 * that is meant if it is the same file. All other descriptors are closed. So a
 * child that was forked, but not written down, finds that its lifeline has
 * ended, and leaves.
 */
#include "processes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "os/listener.h"
#include "os/process.h"

enum { ENDS_MAX = 4 * BOARD_ROWS_MAX + LEAVING_MAX + 1 };
_Static_assert(
    (int)ENDS_MAX < (int)STATE_ENDS_MAX, "some are open while they are made");

/* The ends that are open. */
struct ends {
	struct end *end[ENDS_MAX];
	int count;
	int top; /* all are below it */
};

/* Adds an end that is still what it was; else it is none any more. */
static void
add(struct ends *ends, struct end *end)
{
	struct end now;

	if (end->fd < 0)
		return;
	now = children_end(end->fd);
	if (end->fd < FD_CLIENTS || now.file == 0 || now.file != end->file) {
		end->fd = -1;
		return;
	}
	(void)fcntl(end->fd, F_SETFD, FD_CLOEXEC);
	ends->end[ends->count++] = end;
	if (ends->top <= end->fd)
		ends->top = end->fd + 1;
}

static void
find_ends(struct master *m, struct ends *ends)
{
	int i;

	ends->count = 0;
	ends->top = FD_CLIENTS;
	for (i = 0; i < m->slots; i++) {
		add(ends, &m->slot[i].child.ready);
		add(ends, &m->slot[i].child.lifeline);
		add(ends, &m->slot[i].successor.ready);
		add(ends, &m->slot[i].successor.lifeline);
	}
	for (i = 0; i < m->leavings; i++)
		if (m->leaving[i].pid > 0)
			add(ends, &m->leaving[i].lifeline);
	add(ends, &m->upgrade.says);
}

static bool
is_end(const struct ends *ends, int fd)
{
	int i;

	for (i = 0; i < ends->count; i++)
		if (ends->end[i]->fd == fd)
			return true;
	return false;
}

static void
close_the_rest(const struct ends *ends)
{
	int fd;

	for (fd = FD_CLIENTS; fd < ends->top; fd++)
		if (!is_end(ends, fd))
			(void)close(fd);
	process_close_from(ends->top);
}

bool
resume_master(struct master *m)
{
	static struct ends ends;
	int64_t now = m->now;
	bool begun = state_read(m);

	find_ends(m, &ends);
	close_the_rest(&ends);
	if (!begun)
		return false;
	m->now = m->looked = m->moved = now;
	m->zombie = 0;
	m->adopted = m->adopted || !m->config->in_place;
	if (m->stopping)
		listeners_close(m->config->listeners);
	return true;
}
