/*
 * Which round trip is whose, and from when it counts.
 */
#include "run.h"

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
