/* The course of a round trip. */
#include "run.h"

#include <stdio.h>

#include "timeline.h"

#define MS INT64_C(1000000)

enum { GAP_MS = 100 };

void
run_heard(struct clients *all, struct client *c, int64_t now)
{
	char ms[24];

	if (now - c->since <= GAP_MS * MS)
		return;
	snprintf(ms, sizeof(ms), "%lld", (long long)((now - c->since) / MS));
	timeline_note(
	    run_of(all)->timeline, now, client_number(all, c), "gap", ms);
}

void
run_answered(struct run *run, struct load_client *l, int64_t now)
{
	if (run->tally.round_trips++ == 0)
		run->tally.first_answer_ns = now - run->started_at;
	run->last_answer = now;
	l->round_trips++;
	histogram_add(&run->tally.latency, (uint64_t)(now - l->started));
}

void
run_next(struct run *run, struct load_client *l, int64_t now)
{
	const struct settings *s = run->settings;

	l->client.since = now;
	if (s->churn || s->idle || run->phase == PHASE_ENDING ||
	    run_all_claimed(run))
		client_finish(&run->all, &l->client, now);
	else if (run_claim(run, l, now, &l->started))
		run->workload->begin(run, l, now);
	else
		run_rest(run, l, now);
}
