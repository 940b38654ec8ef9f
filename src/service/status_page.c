/*
 * The page. It says what there is without a script; with one, it goes on
 * saying so, by what /events tells.
 */
#include "config.h"

#include "status.h"

#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "app_reply.h"

/* Of status.html; made by the build. */
static const char *const lines[] = {
#include "src/service/status_lines.inc"
};

/* Nothing of it is from elsewhere, nothing of it goes elsewhere, and no other
 * page has it as a part (Content-Security-Policy). */
static const char policy[] =
    "default-src 'none'; style-src 'unsafe-inline'; script-src "
    "'unsafe-inline'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

static void
put_facts(struct pf_reply *a, const struct status *s)
{
	const enum status_readiness is = status_readiness(s);

	pf_html(a, "<span id=ready class=%s>%s</span>\n",
	    is == STATUS_READY ? "good" : "bad", status_words[is]);
	pf_html(a, "<span class=dim>version %s, model %s, ", PACKAGE_VERSION,
	    s->model);
	pf_html(a, "<span id=uptime>up %" PRId64 " s</span></span>\n",
	    status_uptime(s) / 1000);
}

/* A pid, or that there is none. */
static void
put_pid(struct pf_reply *a, int32_t pid, const char *none)
{
	if (pid != 0)
		pf_html(a, "<td>%" PRId32, pid);
	else
		pf_html(a, "<td>%s", none);
}

static void
put_row(struct pf_reply *a, const struct status *s, int i)
{
	static const enum board_count shown[] = {COUNT_CLIENTS, COUNT_REQUESTS,
	    COUNT_BYTES_IN, COUNT_BYTES_OUT, COUNT_TAKEOVERS, COUNT_KEPT,
	    COUNT_DROPPED, COUNT_BLAMED};
	struct status_row row;
	size_t k;

	status_read(&row, s, i);
	pf_html(a, "<tr><td>%d<td>%s", i, row.state);
	put_pid(a, row.worker, "none");
	put_pid(a, row.standby, "no standby");
	pf_html(a, "<td>%" PRId64 ".%d<td>%" PRId32, row.age / 1000,
	    (int)(row.age % 1000 / 100), row.clients);
	for (k = 0; k < sizeof(shown) / sizeof(shown[0]); k++)
		pf_html(a, "<td>%" PRIu64, board_so_far(s->board, i, shown[k]));
	pf_html(a, "<td>%" PRIu32 ".%d<td>%" PRId32 "<td>", row.took / 1000,
	    (int)(row.took % 1000 / 100), row.program);
	if (row.layout != 0)
		pf_html(a, "0x%" PRIx64, row.layout);
	pf_write(a, "\n", 1);
}

void
status_html(struct pf_reply *a, const struct status *s)
{
	int row, rows = status_rows(s);
	size_t i;

	pf_type(a, "text/html; charset=utf-8");
	pf_set(a, "Content-Security-Policy", policy);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(lines[i], "<!--facts-->\n") == 0)
			put_facts(a, s);
		else if (strcmp(lines[i], "<!--demo-->\n") == 0)
			status_demo_form(a, s);
		else if (strcmp(lines[i], "<!--rows-->\n") == 0)
			for (row = 0; row < rows; row++)
				put_row(a, s, row);
		else
			pf_write(a, lines[i], strlen(lines[i]));
	}
}
