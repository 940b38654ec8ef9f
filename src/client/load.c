#include "run.h"

#include "base/clock.h"
#include "base/log.h"
#include "os/poller.h"
#include "os/signals.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define MS INT64_C(1000000)
#define SIGNAL_TAG UINT64_MAX

enum {
	/* Round trips begun before answers are looked at again: the first
	 * should not wait until the last of 10,000 is asked. */
	RELEASE = 64,
	TICK_MS = 250
};

/* --- round trips --- */

/* Those that rest, as far as round trips are due. */
static void
release(struct run *run, int64_t now)
{
	struct load_client *l;
	int budget = RELEASE;

	while (run->ready.count > 0 && budget-- > 0) {
		l = &run->client[run->ready.ids[run->ready.head]];
		if (l->client.state == CLIENT_READY &&
		    !run_claim(run, l, now, &l->started))
			return;
		ring_take(&run->ready);
		l->in_ring = false;
		if (l->client.state == CLIENT_READY)
			run->workload->begin(run, l, now);
	}
}

/* --- phases --- */

static void
read_cpu(int64_t *user_us, int64_t *sys_us)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	*user_us = (int64_t)u.ru_utime.tv_sec * 1000000 + u.ru_utime.tv_usec;
	*sys_us = (int64_t)u.ru_stime.tv_sec * 1000000 + u.ru_stime.tv_usec;
}

/* Until its own end, or without one. */
static int64_t
end_of_phase(const struct run *run, int64_t now)
{
	int64_t duration = run->settings->duration;

	return duration < 0 ? CLOCK_NEVER : now + duration * MS;
}

static void
start_running(struct run *run, int64_t now)
{
	run->phase = PHASE_RUNNING;
	run->started_at = now;
	run->last_answer = now;
	read_cpu(&run->tally.cpu_user_us, &run->tally.cpu_sys_us);
	if (!run->settings->idle) {
		run->until = end_of_phase(run, now);
		run->count = (uint64_t)run->settings->count;
		return;
	}
	/* One each; the time was spent holding. */
	run->until = CLOCK_NEVER;
	run->count = (uint64_t)run->all.crowd.connected;
}

static void
start_ending(struct run *run, int64_t now)
{
	run->phase = PHASE_ENDING;
	run_finish(run, now);
}

static void
step_phase(struct run *run, int64_t now)
{
	const struct settings *s = run->settings;
	int on_the_way = run->all.crowd.connecting + run->queue.count;

	switch (run->phase) {
	case PHASE_OPENING:
		/* A server that is down for good must not keep a run with
		 * --reconnect in this phase for ever. */
		if (on_the_way > 0 && !s->churn &&
		    now - run->opened_at < s->patience * MS)
			return;
		run->tally.open_ns = now - run->opened_at;
		run->until = end_of_phase(run, now);
		if (s->idle && run->all.crowd.connected > 0)
			run->phase = PHASE_HOLDING;
		else
			start_running(run, now);
		return;
	case PHASE_HOLDING:
		if (now >= run->until || run->all.crowd.connected == 0)
			start_running(run, now);
		return;
	case PHASE_RUNNING:
		run->ended_by_count = run_all_claimed(run) && now < run->until;
		if (run->ended_by_count || now >= run->until ||
		    on_the_way + run->all.crowd.connected == 0)
			start_ending(run, now);
		return;
	case PHASE_ENDING:
		return;
	}
}

/* --- the loop --- */

/* How long nothing can be done but wait for the poller, in ms. */
static int
timeout(const struct run *run, int64_t now)
{
	bool paused = run->not_before > now;
	bool waiting =
	    run->ready.count > 0 ||
	    (run->settings->churn && run->queue.count > 0 && !paused);
	int64_t wait = TICK_MS * MS;

	if (run->phase == PHASE_RUNNING && waiting) {
		if (run->settings->rate == 0)
			wait = run->ready.count > 0 ? 0 : wait;
		else if (run_next_due(run) - now < wait)
			wait = run_next_due(run) - now;
	}
	if (run->queue.count > 0 && paused && run->not_before - now < wait)
		wait = run->not_before - now;
	if (run->phase != PHASE_OPENING && run->phase != PHASE_ENDING &&
	    run->until - now < wait)
		wait = run->until - now;
	return wait > 0 ? (int)((wait + MS - 1) / MS) : 0;
}

/* The first signal ends the run, the second the waiting for its end. */
static void
interrupt(struct run *run, int64_t now)
{
	while (signals_next() != 0) {
		if (run->phase == PHASE_ENDING) {
			clients_sweep(&run->all, now, now);
			continue;
		}
		if (run->phase != PHASE_RUNNING)
			start_running(run, now);
		run->ended_by_count = false;
		start_ending(run, now);
	}
}

