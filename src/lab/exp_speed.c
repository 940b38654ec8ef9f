/* Speed: three loads. */
#include <math.h>
#include <string.h>

#include "lab.h"
#include "loader.h"
#include "verdict.h"

/* In the order of the figures. */
enum { TRIPS, CPU, P50, P99, CONNECTIONS, FILES, SPEEDS };

static double
known(double x)
{
	return x >= 0 ? x : NAN;
}

/* The figures of one load; NAN, all of them, if it told nothing. */
static void
load(struct trial *t, const char *const kind[], struct loader *b)
{
	const char *options[8] = {
	    "--seconds", t->lab->settings.quick ? "0.08" : "0.6"};
	int i, n = 2;

	for (i = 0; kind[i] != NULL; i++)
		options[n++] = kind[i];
	if (loader_run(b, t->lab->settings.client, &t->server, options) != 0)
		*b = (struct loader){-1, -1, -1, -1, 0, 0, -1};
	else if (b->lost > 0 || b->wrong > 0)
		t->verdict->surprise = true;
}

static const char *
measure_speed(struct trial *t)
{
	static const char *const echo[] = {"--clients", "50", NULL};
	static const char *const churn[] = {"--churn", "--clients", "20", NULL};
	static const char *const get[] = {
	    "--get", "/file", "--clients", "50", NULL};
	struct loader echoed, churned, got;

	load(t, echo, &echoed);
	load(t, churn, &churned);
	load(t, get, &got);
	experiment_add(t->experiment, t->v,
	    (const double[SPEEDS]){known(echoed.per_second),
		known(echoed.cpu_us), known(echoed.p50_us),
		known(echoed.p99_us), known(churned.per_second),
		known(got.per_second)});
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
    .question = "How many round trips, connections and files per second, and "
		"how much processor time for each?",
    .done =
	"In each of seven rounds (three with --quick) a server of each kind in "
	"turn, with two workers, gets three loads of 0.6 s (0.08 s), beginning "
	"with another one each round: 50 clients that send 64 bytes and wait "
	"for their echo; 20 that connect, send, and close; 50 that get a file "
	"of 1 KiB over persistent connections. Every byte is checked. The "
	"processor time is that of all processes of the server, from "
	"/proc/PID/stat.",
    .by_hand = "./prefork -p 5000 -w 2 -m MODEL\n"
	       "./prefork-client --clients 50 localhost 5000\n"
	       "./prefork-client --churn --clients 20 localhost 5000\n"
	       "./prefork-client --get /README --clients 50 localhost 5000",
    .figures_say =
	"The median of all turns, and in brackets the least and the most. The "
	"load runs on the same processors as the server: compare the variants "
	"with one another, not with figures from elsewhere.",
    .figure = {{"round_trips_per_second", "echo round trips per second", "/s",
		   0},
	{"cpu_us_per_round_trip", "processor time for each, of the server",
	    "us", 1},
	{"p50_us", "half of them within", "us", 0},
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
