#include "config.h"

#include "status.h"

#include <inttypes.h>
#include <stddef.h>

static const struct {
	const char *name;
	enum board_count what;
} counts[] = {
    {"accepted", COUNT_CLIENTS},
    {"requests", COUNT_REQUESTS},
    {"bytes_in", COUNT_BYTES_IN},
    {"bytes_out", COUNT_BYTES_OUT},
    {"takeovers", COUNT_TAKEOVERS},
    {"kept", COUNT_KEPT},
    {"dropped", COUNT_DROPPED},
    {"blamed", COUNT_BLAMED},
    {"unlogged", COUNT_UNLOGGED},
};

enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

static const char *
yes_or_no(bool yes)
{
	return yes ? "true" : "false";
}

static void
put_row(struct pf_reply *a, const struct status *s, int i)
{
	struct status_row row;
	size_t k;

	status_read(&row, s, i);
	pf_printf(a,
	    "{\"slot\": %d, \"state\": \"%s\", \"worker\": %" PRId32
	    ", \"standby\": %" PRId32 ", \"age_ms\": %" PRId64
	    ", \"clients\": %" PRId32 ", \"accepting\": %s"
	    ", \"program\": %" PRId32 ", \"layout\": \"0x%" PRIx64
	    "\", \"took_us\": %" PRIu32,
	    i, row.state, row.worker, row.standby, row.age, row.clients,
	    yes_or_no(row.accepts), row.program, row.layout, row.took);
	for (k = 0; k < COUNTS; k++)
		pf_printf(a, ", \"%s\": %" PRIu64, counts[k].name,
		    board_so_far(s->board, i, counts[k].what));
	pf_write(a, "}", 1);
}

static void
put_counts(struct pf_reply *a, const struct status *s, const char *name,
    const struct status_word *words, size_t n)
{
	size_t i;

	pf_printf(a, ", \"%s\": {", name);
	for (i = 0; i < n; i++)
		pf_printf(a, "%s\"%s\": %" PRIu64, i > 0 ? ", " : "",
		    words[i].word,
		    status_total(s, (enum board_count)words[i].of));
	pf_write(a, "}", 1);
}

static void
put_deaths(struct pf_reply *a, const struct status *s)
{
	const struct board_master *m = board_master(s->board);
	int i;

	pf_printf(a, ", \"deaths\": {\"masters\": %" PRIu64,
	    board_get(m->master_deaths));
	for (i = 0; i < DEATHS; i++)
		pf_printf(a,
		    ", \"workers_%s\": %" PRIu64 ", \"standbys_%s\": %" PRIu64,
		    status_deaths[i].word,
		    board_get(m->deaths[status_deaths[i].of]),
		    status_deaths[i].word,
		    board_get(m->standby_deaths[status_deaths[i].of]));
	pf_write(a, "}", 1);
}

/* Up to so many ms each; the last are the rest. */
static void
put_times(struct pf_reply *a, const struct status *s)
{
	int i;

	pf_printf(a, ", \"answer_ms\": {\"sum\": %" PRIu64,
	    status_total(s, COUNT_ANSWER_MS));
	for (i = 0; i < BOARD_BOUNDS; i++)
		pf_printf(a, ", \"%" PRId64 "\": %" PRIu64, board_bounds[i],
		    status_total(s, (enum board_count)(COUNT_TIMES + i)));
	pf_printf(a, ", \"more\": %" PRIu64 "}",
	    status_total(s, (enum board_count)(COUNT_TIMES + BOARD_BOUNDS)));
}

void
status_json(struct pf_reply *a, const struct status *s)
{
	const enum status_readiness is = status_readiness(s);
	int i, rows = status_rows(s);
	size_t k;

	pf_type(a, "application/json");
	pf_printf(a,
	    "{\"version\": \"%s\", \"model\": \"%s\", \"ready\": %s, "
	    "\"readiness\": \"%s\", \"uptime_ms\": %" PRId64,
	    PACKAGE_VERSION, s->model, yes_or_no(is == STATUS_READY),
	    status_words[is], status_uptime(s));
	for (k = 0; k < COUNTS; k++)
		pf_printf(a, ", \"%s\": %" PRIu64, counts[k].name,
		    status_total(s, counts[k].what));
	pf_printf(a, ", \"unheard\": %" PRIu64,
	    board_get(board_master(s->board)->unheard));
	put_counts(a, s, "answers", status_classes, STATUS_CLASSES);
	put_counts(a, s, "refused", status_limits, STATUS_LIMITS);
	put_deaths(a, s);
	put_times(a, s);
	pf_printf(a, ", \"slots\": [");
	for (i = 0; i < rows; i++) {
		pf_printf(a, i > 0 ? ",\n" : "\n");
		put_row(a, s, i);
	}
	pf_printf(a, "\n]}\n");
}
