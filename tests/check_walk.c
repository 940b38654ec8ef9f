/*
 * check_walk - random orders and deaths against the table of slots, without a
 * fork: a world of one slot, in which processes are a few words, acts upon
 * what the table says, as the master does. Whatever has happened, in the end
 * the slot is served if it is wanted, and nobody is there if it is not.
 *
 * PREFORK_TEST_SEED in the environment is another walk.
 */
#include "master/slot.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_main.h"

enum {
	STEPS = 1000000, /* in all */
	LEG = 40,	 /* at most, before all come to rest */
	REST_STEPS = 1000,
	TRACE = 64
};

enum being { NOBODY, ALIVE, DEAD /* and not reaped */ };
enum left { KILLED, LEFT, RETIRED };
enum order { NO_ORDER, DRAIN, QUIT };

struct process {
	enum being is;
	enum left how;	  /* it is dead */
	enum order order; /* not yet obeyed */
	bool starts;	  /* it has not said that it serves */
	bool drains;	  /* it serves the last of its clients */
	bool retires;	  /* as soon as it has a fresh standby */
	bool stopped;	  /* until it is continued */
	bool hangs;	  /* until it is killed */
	bool asked;	  /* for a standby, or to stay */
	bool quit;	  /* the master told it so once */
	bool hung;	  /* the master has ordered its death */
	int ready;	  /* words in its pipe */
	int hups;	  /* how many there were when it began */
};

struct world {
	uint64_t random;
	bool standbys; /* workers have them */
	bool calm;     /* nothing goes wrong any more */
	bool wanted;
	enum slot_state state;
	bool again;
	bool timed;    /* a deadline is set */
	bool unwanted; /* the word on the scoreboard */
	int hups;      /* so far */
	struct process child, successor, standby;
	const char *trace[TRACE];
	long steps;
};

static const struct process nobody;

static unsigned
pick(struct world *w, unsigned of)
{
	/* xorshift: the same walk on every machine. */
	w->random ^= w->random << 13;
	w->random ^= w->random >> 7;
	w->random ^= w->random << 17;
	return (unsigned)(w->random >> 33) % of;
}

static bool
mishap(struct world *w, unsigned one_in)
{
	return !w->calm && pick(w, one_in) == 0;
}

/* The story so far, for a message. */
static const char *
story(const struct world *w)
{
	static char text[4096];
	size_t len = 0;
	long i = w->steps > TRACE ? w->steps - TRACE : 0;

	text[0] = '\0';
	for (; i < w->steps && len < sizeof(text); i++)
		len += (size_t)snprintf(
		    text + len, sizeof(text) - len, " %s", w->trace[i % TRACE]);
	return text;
}

static void
note(struct world *w, const char *what)
{
	w->trace[w->steps++ % TRACE] = what;
}

/* Check notes every assertion that it looks at, which is slow. */
static void
must_hold(const struct world *w, bool holds, const char *what)
{
	if (holds)
		return;
	ck_abort_msg("%s; %s, %s, step %ld; at the end:%s", what,
	    slot_state_name(w->state), w->wanted ? "wanted" : "not wanted",
	    w->steps, story(w));
}

#define must(w, condition) must_hold(w, condition, #condition)

static void
die_of(struct process *p, enum left how)
{
	if (p->is != ALIVE)
		return;
	p->is = DEAD;
	p->how = how;
}

static void
tell(struct process *p, enum order order)
{
	p->order = order;
	p->stopped = false;
}

static void
begin(const struct world *w, struct process *p)
{
	*p = nobody;
	p->is = ALIVE;
	p->starts = true;
	p->hups = w->hups;
}

static void handle(struct world *w, enum slot_event event);

static void
spawn(struct world *w)
{
	struct process *p =
	    w->state == SLOT_RENEWING ? &w->successor : &w->child;

	must(w, p->is == NOBODY);
	w->unwanted = false;
	if (mishap(w, 4)) {
		handle(w, SLOT_LOST);
		return;
	}
	begin(w, p);
	w->timed = true;
}

static void
take(struct world *w)
{
	must(w, w->child.is == NOBODY);
	must(w, w->standby.is != NOBODY);
	w->unwanted = w->state == SLOT_LEAVING;
	w->successor = nobody;
	w->child = w->standby;
	w->child.starts = true;
	w->child.stopped = false;
	w->child.hups = w->hups;
	w->standby = nobody;
	w->timed = true;
}

static void
stop_hard(struct world *w)
{
	bool harder = w->child.quit || w->child.hung;

	w->standby = nobody;
	w->successor = nobody;
	tell(&w->child, QUIT);
	if (harder)
		die_of(&w->child, KILLED);
	w->child.quit = true;
	w->timed = true;
}

