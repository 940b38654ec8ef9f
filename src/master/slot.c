/* The table of supervision, and what goes with it. */
#include "slot.h"

/* clang-format off */
/*
 *        EMPTY STARTING SERVING RENEWING TAKING  ABORTING WAITING RESTING LEAVING
 * START  spawn -        -       -        -       -        -       -       stay
 * READY  -     welcome  -       replace  welcome -        -       -       -
 * DIED   -     wait     wait    adopt    wait    wait     -       wait    free
 * LEFT   -     rest     rest    rest     rest    rest     -       -       take
 * LOST   -     wait     -       discard  -       -        wait    -       -
 * HUNG   -     abort    abort   -        -       -        -       -       -
 * DUE    -     -        spawn   discard  abort   kill     spawn   take    quit
 * RENEW  -     later    spawn   later    later   -        -       later   later
 * RETIRE -     later    retire  later    later   -        -       later   later
 * LEAVE  -     kill     drain   drain    drain   kill     free    take    -
 * STOP   -     quit     quit    quit     quit    quit     free    free    quit
 *
 * RENEW and DUE in SERVING lead to RENEWING; every other spawn to STARTING. A
 * slot that is drained or killed because it is not wanted is LEAVING until the
 * death is seen, and what takes over then goes on draining; one that hangs is
 * ABORTING. If it is wanted again before, the child is told to stay, and has to
 * say that it serves, as one that takes over: whether it heard of it, or was
 * on its way out already, the slot ends up served. To wait or to rest with a
 * delay of nothing is to go on at once. While a slot is being renewed its
 * old child may hang without being aborted: it is about to be told to leave. A
 * takeover that does not come to an end counts as a hang. A renewal is not
 * remembered in states in which the next child begins after it.
 */
static const struct slot_step table[SLOT_EVENTS][SLOT_STATES] = {
	[SLOT_START] = {
		[SLOT_EMPTY] = {SLOT_STARTING, DO_SPAWN},
		[SLOT_LEAVING] = {SLOT_TAKING, DO_STAY},
	},
	[SLOT_READY] = {
		[SLOT_STARTING] = {SLOT_SERVING, DO_WELCOME},
		[SLOT_RENEWING] = {SLOT_SERVING, DO_REPLACE},
		[SLOT_TAKING] = {SLOT_SERVING, DO_WELCOME},
	},
	[SLOT_DIED] = {
		[SLOT_STARTING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_SERVING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_RENEWING] = {SLOT_STARTING, DO_ADOPT},
		[SLOT_TAKING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_ABORTING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_RESTING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_LEAVING] = {SLOT_EMPTY, DO_FREE},
	},
	[SLOT_LEFT] = {
		[SLOT_STARTING] = {SLOT_RESTING, DO_REST},
		[SLOT_SERVING] = {SLOT_RESTING, DO_REST},
		[SLOT_RENEWING] = {SLOT_RESTING, DO_REST},
		[SLOT_TAKING] = {SLOT_RESTING, DO_REST},
		[SLOT_ABORTING] = {SLOT_RESTING, DO_REST},
		[SLOT_LEAVING] = {SLOT_LEAVING, DO_TAKE},
	},
	[SLOT_LOST] = {
		[SLOT_STARTING] = {SLOT_WAITING, DO_WAIT},
		[SLOT_RENEWING] = {SLOT_SERVING, DO_DISCARD},
		[SLOT_WAITING] = {SLOT_WAITING, DO_WAIT},
	},
	[SLOT_HUNG] = {
		[SLOT_STARTING] = {SLOT_ABORTING, DO_ABORT},
		[SLOT_SERVING] = {SLOT_ABORTING, DO_ABORT},
	},
	[SLOT_DUE] = {
		[SLOT_SERVING] = {SLOT_RENEWING, DO_SPAWN},
		[SLOT_RENEWING] = {SLOT_SERVING, DO_DISCARD},
		[SLOT_TAKING] = {SLOT_ABORTING, DO_ABORT},
		[SLOT_ABORTING] = {SLOT_ABORTING, DO_KILL},
		[SLOT_WAITING] = {SLOT_STARTING, DO_SPAWN},
		[SLOT_RESTING] = {SLOT_TAKING, DO_TAKE},
		[SLOT_LEAVING] = {SLOT_LEAVING, DO_QUIT},
	},
	[SLOT_RENEW] = {
		[SLOT_STARTING] = {SLOT_STARTING, DO_LATER},
		[SLOT_RESTING] = {SLOT_RESTING, DO_LATER},
		[SLOT_SERVING] = {SLOT_RENEWING, DO_SPAWN},
		[SLOT_RENEWING] = {SLOT_RENEWING, DO_LATER},
		[SLOT_TAKING] = {SLOT_TAKING, DO_LATER},
		[SLOT_LEAVING] = {SLOT_LEAVING, DO_LATER},
	},
	[SLOT_RETIRE] = {
		[SLOT_STARTING] = {SLOT_STARTING, DO_LATER},
		[SLOT_RESTING] = {SLOT_RESTING, DO_LATER},
		[SLOT_SERVING] = {SLOT_SERVING, DO_RETIRE},
		[SLOT_RENEWING] = {SLOT_RENEWING, DO_LATER},
		[SLOT_TAKING] = {SLOT_TAKING, DO_LATER},
		[SLOT_LEAVING] = {SLOT_LEAVING, DO_LATER},
	},
	[SLOT_LEAVE] = {
		[SLOT_STARTING] = {SLOT_LEAVING, DO_KILL},
		[SLOT_SERVING] = {SLOT_LEAVING, DO_DRAIN},
		[SLOT_RENEWING] = {SLOT_LEAVING, DO_DRAIN},
		[SLOT_TAKING] = {SLOT_LEAVING, DO_DRAIN},
		[SLOT_ABORTING] = {SLOT_LEAVING, DO_KILL},
		[SLOT_WAITING] = {SLOT_EMPTY, DO_FREE},
		[SLOT_RESTING] = {SLOT_LEAVING, DO_TAKE},
	},
	[SLOT_STOP] = {
		[SLOT_STARTING] = {SLOT_LEAVING, DO_QUIT},
		[SLOT_SERVING] = {SLOT_LEAVING, DO_QUIT},
		[SLOT_RENEWING] = {SLOT_LEAVING, DO_QUIT},
		[SLOT_TAKING] = {SLOT_LEAVING, DO_QUIT},
		[SLOT_ABORTING] = {SLOT_LEAVING, DO_QUIT},
		[SLOT_WAITING] = {SLOT_EMPTY, DO_FREE},
		[SLOT_RESTING] = {SLOT_EMPTY, DO_FREE},
		[SLOT_LEAVING] = {SLOT_LEAVING, DO_QUIT},
	},
};
/* clang-format on */

