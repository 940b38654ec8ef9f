#include "status.h"

#include <stddef.h>

#include "service/config.h"

enum {
	PID_MAX = 1 << 30,
	CLIENTS_MAX = 1000000 /* as --max-clients has it */
};

/* Milliseconds; more than any clock of this program shows. */
#define AGE_MAX ((int64_t)1 << 50)

const struct site status_site = {.fields = "\r\nServer: prefork"
					   "\r\nCache-Control: no-store",
    .fields_len = sizeof("\r\nServer: prefork\r\nCache-Control: no-store") - 1,
    .head_bytes = sizeof("\r\nServer: prefork\r\nCache-Control: no-store") - 1,
    .index = "index.html"};

static const char *const states[SHOWN_STATES] = {
    [SHOWN_EMPTY] = "empty",
    [SHOWN_STARTING] = "starting",
    [SHOWN_SERVING] = "serving",
    [SHOWN_RENEWING] = "serving, its successor starts",
    [SHOWN_TAKING] = "taking over",
    [SHOWN_ABORTING] = "hanging",
    [SHOWN_WAITING] = "waiting to start",
    [SHOWN_RESTING] = "waiting to take over",
    [SHOWN_LEAVING] = "leaving",
};

const char *const status_words[] = {
    [STATUS_READY] = "ready",
    [STATUS_STARTING] = "starting",
    [STATUS_DRAINING] = "draining",
    [STATUS_IDLE] = "no slot serves",
};

const struct status_word status_classes[STATUS_CLASSES] = {
    {"2xx", COUNT_2XX},
    {"3xx", COUNT_3XX},
    {"4xx", COUNT_4XX},
    {"5xx", COUNT_5XX},
};

const struct status_word status_limits[STATUS_LIMITS] = {
    {"address", COUNT_REFUSED_ADDRESS},
    {"blames", COUNT_REFUSED_NETWORK},
    {"proxies", COUNT_REFUSED_PROXY},
    {"places", COUNT_GAVE_WAY},
    {"rate", COUNT_SLOW},
};

const struct status_word status_deaths[DEATHS] = {
    {"planned", DEATH_PLANNED},
    {"killed", DEATH_KILLED},
    {"stopped", DEATH_STOPPED},
    {"fault", DEATH_FAULT},
    {"hung", DEATH_HUNG},
};

static int64_t
clamp(int64_t n, int64_t most)
{
	return n < 0 ? 0 : n < most ? n : most;
}

/* ms from then to now. */
static int64_t
age(const struct status *s, int64_t then)
{
	return then > 0 && then <= s->now ? clamp(s->now - then, AGE_MAX) : 0;
}

int
status_rows(const struct status *s)
{
	return (int)clamp(
	    board_get(board_master(s->board)->used), s->board->rows);
}

/* A row that takes over or is renewed counts too: clients do not notice. */
static bool
is_serving(int32_t state)
{
	return state == SHOWN_SERVING || state == SHOWN_RENEWING ||
	       state == SHOWN_TAKING;
}

void
status_read(struct status_row *row, const struct status *s, int i)
{
	const struct board_shown *shown = &board_master(s->board)->shown[i];
	const struct board_row *own = board_row(s->board, i);
	const int32_t state = board_get(shown->state);
	const bool known = state >= 0 && state < SHOWN_STATES;

	row->state = states[known ? state : SHOWN_EMPTY];
	row->serves = is_serving(state);
	row->worker = (int32_t)clamp(board_get(shown->worker), PID_MAX);
	row->standby = (int32_t)clamp(board_get(shown->standby), PID_MAX);
	row->age = row->worker != 0 ? age(s, board_get(shown->born)) : 0;
	row->clients = (int32_t)clamp(board_get(own->clients), CLIENTS_MAX);
	row->accepts = board_get(own->accepting) == 1;
	row->program = (int32_t)clamp(board_get(own->program), INT32_MAX);
	row->layout = board_get(own->layout);
	row->took = board_get(own->took);
}

int64_t
status_uptime(const struct status *s)
{
	return age(s, board_get(board_master(s->board)->began));
}

uint64_t
status_total(const struct status *s, enum board_count what)
{
	uint64_t n, sum = 0;
	int i, rows = status_rows(s);

	for (i = 0; i < rows; i++) {
		n = board_so_far(s->board, i, what);
		sum = n > UINT64_MAX - sum ? UINT64_MAX : sum + n;
	}
	return sum;
}

enum status_readiness
status_readiness(const struct status *s)
{
	const struct board_master *m = board_master(s->board);
	const int stopping = board_get(m->stopping);
	int i, rows = status_rows(s);

	/* Another server has the same listeners by now, and serves: clients may
	 * go on coming. */
	if (stopping == BOARD_MAKES_WAY)
		return STATUS_READY;
	if (stopping != 0 || board_get(m->draining) != 0)
		return STATUS_DRAINING;
	if (board_get(m->ready) == 0)
		return STATUS_STARTING;
	for (i = 0; i < rows; i++)
		if (is_serving(board_get(m->shown[i].state)))
			return STATUS_READY;
	return STATUS_IDLE;
}

struct status
status_now(const struct serving *s)
{
	return (struct status){.board = s->config->board,
	    .model = s->config->model,
	    .now = s->now,
	    .demo = s->config->demo};
}
