/*
 * The slots' rows of the scoreboard, as the master reads them. The numbers are
 * hostile: each function says what it believes.
 */
#include "processes.h"

#include <inttypes.h>

#include "base/log.h"

int
rows_first(const struct master *m, int index)
{
	return m->config->model->children == 0 ? index : 0;
}

int
rows_of_slot(const struct master *m)
{
	const struct model *model = m->config->model;

	return model->pools && model->children != 0 ? m->workers : 1;
}

long
rows_clients(const struct master *m, int index)
{
	const struct worker_config *w = &m->config->worker;
	int i, row = rows_first(m, index);
	long n, sum = 0;

	for (i = 0; i < rows_of_slot(m); i++) {
		n = board_get(board_row(w->board, row + i)->clients);
		if (n > 0 && n <= w->max_clients)
			sum += n;
	}
	return sum;
}

uint64_t
rows_given(const struct master *m, int index)
{
	const struct board *board = m->config->worker.board;
	int i, first = rows_first(m, index);
	uint64_t sum = 0;

	for (i = 0; i < rows_of_slot(m); i++) {
		sum += board_get(board_row(board, first + i)->gave);
	}
	return sum;
}

void
rows_end(const struct master *m, int index, pid_t pid)
{
	int i, row = rows_first(m, index);

	for (i = 0; i < rows_of_slot(m); i++)
		board_end(m->config->worker.board, row + i, (int32_t)pid);
}

bool
rows_beat(const struct master *m, int index)
{
	int i, row = rows_first(m, index);
	int64_t beat;

	for (i = 0; i < rows_of_slot(m); i++) {
		beat = board_get(
		    board_row(m->config->worker.board, row + i)->beat);
		if (beat < m->woke)
			beat = m->woke;
		if (!slot_beats(m->now, beat, m->config->worker.timeout))
			return false;
	}
	return true;
}

/* The process that looked at the root last knows what it is. */
static void
read_root(struct master *m, const struct board_row *row)
{
	int64_t at = board_get(row->root_seen_at);

	if (at <= m->root_at || at > m->now)
		return;
	m->root_at = at;
	m->root_seen = board_get(row->root_seen);
}

void
rows_read(struct master *m)
{
	int i, k, at;

	m->unlogged.why = 0;
	/* Also those of slots that are gone: workers that finish may still add
	 * to them. */
	for (i = 0; i < m->rows; i++)
		board_fold(m->config->worker.board, i);
	for (i = 0; i < m->slots; i++) {
		for (k = 0; k < rows_of_slot(m); k++) {
			at = rows_first(m, i) + k;
			read_root(m, board_row(m->config->worker.board, at));
			unlogged_read(m, at);
		}
	}
}

void
rows_tell_of_root(struct master *m)
{
	if (m->root_seen != m->root)
		root_say(m->config->worker.service.root, m->root, m->root_seen);
	m->root = m->root_seen;
}

static const enum shown_state shown[SLOT_STATES] = {
    [SLOT_EMPTY] = SHOWN_EMPTY,
    [SLOT_STARTING] = SHOWN_STARTING,
    [SLOT_SERVING] = SHOWN_SERVING,
    [SLOT_RENEWING] = SHOWN_RENEWING,
    [SLOT_TAKING] = SHOWN_TAKING,
    [SLOT_ABORTING] = SHOWN_ABORTING,
    [SLOT_WAITING] = SHOWN_WAITING,
    [SLOT_RESTING] = SHOWN_RESTING,
    [SLOT_LEAVING] = SHOWN_LEAVING,
};

static void
show_slot(struct board_shown *to, const struct slot *s)
{
	board_set(to->state, (int32_t)shown[s->state]);
	board_set(to->worker, (int32_t)s->child.pid);
	board_set(to->standby, (int32_t)s->standby);
	board_set(to->born, s->child.born);
}

void
rows_show(const struct master *m)
{
	const struct board *b = m->config->worker.board;
	struct board_master *to = board_master(b);
	int i, k;

	for (i = 0; i < m->slots; i++)
		for (k = 0; k < rows_of_slot(m); k++)
			show_slot(
			    &to->shown[rows_first(m, i) + k], &m->slot[i]);
	/* Rows of slots that are gone. */
	for (i = m->slots * rows_of_slot(m); i < m->rows; i++)
		board_set(to->shown[i].state, SHOWN_EMPTY);
	board_set(to->used, m->rows);
	board_set(to->ready, m->announced);
}

void
rows_tell_totals(const struct master *m)
{
	const struct board *b = m->config->worker.board;

	log_debug("served so far: clients %" PRIu64 ", requests %" PRIu64
		  ", bytes in %" PRIu64 ", bytes out %" PRIu64
		  ", takeovers %" PRIu64 ", clients kept %" PRIu64
		  ", dropped %" PRIu64,
	    board_total(b, COUNT_CLIENTS), board_total(b, COUNT_REQUESTS),
	    board_total(b, COUNT_BYTES_IN), board_total(b, COUNT_BYTES_OUT),
	    board_total(b, COUNT_TAKEOVERS), board_total(b, COUNT_KEPT),
	    board_total(b, COUNT_DROPPED));
}
