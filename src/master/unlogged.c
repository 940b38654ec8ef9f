/*
 * Lines of the logs that were lost: the executors count them on the scoreboard,
 * the master tells. The numbers are hostile, but more than a false alarm now
 * and then they cannot give.
 */
#include "family.h"

#include <errno.h>
#include <inttypes.h>

#include "base/log.h"

/* A log that is full and not full by turns does not fill the other one. */
enum { PAUSE_MS = 10000 };

/* Nobody loses more between two looks: a row says so that was written over. */
enum { CREDIBLE = 1 << 20 };

static void
tell_count(struct unlogged *u)
{
	log_warn("%" PRIu64 " line%s of the access log %s lost", u->count,
	    u->count == 1 ? "" : "s", u->count == 1 ? "was" : "were");
	u->count = 0;
	u->told = false;
}

/* Counts what was lost since the last time. Returns why the last line of some
 * executor was, 0 if all found room. */
static int
count(struct master *m)
{
	const struct worker_config *w = &m->config->worker;
	int i, k, why = 0;

	for (i = 0; i < m->slots; i++) {
		for (k = 0; k < family_rows(m); k++) {
			int at = family_first_row(m, i) + k;
			struct board_row *row = board_row(w->board, at);
			uint64_t now = board_get(row->unlogged);

			/* A new one counts from 0. */
			if (now < m->unlogged.seen[at])
				m->unlogged.seen[at] = 0;
			m->unlogged.count += now - m->unlogged.seen[at];
			m->unlogged.seen[at] = now;
			if (now != 0 && board_get(row->unlogged_why) > 0)
				why = board_get(row->unlogged_why);
		}
	}
	return why;
}

static void
look_at_event_log(struct master *m)
{
	const struct board *b = m->config->worker.board;
	uint32_t lost, now;
	int i, at;

	for (i = 0; i < m->slots; i++) {
		at = family_first_row(m, i);
		now = board_get(board_row(b, at)->unheard);
		lost = now - m->unlogged.unheard[at];
		m->unlogged.unheard[at] = now;
		if (lost < CREDIBLE)
			log_miss(lost);
	}
	log_catch_up();
}

static void
look_at_access_log(struct master *m)
{
	struct unlogged *u = &m->unlogged;
	int why;

	if (m->config->worker.service.access == NULL)
		return;
	why = count(m);
	if (u->count == 0 || (!u->told && m->now < u->next))
		return;
	if (why == 0) {
		tell_count(u);
		u->next = m->now + PAUSE_MS;
	} else if (!u->told) {
		u->told = true;
		errno = why;
		log_warn("lines of the access log are lost:");
	}
}

void
family_look_at_logs(struct master *m)
{
	look_at_event_log(m);
	look_at_access_log(m);
}

void
family_forget_unlogged(struct master *m)
{
	struct unlogged *u = &m->unlogged;

	if (m->config->worker.service.access == NULL)
		return;
	(void)count(m);
	if (u->count != 0)
		tell_count(u);
	u->next = 0;
}
