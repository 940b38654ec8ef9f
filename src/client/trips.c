/* The course of a round trip. */
#include "run.h"

#include <stdio.h>

#include "timeline.h"

#define MS INT64_C(1000000)

enum { GAP_MS = 100 };

void
run_heard(struct run *run, struct client *c, int64_t now)
{
	char ms[24];

	if (now - c->since > GAP_MS * MS) {
		snprintf(
		    ms, sizeof(ms), "%lld", (long long)((now - c->since) / MS));
		timeline_note(
		    run->timeline, now, client_number(run, c), "gap", ms);
	}
	c->since = now;
}

void
run_answered(struct run *run, struct client *c, int64_t started, int64_t now)
{
	if (run->tally.round_trips++ == 0)
		run->tally.first_answer_ns = now - run->started_at;
	run->last_answer = now;
	c->round_trips++;
	histogram_add(&run->tally.latency, (uint64_t)(now - started));
}

void
run_begin(struct run *run, struct client *c, int64_t started, int64_t now)
{
	c->state = CLIENT_BUSY;
	c->since = now;
	run->workload->begin(run, c, started);
}

void
run_next(struct run *run, struct client *c, int64_t now)
{
	const struct settings *s = run->settings;
	int64_t started;

	c->since = now;
	if (s->churn || s->idle || run->phase == PHASE_ENDING ||
	    run_all_claimed(run))
		client_finish(run, c);
	else if (run_claim(run, c, now, &started))
		run_begin(run, c, started, now);
	else
		client_rest(run, c, now);
}
