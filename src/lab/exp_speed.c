/* Speed: all variants in turns, so that a noisy machine is noisy for all. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "loader.h"
#include "chart.h"
#include "lab.h"
#include "verdict.h"

enum { QUICK_ROUNDS = 3, FULL_ROUNDS = 7, ROUNDS_MAX = 7, SPEEDS = 6 };

static const char *const two_workers[] = {"-w", "2", NULL};

/* In the order of the figures. */
enum { TRIPS, CPU, P50, P99, CONNECTIONS, FILES };

struct track {
	struct instance server;
	bool runs;
	bool clean; /* nothing was lost or wrong */
	double sample[SPEEDS][ROUNDS_MAX];
	int samples[SPEEDS];
};

static void
add(struct track *t, int what, double value)
{
	if (value >= 0)
		t->sample[what][t->samples[what]++] = value;
}

static bool
load(struct lab *lab, struct track *t, struct loader *b,
    const char *const options[])
{
	if (loader_run(b, lab->settings.client, &t->server, options) != 0)
		return false;
	if (b->lost > 0 || b->wrong > 0)
		t->clean = false;
	return true;
}

static void
one_turn(struct lab *lab, struct track *t)
{
	const char *seconds = lab->settings.quick ? "0.08" : "0.6";
	const char *const echo[] = {
	    "--clients", "50", "--seconds", seconds, NULL};
	const char *const churn[] = {
	    "--churn", "--clients", "20", "--seconds", seconds, NULL};
	const char *const get[] = {
	    "--get", "/file", "--clients", "50", "--seconds", seconds, NULL};
	struct loader b;

	if (load(lab, t, &b, echo)) {
		add(t, TRIPS, b.per_second);
		add(t, CPU, b.cpu_us);
		add(t, P50, b.p50_us);
		add(t, P99, b.p99_us);
	}
	if (load(lab, t, &b, churn))
		add(t, CONNECTIONS, b.per_second);
	if (load(lab, t, &b, get))
		add(t, FILES, b.per_second);
}

static void
start_all(struct lab *lab, struct experiment *e, struct track *tracks)
{
	int v;

	for (v = 0; v < VARIANTS; v++) {
		tracks[v].clean = true;
		tracks[v].runs = lab->settings.chosen[v] &&
				 lab_start(lab, e, v, &tracks[v].server,
				     two_workers, NULL) == 0;
	}
}

static void
conclude(const struct lab *lab, struct experiment *e, struct track *tracks)
{
	struct figure *trips = &e->figure[TRIPS];
	struct contest c = {.more_is_better = true};
	int v, i;

	for (v = 0; v < VARIANTS; v++) {
		if (!tracks[v].runs)
			continue;
		for (i = 0; i < SPEEDS; i++) {
			value_from(&e->figure[i].value[v], tracks[v].sample[i],
			    tracks[v].samples[i]);
			if (tracks[v].samples[i] == 0)
				say(e->figure[i].value[v].note, NOTE_TEXT,
				    "the load told nothing");
			else if (!tracks[v].clean)
				say(e->figure[i].value[v].note, NOTE_TEXT,
				    "clients were lost");
		}
		if (c.best == NULL || trips->value[v].median > c.best->median) {
			c.best = &trips->value[v];
			c.best_name = variants[v].name;
		}
	}
	for (v = 0; v < VARIANTS; v++) {
		if (!tracks[v].runs)
			continue;
		c.own = &trips->value[v];
		verdict_speed(&e->verdict[v], &lab->variant[v], &c,
		    e->figure[CPU].value[v].median);
		e->verdict[v].surprise |= !tracks[v].clean;
	}
}

void
run_speed(struct lab *lab, struct experiment *e)
{
	int rounds = lab->settings.quick ? QUICK_ROUNDS : FULL_ROUNDS;
	struct track *tracks = calloc(VARIANTS, sizeof(*tracks));
	int round, i, v;

	(void)figure_add(e, "round_trips_per_second",
	    "echo round trips per second", "/s", 0);
	(void)figure_add(e, "cpu_us_per_round_trip",
	    "processor time for each, of the server", "us", 1);
	(void)figure_add(e, "p50_us", "half of them within", "us", 0);
	(void)figure_add(e, "p99_us", "99 of 100 within", "us", 0);
	(void)figure_add(
	    e, "connections_per_second", "connections per second", "/s", 0);
	(void)figure_add(
	    e, "files_per_second", "files of 1 KiB per second", "/s", 0);
	e->figures_say =
	    "The median of all turns, and in brackets the least and the most. "
	    "The load runs on the same processors as the server: compare the "
	    "variants with one another, not with figures from elsewhere.";
	e->chart = &chart_bars;
	say(e->done, DONE_TEXT,
	    "A server of each kind with two workers. In each of %d rounds each "
	    "in turn gets three loads of %s s, beginning with another one each "
	    "round: 50 clients that send 64 bytes and wait for their echo; 20 "
	    "that connect, send, and close; 50 that get a file of 1 KiB over "
	    "persistent connections. Every byte is checked. The processor time "
	    "is that of all processes of the server, from /proc/PID/stat.",
	    rounds, lab->settings.quick ? "0.08" : "0.6");
	say(e->commands, DONE_TEXT,
	    "./prefork -p 5000 -w 2 -m MODEL\n"
	    "./prefork-client --clients 50 localhost 5000\n"
	    "./prefork-client --churn --clients 20 localhost 5000\n"
	    "./prefork-client --get /README --clients 50 localhost 5000");
	if (tracks == NULL)
		return;
	start_all(lab, e, tracks);
	for (round = 0; round < rounds; round++) {
		for (i = 0; i < VARIANTS; i++) {
			v = (i + round) % VARIANTS;
			if (!tracks[v].runs)
				continue;
			lab_step(lab, e, v, 1.0 / rounds);
			one_turn(lab, &tracks[v]);
		}
	}
	conclude(lab, e, tracks);
	for (v = 0; v < VARIANTS; v++)
		if (tracks[v].runs)
			instance_end(&tracks[v].server);
	free(tracks);
}