static void
act(struct world *w, enum slot_action action)
{
	switch (action) {
	case DO_NOTHING:
	case DO_LATER:
		break;
	case DO_SPAWN:
		spawn(w);
		break;
	case DO_REPLACE:
	case DO_ADOPT:
		must(w, w->successor.is != NOBODY);
		must(w, action == DO_REPLACE || w->child.is == NOBODY);
		w->child = w->successor;
		w->successor = nobody;
		w->timed = action == DO_ADOPT && w->timed;
		break;
	case DO_WELCOME:
		w->timed = false;
		break;
	case DO_TAKE:
		take(w);
		break;
	case DO_RETIRE:
		w->child.retires = true;
		w->child.stopped = false;
		break;
	case DO_STAY:
		w->unwanted = false;
		w->child.asked = true;
		w->child.stopped = false;
		w->timed = true;
		break;
	case DO_DISCARD:
		w->successor = nobody;
		w->timed = true;
		break;
	case DO_ABORT:
		w->child.hung = true;
		if (!w->child.stopped && pick(w, 2) == 0)
			die_of(&w->child, KILLED);
		w->timed = true;
		break;
	case DO_KILL:
		die_of(&w->child, KILLED);
		w->successor = nobody;
		if (w->state == SLOT_LEAVING && !w->child.hung)
			w->standby = nobody;
		w->timed = false;
		break;
	case DO_DRAIN:
		w->unwanted = true;
		tell(&w->child, DRAIN);
		w->successor = nobody;
		w->timed = true;
		break;
	case DO_QUIT:
		stop_hard(w);
		break;
	case DO_FREE:
		must(w, w->child.is == NOBODY);
		w->standby = w->successor = nobody;
		w->timed = false;
		break;
	case DO_REST:
	case DO_WAIT:
		must(w, w->child.is == NOBODY);
		if (action == DO_WAIT)
			w->standby = nobody;
		w->timed = true;
		if (pick(w, 2) == 0)
			handle(w, SLOT_DUE);
		break;
	}
}

static void
handle(struct world *w, enum slot_event event)
{
	struct slot_step step = slot_next(w->state, event);

	note(w, slot_event_name(event));
	note(w, slot_action_name(step.action));
	if ((w->state == SLOT_RESTING && step.next != SLOT_RESTING) ||
	    event == SLOT_DUE)
		w->timed = false;
	w->again = slot_again(w->again, w->state, step.action);
	w->state = step.next;
	act(w, step.action);
	if (w->again &&
	    (step.action == DO_WELCOME || step.action == DO_REPLACE))
		handle(w, w->standbys ? SLOT_RETIRE : SLOT_RENEW);
}

/* --- what processes do --- */

static void
make_standby(struct world *w)
{
	if (!w->standbys || mishap(w, 4))
		return;
	begin(w, &w->standby);
}

/* One turn of a process, as worker.c has it. */
static void
turn(struct world *w, struct process *p)
{
	bool stays = p->asked && !w->unwanted;

	if (p->is != ALIVE || p->stopped || p->hangs)
		return;
	if (p->starts) {
		p->starts = false;
		p->drains = w->unwanted;
		make_standby(w);
		p->ready++;
		if (mishap(w, 8))
			die_of(p, LEFT);
		return;
	}
	if (p->order == QUIT) {
		die_of(p, LEFT);
	} else if (stays && (p->drains || p->order == DRAIN)) {
		p->drains = false;
		p->order = NO_ORDER;
		p->ready++;
	} else if (p->order == DRAIN) {
		p->drains = true;
		p->order = NO_ORDER;
	} else if (p->drains) {
		/* The last of its clients has gone. */
		die_of(p, LEFT);
	} else if (p->retires || p->asked) {
		make_standby(w);
		if (w->standby.is == ALIVE && p->retires)
			die_of(p, RETIRED);
	}
	p->asked = false;
}

/* --- what the master sees --- */

static bool
hear(struct world *w)
{
	struct process *p =
	    w->state == SLOT_RENEWING ? &w->successor : &w->child;

	if (p->ready == 0)
		return false;
	p->ready--;
	handle(w, SLOT_READY);
	return true;
}

static bool
reap_child(struct world *w)
{
	bool taken;

	if (w->child.is != DEAD)
		return false;
	while (w->state != SLOT_RENEWING && hear(w))
		if (w->child.is != DEAD)
			return true;
	taken = w->standby.is != NOBODY &&
		!(w->state == SLOT_LEAVING && w->child.how == LEFT);
	w->child.is = NOBODY;
	handle(w, taken ? SLOT_LEFT : SLOT_DIED);
	return true;
}

static bool
reap_standby(struct world *w)
{
	if (w->standby.is != DEAD)
		return false;
	w->standby = nobody;
	if (w->state == SLOT_SERVING)
		w->child.asked = true;
	if (w->state == SLOT_RESTING)
		handle(w, SLOT_DIED);
	return true;
}

