#include "config.h"

#include "status.h"

#include <inttypes.h>
#include <stddef.h>

/* One of each slot. */
struct metric {
	const char *name, *help;
	enum board_count what;
};

static const struct metric counters[] = {
    {"prefork_accepts_total", "Clients that were accepted.", COUNT_CLIENTS},
    {"prefork_requests_total", "HTTP requests that were answered.",
	COUNT_REQUESTS},
    {"prefork_received_bytes_total", "Bytes that came from clients.",
	COUNT_BYTES_IN},
    {"prefork_sent_bytes_total", "Bytes that went to clients.",
	COUNT_BYTES_OUT},
    {"prefork_takeovers_total", "Deaths of a worker that its standby followed.",
	COUNT_TAKEOVERS},
    {"prefork_clients_kept_total", "Clients that a takeover went on with.",
	COUNT_KEPT},
    {"prefork_clients_dropped_total", "Clients that a takeover gave up.",
	COUNT_DROPPED},
    {"prefork_clients_blamed_total", "Clients that a death was blamed on.",
	COUNT_BLAMED},
};

static int64_t
serves(const struct status_row *row)
{
	return row->serves;
}

static int64_t
has_standby(const struct status_row *row)
{
	return row->standby != 0;
}

static int64_t
clients(const struct status_row *row)
{
	return row->clients;
}

static int64_t
accepts(const struct status_row *row)
{
	return row->accepts;
}

static int64_t
program(const struct status_row *row)
{
	return row->program;
}

static const struct {
	const char *name, *help;
	int64_t (*of)(const struct status_row *row);
} gauges[] = {
    {"prefork_slot_serving", "1: the slot's worker serves.", serves},
    {"prefork_slot_standby", "1: a standby is there to take over.",
	has_standby},
    {"prefork_slot_accepting", "1: it takes new clients just now.", accepts},
    {"prefork_slot_clients", "Clients that are connected.", clients},
    {"prefork_slot_program", "The number of its program: 0 at the start.",
	program},
};

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

