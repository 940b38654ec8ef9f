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
	    ", \"program\": %" PRId32 ", \"layout\": \"0x%" PRIx64 "\"",
	    i, row.state, row.worker, row.standby, row.age, row.clients,
	    yes_or_no(row.accepts), row.program, row.layout);
	for (k = 0; k < COUNTS; k++)
		pf_printf(a, ", \"%s\": %" PRIu64, counts[k].name,
		    board_so_far(s->board, i, counts[k].what));
	pf_write(a, "}", 1);
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
	pf_printf(a, ", \"slots\": [");
	for (i = 0; i < rows; i++) {
		pf_printf(a, i > 0 ? ",\n" : "\n");
		put_row(a, s, i);
	}
	pf_printf(a, "\n]}\n");
}