struct slot_step
slot_next(enum slot_state state, enum slot_event event)
{
	struct slot_step step = table[event][state];

	/* An empty cell: nothing is done, and the state stays. */
	if (step.action == DO_NOTHING)
		step.next = state;
	return step;
}

bool
slot_again(bool again, enum slot_state state, enum slot_action action)
{
	switch (action) {
	case DO_LATER:
	case DO_DISCARD:
		return true;
	case DO_DRAIN:
		return again || state == SLOT_RENEWING;
	case DO_SPAWN:
	case DO_RETIRE:
	case DO_FREE:
		return false;
	default:
		return again;
	}
}

/* So many deaths in a row, of children that had served, need no delay. */
enum { FREE_FAILURES = 10 };

int64_t
slot_delay(struct slot_history *h, bool served, bool well)
{
	int64_t delay = SLOT_DELAY_MIN;
	int i, free_failures = served ? FREE_FAILURES : 1;

	if (well)
		h->failures = 0;
	else if (h->failures < INT32_MAX)
		h->failures++;
	if (h->failures <= free_failures)
		return 0;
	for (i = free_failures + 1; i < h->failures && delay < SLOT_DELAY_MAX;
	     i++)
		delay *= 2;
	return delay < SLOT_DELAY_MAX ? delay : SLOT_DELAY_MAX;
}

void
slot_excuse(struct slot_history *h)
{
	if (h->failures > 0)
		h->failures--;
}

bool
slot_beats(int64_t now, int64_t beat, int64_t timeout)
{
	return beat >= now - timeout && beat <= now + timeout;
}

const char *
slot_state_name(enum slot_state state)
{
	static const char *const names[] = {"empty", "starting", "serving",
	    "renewing", "taking", "aborting", "waiting", "resting", "leaving"};

	return state < SLOT_STATES ? names[state] : "?";
}

const char *
slot_event_name(enum slot_event event)
{
	static const char *const names[] = {"start", "ready", "died", "left",
	    "lost", "hung", "due", "renew", "retire", "leave", "stop"};

	return event < SLOT_EVENTS ? names[event] : "?";
}

const char *
slot_action_name(enum slot_action action)
{
	static const char *const names[] = {"-", "spawn", "welcome", "replace",
	    "adopt", "take", "retire", "stay", "later", "discard", "abort",
	    "kill", "drain", "quit", "free", "rest", "wait"};

	return (int)action < SLOT_ACTIONS ? names[action] : "?";
}