static void
begin(struct pf_reply *a, const char *name, const char *help, const char *type)
{
	pf_printf(a, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_seconds(struct pf_reply *a, int64_t ms)
{
	pf_printf(a, "%" PRId64 ".%03d\n", ms / 1000, (int)(ms % 1000));
}

static void
put_words(struct pf_reply *a, const struct status *s, const char *name,
    const char *help, const char *label, const struct status_word *words,
    size_t n)
{
	size_t i;

	begin(a, name, help, "counter");
	for (i = 0; i < n; i++)
		pf_printf(a, "%s{%s=\"%s\"} %" PRIu64 "\n", name, label,
		    words[i].word,
		    status_total(s, (enum board_count)words[i].of));
}

static void
put_deaths(struct pf_reply *a, const struct status *s)
{
	static const char name[] = "prefork_deaths_total";
	const struct board_master *m = board_master(s->board);
	int i;

	begin(a, name, "Processes that died, by cause.", "counter");
	for (i = 0; i < DEATHS; i++)
		pf_printf(a,
		    "%s{process=\"worker\",cause=\"%s\"} %" PRIu64
		    "\n%s{process=\"standby\",cause=\"%s\"} %" PRIu64 "\n",
		    name, status_deaths[i].word,
		    board_get(m->deaths[status_deaths[i].of]), name,
		    status_deaths[i].word,
		    board_get(m->standby_deaths[status_deaths[i].of]));
	pf_printf(a, "%s{process=\"master\",cause=\"any\"} %" PRIu64 "\n", name,
	    board_get(m->master_deaths));
}

/* From the request's last byte to the answer's. What is counted once is in all
 * greater classes too: so they are added up from one reading. */
static void
put_times(struct pf_reply *a, const struct status *s)
{
	static const char name[] = "prefork_answer_seconds";
	uint64_t n, sum = 0;
	int i;

	begin(
	    a, name, "How long answers took, until all was sent.", "histogram");
	for (i = 0; i <= BOARD_BOUNDS; i++) {
		n = status_total(s, (enum board_count)(COUNT_TIMES + i));
		sum = n > UINT64_MAX - sum ? UINT64_MAX : sum + n;
		if (i < BOARD_BOUNDS)
			pf_printf(a, "%s_bucket{le=\"%g\"} %" PRIu64 "\n", name,
			    (double)board_bounds[i] / 1000, sum);
	}
	n = status_total(s, COUNT_ANSWER_MS);
	pf_printf(a, "%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, sum);
	pf_printf(
	    a, "%s_sum %" PRIu64 ".%03d\n", name, n / 1000, (int)(n % 1000));
	pf_printf(a, "%s_count %" PRIu64 "\n", name, sum);
}

static void
put_server(struct pf_reply *a, const struct status *s)
{
	begin(a, "prefork_info", "What it is.", "gauge");
	pf_printf(a, "prefork_info{version=\"%s\",model=\"%s\"} 1\n",
	    PACKAGE_VERSION, s->model);
	begin(a, "prefork_ready", "1: clients may come.", "gauge");
	pf_printf(a, "prefork_ready %d\n", status_readiness(s) == STATUS_READY);
	begin(a, "prefork_uptime_seconds", "Since the server was started.",
	    "gauge");
	pf_printf(a, "prefork_uptime_seconds ");
	put_seconds(a, status_uptime(s));
	begin(a, "prefork_log_lines_lost_total",
	    "Lines that a log had no room for.", "counter");
	pf_printf(a,
	    "prefork_log_lines_lost_total{log=\"access\"} %" PRIu64
	    "\nprefork_log_lines_lost_total{log=\"event\"} %" PRIu64 "\n",
	    status_total(s, COUNT_UNLOGGED),
	    board_get(board_master(s->board)->unheard));
	put_words(a, s, "prefork_answers_total",
	    "HTTP answers that were given.", "class", status_classes,
	    STATUS_CLASSES);
	put_words(a, s, "prefork_refusals_total",
	    "Clients that were refused or let go, by the limit that it was.",
	    "limit", status_limits, STATUS_LIMITS);
	put_deaths(a, s);
	put_times(a, s);
}

static void
put_gauges(struct pf_reply *a, const struct status *s)
{
	int i, rows = status_rows(s);
	struct status_row row;
	size_t k;

	for (k = 0; k < LENGTH(gauges); k++) {
		begin(a, gauges[k].name, gauges[k].help, "gauge");
		for (i = 0; i < rows; i++) {
			status_read(&row, s, i);
			pf_printf(a, "%s{slot=\"%d\"} %" PRId64 "\n",
			    gauges[k].name, i, gauges[k].of(&row));
		}
	}
	begin(a, "prefork_slot_age_seconds", "Since its worker was born.",
	    "gauge");
	for (i = 0; i < rows; i++) {
		status_read(&row, s, i);
		pf_printf(a, "prefork_slot_age_seconds{slot=\"%d\"} ", i);
		put_seconds(a, row.age);
	}
	begin(a, "prefork_slot_takeover_seconds",
	    "What its last takeover took; 0: there was none.", "gauge");
	for (i = 0; i < rows; i++) {
		status_read(&row, s, i);
		pf_printf(a,
		    "prefork_slot_takeover_seconds{slot=\"%d\"} "
		    "%" PRIu32 ".%06d\n",
		    i, row.took / 1000000, (int)(row.took % 1000000));
	}
}

static void
put_counters(struct pf_reply *a, const struct status *s)
{
	int i, rows = status_rows(s);
	size_t k;

	for (k = 0; k < LENGTH(counters); k++) {
		begin(a, counters[k].name, counters[k].help, "counter");
		for (i = 0; i < rows; i++)
			pf_printf(a, "%s{slot=\"%d\"} %" PRIu64 "\n",
			    counters[k].name, i,
			    board_so_far(s->board, i, counters[k].what));
	}
}

void
status_metrics(struct pf_reply *a, const struct status *s)
{
	pf_type(a, "text/plain; version=0.0.4; charset=utf-8");
	put_server(a, s);
	put_gauges(a, s);
	put_counters(a, s);
}
