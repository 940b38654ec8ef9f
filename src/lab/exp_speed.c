/* Speed: three loads. */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

/* In the order of the figures. */
enum { TRIPS, CPU, P50, P99, CONNECTIONS, FILES, SPEEDS };

enum { REPORT_BYTES = 8192, PATIENCE_MS = 60000, ARGS = 16 };

/* Until its end, or for as long as it may take. */
static void
read_all(struct program *p, char *out, size_t size)
{
	int64_t until = clock_now() + PATIENCE_MS, left;
	size_t len = 0;
	ssize_t n = 0;

	while (len < size - 1 && n >= 0 && (left = until - clock_now()) > 0) {
		n = program_read(p, out + len, size - 1 - len, left);
		len += n > 0 ? (size_t)n : 0;
	}
	out[len] = '\0';
}

/* Runs the load as a program beside the laboratory, so that what it needs
 * itself is not counted. What it has reported, which may be nothing. */
static void
report_of(struct trial *t, const char *const kind[], char out[REPORT_BYTES])
{
	const char *args[ARGS] = {t->lab->settings.client, "--json",
	    "--seconds", t->lab->settings.quick ? "0.08" : "0.6"};
	struct program load;
	int i, n = 4;

	for (i = 0; kind[i] != NULL; i++)
		args[n++] = kind[i];
	args[n++] = "127.0.0.1";
	args[n++] = strrchr(t->server.dial.text, ':') + 1;
	out[0] = '\0';
	if (program_start(&load, args, PROGRAM_OUT, NULL) != 0)
		return;
	read_all(&load, out, REPORT_BYTES);
	program_end(&load);
}

struct load {
	double per_second, p50_us, p99_us;
	double cpu_us; /* of the server for each round trip */
};

/* The figures of one load; NAN, all of them, if it told nothing. */
static struct load
load(struct trial *t, const char *const kind[])
{
	int64_t before = proc_cpu_ns(t->server.program.pid), after;
	struct load l = {NAN, NAN, NAN, NAN};
	char report[REPORT_BYTES];
	double trips;

	report_of(t, kind, report);
	after = proc_cpu_ns(t->server.program.pid);
	trips = json_find(report, "round_trips");
	if (trips <= 0)
		return l;
	l.per_second = json_find(report, "round_trips_per_second");
	l.p50_us = json_find(report, "p50");
	l.p99_us = json_find(report, "p99");
	if (after > 0)
		l.cpu_us = (double)(after - before) / 1e3 / trips;
	if (json_find(report, "clients_lost") > 0 ||
	    json_find(report, "bytes_wrong") > 0 ||
	    json_find(report, "bodies_wrong") > 0 ||
	    json_find(report, "not_ok") > 0)
		t->verdict->surprise = true;
	return l;
}

static const char *
measure_speed(struct trial *t)
{
	static const char *const echo[] = {"--clients", "50", NULL};
	static const char *const churn[] = {"--churn", "--clients", "20", NULL};
	static const char *const get[] = {
	    "--get", "/file", "--clients", "50", NULL};
	struct load e = load(t, echo), c = load(t, churn), g = load(t, get);

	experiment_add(t->experiment, t->v,
	    (const double[SPEEDS]){e.per_second, e.cpu_us, e.p50_us, e.p99_us,
		c.per_second, g.per_second});
	return NULL;
}

static void
conclude_speed(const struct lab *lab, struct experiment *e, int v)
{
	struct contest c = contest_of(e, TRIPS, v, true);
	bool lost = e->verdict[v].surprise;
	int i;

	for (i = 0; i < SPEEDS; i++) {
		if (e->value[i][v].samples == 0)
			say(e->value[i][v].note, NOTE_TEXT,
			    "the load told nothing");
		else if (lost)
			say(e->value[i][v].note, NOTE_TEXT,
			    "clients were lost");
	}
	verdict_speed(
	    &e->verdict[v], &lab->variant[v], &c, e->value[CPU][v].median);
	e->verdict[v].surprise |= lost;
}

const struct recipe recipe_speed = {
    .id = "speed",
    .group = "speed",
    .title = "How fast",
    .question = SPEED_QUESTION,
    .done = SPEED_DONE,
    .by_hand = SPEED_BY_HAND,
    .figures_say = SPEED_FIGURES,
    .figure = {{"round_trips_per_second", "echo round trips per second", "/s",
		   0},
	{"cpu_us_per_round_trip", "processor time for each, of the server",
	    "us", 1},
	{"p50_us", "50 of 100 within", "us", 0},
	{"p99_us", "99 of 100 within", "us", 0},
	{"connections_per_second", "connections per second", "/s", 0},
	{"files_per_second", "files of 1 KiB per second", "/s", 0}},
    .chart = {.kind = "bars"},
    .quick = 1.6,
    .full = 15,
    .quick_turns = 3,
    .full_turns = 7,
    .options = {"-w", "2"},
    .measure = measure_speed,
    .conclude = conclude_speed,
};