static bool
reap_successor(struct world *w)
{
	if (w->successor.is != DEAD)
		return false;
	w->successor = nobody;
	handle(w, SLOT_LOST);
	return true;
}

/* Reaps all, in any order. */
static void
reap(struct world *w)
{
	bool first = pick(w, 2) == 0;

	while ((first && reap_standby(w)) || reap_child(w) || reap_standby(w) ||
	       reap_successor(w))
		;
}

static void
want(struct world *w, bool wanted)
{
	if (w->wanted == wanted)
		return;
	w->wanted = wanted;
	handle(w, wanted ? SLOT_START : SLOT_LEAVE);
}

/* What the world does by itself. */
static void
live(struct world *w)
{
	switch (pick(w, 6)) {
	case 0:
		turn(w, &w->child);
		break;
	case 1:
		turn(w, &w->successor);
		break;
	case 2:
		(void)hear(w);
		break;
	case 3:
		reap(w);
		break;
	case 4:
		if (w->timed)
			handle(w, SLOT_DUE);
		break;
	default:
		/* Its heart has stopped. */
		if (w->child.stopped || w->child.hangs ||
		    w->child.is != ALIVE || w->child.starts)
			if (w->state == SLOT_SERVING ||
			    (w->state == SLOT_STARTING && w->calm))
				handle(w, SLOT_HUNG);
		break;
	}
}

/* What others do to it. */
static void
disturb(struct world *w)
{
	struct process *const who[] = {&w->child, &w->successor, &w->standby};
	struct process *victim = who[pick(w, 3)];

	switch (pick(w, 8)) {
	case 0:
	case 1:
		note(w, "TTIN");
		want(w, true);
		break;
	case 2:
		note(w, "TTOU");
		want(w, false);
		break;
	case 3:
	case 4:
		/* As the master does: who is dead is not to make way. */
		note(w, "HUP");
		reap(w);
		w->hups++;
		handle(w, w->standbys ? SLOT_RETIRE : SLOT_RENEW);
		break;
	case 5:
		note(w, "KILL");
		die_of(victim, KILLED);
		break;
	case 6:
		note(w, "STOP");
		victim->stopped = !victim->stopped;
		break;
	default:
		note(w, "hang");
		victim->hangs = victim != &w->standby;
		break;
	}
}

/* What holds at any time. */
static void
expect_sound(struct world *w)
{
	must(w,
	    w->wanted == (w->state != SLOT_EMPTY && w->state != SLOT_LEAVING));
	must(w, w->state != SLOT_EMPTY || w->child.is == NOBODY);
	must(w, w->state != SLOT_SERVING || w->child.is != NOBODY);
	must(w, w->state == SLOT_RENEWING || w->successor.is == NOBODY);
	must(w, w->state != SLOT_RESTING || w->standby.is != NOBODY);
	/* Whoever waits has a deadline, or a death that is not reaped. */
	must(w, w->timed || w->state == SLOT_EMPTY ||
		    w->state == SLOT_SERVING || w->state == SLOT_STARTING ||
		    w->child.is == DEAD);
}

/* Serves, has nothing left to obey, and began after the last SIGHUP. */
static bool
is_settled(const struct world *w)
{
	const struct process *p = &w->child;

	return w->state == SLOT_SERVING && p->is == ALIVE && !p->drains &&
	       p->order == NO_ORDER && !p->hangs && !p->stopped && !p->asked &&
	       p->ready == 0 && p->hups == w->hups;
}

/* Nothing goes wrong any more: all must come to rest, and be as is wanted. */
static void
expect_rest(struct world *w)
{
	int i;

	w->calm = true;
	for (i = 0; w->state != SLOT_EMPTY && !is_settled(w); i++) {
		must(w, i < REST_STEPS);
		live(w);
		expect_sound(w);
	}
	must(w, w->wanted == (w->state == SLOT_SERVING));
	must(w, !w->again);
	w->calm = false;
}

static void
walk(uint64_t seed, bool standbys)
{
	struct world w = {.random = seed, .standbys = standbys};
	long steps = 0;
	int i;

	while (steps < STEPS / 2) {
		for (i = (int)pick(&w, LEG); i >= 0; i--, steps++) {
			if (pick(&w, 2) == 0)
				disturb(&w);
			else
				live(&w);
			expect_sound(&w);
		}
		expect_rest(&w);
	}
}

START_TEST(test_no_order_of_signals_and_deaths_loses_a_slot)
{
	const char *seed = getenv("PREFORK_TEST_SEED");

	walk(seed != NULL ? strtoull(seed, NULL, 10) | 1 : 88172645463325252U,
	    _i != 0);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(
	    tc, test_no_order_of_signals_and_deaths_loses_a_slot, 0, 2);
}

int
main(void)
{
	return check_main("walk", add);
}
