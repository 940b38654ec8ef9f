/* The closing table: which model for what, by what was measured. */
#include "report.h"

#include <string.h>

static double
median(const struct experiment *e, const char *key, int variant)
{
	return figure_find(e, key)->value[variant].median;
}

static void
say_crash(char *out, size_t size, const struct experiment *e, int variant)
{
	double lost = median(e, "others_lost", variant);

	if (lost == 0)
		say(out, size, "others stay connected");
	else
		say(out, size, "%.0f others disconnected", lost);
}

static void
say_hang(char *out, size_t size, const struct experiment *e, int variant)
{
	double lost = median(e, "others_lost", variant);
	double ms = median(e, "longest_wait_ms", variant);

	if (lost == 0)
		say(out, size, "others wait %.0f ms at most", ms);
	else
		say(out, size,
		    "%.0f others disconnected, back after "
		    "%.0f ms",
		    lost, ms);
}

static void
say_shared(char *out, size_t size, const struct experiment *e, int variant)
{
	if (median(e, "seen_in_other_processes", variant) > 0)
		say(out, size, "seen by other processes");
	else if (median(e, "processes", variant) > 1)
		say(out, size, "only on purpose: %.0f processes",
		    median(e, "processes", variant));
	else
		say(out, size, "everything, by every thread");
}

static void
say_memory(char *out, size_t size, const struct experiment *e, int variant)
{
	say(out, size, "%.1f KiB",
	    median(e, "pss_per_client_kib", variant) +
		median(e, "tables_per_client_kib", variant));
}

static void
say_switch(char *out, size_t size, const struct experiment *e, int variant)
{
	say(out, size,
	    "%.1f us for a round trip, 99 of 100 within "
	    "%.0f us",
	    median(e, "cpu_us_per_round_trip", variant),
	    median(e, "p99_us", variant));
}

static void
say_connect(char *out, size_t size, const struct experiment *e, int variant)
{
	say(out, size, "%.0f connections/s",
	    median(e, "connections_per_second", variant));
}

static void
say_debug(char *out, size_t size, const struct experiment *e, int variant)
{
	bool named = median(e, "culprit_named", variant) > 0;

	if (named)
		say(out, size, "the log names the client");
	else
		say(out, size, "the log names no client");
}

static void
say_known(char *out, size_t size, const struct experiment *e, int variant)
{
	(void)e;
	say(out, size, "%s", variants[variant].known);
}

const struct closing_row closing_rows[CLOSING_ROWS] = {
    {"Crash isolation", "segv", say_crash, true},
    {"A hang", "hang", say_hang, true},
    {"Shared state", "variable", say_shared, true},
    {"Memory of a client", "memory", say_memory, true},
    {"Switch cost", "speed", say_switch, true},
    {"Cost of a connection", "speed", say_connect, false},
    {"Debugging a crash", "segv", say_debug, false},
    {"Software of this kind", "segv", say_known, false},
};

const struct experiment *
report_find(const struct report *r, const char *id)
{
	int i;

	for (i = 0; i < r->experiments; i++)
		if (r->experiment[i].ran &&
		    strcmp(r->experiment[i].id, id) == 0)
			return &r->experiment[i];
	return NULL;
}

char *
closing_cell(char out[CLOSING_TEXT], const struct report *r,
    const struct closing_row *row, int variant)
{
	const struct experiment *e = report_find(r, row->id);

	/* What is known without measuring needs no experiment. */
	if (row->say != say_known &&
	    (e == NULL || e->figures == 0 ||
		e->figure[0].value[variant].samples == 0))
		say(out, CLOSING_TEXT, "not measured");
	else
		row->say(out, CLOSING_TEXT, e, variant);
	return out;
}
