/* Round trips: which is whose, from when it counts, and when it is over. */
#include "run.h"

#define MS INT64_C(1000000)

enum { GAP_MS = 100 };

int64_t
run_next_due(const struct run *run)
{
	return run->started_at + (int64_t)((double)run->claimed * 1e9 /
					   (double)run->settings->rate);
}

bool
run_all_claimed(const struct run *run)
{
	return run->count > 0 && run->claimed >= run->count;
}

bool
run_claim(
    struct run *run, const struct load_client *l, int64_t now, int64_t *started)
{
	int64_t due;

	if (run->phase != PHASE_RUNNING || run_all_claimed(run))
		return false;
	*started = now;
	if (run->settings->rate > 0) {
		due = run_next_due(run);
		if (due > now)
			return false;
		/* Later than that only this program's own timer was late. */
		if (due < l->client.since)
			*started = due;
	}
	run->claimed++;
	return true;
}

void
run_unclaim(struct run *run, uint64_t count)
{
	run->claimed -= count;
	if (run->phase == PHASE_ENDING && run->ended_by_count)
		run->phase = PHASE_RUNNING;
}

void
run_note(struct run *run, const struct client *c, int64_t now,
    const char *event, const char *detail)
{
	if (run->timeline != NULL)
		fprintf(run->timeline, "%lld %d %s %s\n",
		    (long long)((now - run->timeline_start) / MS),
		    client_number(&run->all, c), event, detail);
}

void
run_heard(struct clients *all, struct client *c, int64_t now)
{
	char ms[24];

	if (now - c->since <= GAP_MS * MS)
		return;
	snprintf(ms, sizeof(ms), "%lld", (long long)((now - c->since) / MS));
	run_note(run_of(all), c, now, "gap", ms);
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