static void
turn(struct run *run)
{
	struct poller_event events[POLLER_EVENTS];
	int64_t now = clock_ns();
	int i, n;

	step_phase(run, now);
	run_connect_due(run, now);
	release(run, now);
	n = poller_wait(run->poller, events, POLLER_EVENTS, timeout(run, now));
	if (n < 0)
		die("poller:");
	for (i = 0; i < n; i++) {
		if (events[i].tag == SIGNAL_TAG)
			interrupt(run, clock_ns());
		else
			clients_event(&run->all, &events[i], clock_ns());
	}
}

static void
loop(struct run *run)
{
	struct progress progress = {0};
	bool show = isatty(STDERR_FILENO) == 1;
	int64_t now, ticked = 0;

	while (run->phase != PHASE_ENDING ||
	       run->all.crowd.connected + run->all.crowd.connecting > 0) {
		turn(run);
		now = clock_ns();
		if (now - ticked < TICK_MS * MS)
			continue;
		ticked = now;
		clients_sweep(
		    &run->all, now, now - run->settings->patience * MS);
		if (show)
			report_progress(stderr, run, &progress, now);
	}
	if (show)
		fputs("\n", stderr);
}

/* --- start and end --- */

static void *
need(size_t count, size_t size)
{
	void *p = calloc(count, size);

	if (p == NULL)
		die("memory:");
	return p;
}

static void
open_outlets(struct run *run, int descriptors)
{
	static const int signals[] = {SIGINT, SIGTERM, 0};
	const struct settings *s = run->settings;
	struct timespec wall;

	run->poller = poller_new(
	    s->poller < 0 ? NULL : poller_names[s->poller], descriptors);
	if (run->poller == NULL || signals_open(signals) != 0 ||
	    poller_add(run->poller, signals_fd(), POLLIN, SIGNAL_TAG) != 0)
		die("poller:");
	if (s->timeline == NULL)
		return;
	run->timeline = fopen(s->timeline, "w");
	if (run->timeline == NULL)
		die("--timeline: %s:", s->timeline);
	clock_gettime(CLOCK_REALTIME, &wall);
	run->timeline_start = clock_ns();
	fprintf(run->timeline, "0 - start %lld\n",
	    (long long)wall.tv_sec * 1000 + wall.tv_nsec / MS);
}

static void
prepare(struct run *run)
{
	size_t i, clients = (size_t)run->settings->clients;

	open_outlets(run, clients_room(run->settings->clients));
	run->client = need(clients, sizeof(*run->client));
	run->queue.ids = need(clients, sizeof(int));
	run->ready.ids = need(clients, sizeof(int));
	run->queue.size = run->ready.size = (int)clients;
	run->workload = run->settings->get != NULL ? &load_get : &load_echo;
	run->all.owner = &run->workload->owner;
	if (run->workload->init(run) != 0 ||
	    clients_open(&run->all, run->poller, run->client,
		sizeof(*run->client), (int)clients) != 0)
		die("memory:");
	run->opened_at = clock_ns();
	for (i = 0; i < clients; i++)
		ring_put(&run->queue, (int)i);
}

static void
sum_up(struct run *run)
{
	struct tally *t = &run->tally;
	int64_t user_us, sys_us;

	read_cpu(&user_us, &sys_us);
	t->cpu_user_us = user_us - t->cpu_user_us;
	t->cpu_sys_us = sys_us - t->cpu_sys_us;
	t->run_ns = run->last_answer - run->started_at;
}

static void
close_timeline(struct run *run)
{
	bool failed;

	if (run->timeline == NULL)
		return;
	failed = ferror(run->timeline) != 0;
	failed |= fclose(run->timeline) != 0;
	if (failed)
		log_error("--timeline: %s:", run->settings->timeline);
}

int
load_run(const struct settings *settings, const struct dial *dial)
{
	/* Large, and needed once: not for the stack. */
	static struct run run;

	run.settings = settings;
	run.dial = dial;
	prepare(&run);
	loop(&run);
	sum_up(&run);
	if (settings->json)
		report_json(stdout, &run);
	else
		report_table(stdout, &run);
	close_timeline(&run);
	if (run.all.count.connected == 0 &&
	    report_unconnected(&run.tally) > 0) {
		log_error("connect %s: no client could", dial->text);
		return EXIT_SYSTEM;
	}
	return report_is_clean(&run.tally, &run.all.count) ? 0 : 1;
}
