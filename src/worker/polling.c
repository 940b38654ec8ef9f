#include "polling.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "pool_state.h"

/* Those of the status, or the others. */
static int
add_listeners(struct pool *p, bool status)
{
	int i;

	for (i = 0; i < p->config->listeners; i++)
		if (worker_status_at(p->config, i) == status &&
		    poller_add_shared(p->poller, FD_LISTEN + i, POLLIN,
			polling_tag(POLLED_LISTENER, i)) != 0)
			return -1;
	return 0;
}

static void
forget_listeners(struct pool *p, bool status)
{
	int i;

	for (i = 0; i < p->config->listeners; i++)
		if (worker_status_at(p->config, i) == status)
			(void)poller_del(p->poller, FD_LISTEN + i);
}

int
polling_listen(struct pool *p)
{
	if (add_listeners(p, false) != 0)
		return -1;
	p->listening = true;
	return 0;
}

int
polling_listen_status(struct pool *p)
{
	if (add_listeners(p, true) != 0)
		return -1;
	p->listening_status = true;
	return 0;
}

void
polling_turn_away(struct pool *p)
{
	if (p->listening)
		forget_listeners(p, false);
	p->listening = false;
}

void
polling_turn_away_status(struct pool *p)
{
	if (p->listening_status)
		forget_listeners(p, true);
	p->listening_status = false;
	p->status_retry = 0;
}

/* A poller that has no descriptor leaves its number free, and a client is not
 * to get that. */
static void
keep_number(void)
{
	if (fcntl(FD_POLLER, F_GETFD) < 0)
		(void)descriptor_move(descriptor_nothing(), FD_POLLER);
}

/* A poller from scratch. */
static struct poller *
make(struct pool *p, const char *name)
{
	int fd;

	p->journal.head->polled = 0;
	atomic_signal_fence(memory_order_seq_cst);
	p->poller = poller_new(name, p->config->descriptors);
	if (p->poller == NULL)
		return NULL;
	/* With standbys what is not a client's must be told by its number. */
	fd = poller_fd(p->poller);
	if (p->config->standby && fd < 0)
		keep_number();
	if (p->config->standby && fd >= 0 && fd != FD_POLLER) {
		if (dup2(fd, FD_POLLER) < 0)
			return NULL;
		(void)close(fd);
		poller_move_fd(p->poller, FD_POLLER);
	}
	return p->poller;
}

/* The poller of the options; or poll, if that one, which worked at the start,
 * does not work any more. */
static struct poller *
make_any(struct pool *p)
{
	if (make(p, p->config->poller) == NULL)
		(void)make(p, "poll");
	return p->poller;
}

/* The poller that a dead worker has left, if it was whole. */
static struct poller *
take_over(struct pool *p)
{
	if (p->journal.head->polled != 1)
		return NULL;
	p->poller = poller_inherit(p->config->poller, FD_POLLER);
	/* Before the listeners may be closed here: other processes keep them
	 * open, so the poller would go on waiting for them. */
	if (p->poller != NULL) {
		forget_listeners(p, false);
		forget_listeners(p, true);
	}
	return p->poller;
}

static int
watch_all(struct pool *p)
{
	int i;

	for (i = 0; i < p->watched; i++)
		if (poller_add(p->poller, p->watch[i], POLLIN,
			polling_tag(POLLED_WATCHED, i)) != 0)
			return -1;
	return 0;
}

int
polling_begin(struct pool *p, bool inherit)
{
	p->poller_inherited = inherit && take_over(p) != NULL;
	if (!p->poller_inherited && make_any(p) == NULL)
		return -1;
	return watch_all(p);
}

int
polling_replace(struct pool *p)
{
	log_warn("%s fails, poll is used:", p->config->poller);
	poller_free(p->poller);
	if (make(p, "poll") == NULL || watch_all(p) != 0)
		return -1;
	if (p->listening && polling_listen(p) != 0)
		return -1;
	return p->listening_status ? polling_listen_status(p) : 0;
}

void
polling_is_whole(struct pool *p)
{
	p->journal.head->polled = poller_fd(p->poller) >= 0;
}

void
polling_end(struct pool *p, bool stays)
{
	if (stays && p->poller != NULL)
		poller_move_fd(p->poller, -1);
	poller_free(p->poller);
	p->poller = NULL;
}
