/*
 * Lines of the logs that were lost: the executors count them on the scoreboard,
 * and the master tells how many. The numbers are hostile; the worst that they
 * can cause is a false alarm now and then.
 */
#include "processes.h"

#include <errno.h>
#include <inttypes.h>

#include "base/log.h"

/* Between two lines about it: an access log that is full and not full by turns
 * is not to fill the event log. */
enum { PAUSE_MS = 10000 };

/* No executor loses more lines between two looks: if its row says so, that was
 * written over. */
enum { CREDIBLE = 1 << 20 };

static void
tell_count(struct unlogged *u)
{
	log_warn("%" PRIu64 " line%s of the access log %s lost", u->count,
	    u->count == 1 ? "" : "s", u->count == 1 ? "was" : "were");
	u->count = 0;
	u->told = false;
}

void
unlogged_read(struct master *m, int at)
{
	const struct board_row *row = board_row(m->config->worker.board, at);
	struct board_master *to = board_master(m->config->worker.board);
	struct unlogged *u = &m->unlogged;
	uint64_t now = board_get(row->count[COUNT_UNLOGGED]);
	uint64_t more = now - u->seen[at];
	uint32_t unheard = board_get(row->unheard), lost;

	if (more < CREDIBLE)
		u->count += more;
	u->seen[at] = now;
	if (board_get(row->unlogged_why) > 0)
		u->why = board_get(row->unlogged_why);
	lost = unheard - u->unheard[at];
	u->unheard[at] = unheard;
	if (lost >= CREDIBLE)
		return;
	log_miss(lost);
	(void)atomic_fetch_add(&to->unheard, lost);
}

static void
look_at_access_log(struct master *m)
{
	struct unlogged *u = &m->unlogged;

	if (m->config->worker.service.access == NULL)
		return;
	if (u->count == 0 || (!u->told && m->now < u->next))
		return;
	if (u->why == 0) {
		tell_count(u);
		u->next = m->now + PAUSE_MS;
	} else if (!u->told) {
		u->told = true;
		errno = u->why;
		log_warn("lines of the access log are lost:");
	}
}

void
unlogged_tell(struct master *m)
{
	log_catch_up();
	look_at_access_log(m);
}

void
unlogged_reopened(struct master *m)
{
	struct unlogged *u = &m->unlogged;

	if (m->config->worker.service.access == NULL)
		return;
	if (u->count != 0)
		tell_count(u);
	u->next = 0;
}
