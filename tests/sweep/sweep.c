/*
 * sweep [-s STRIDE] [-r SEED] [SEGMENT]... - fixed conversations with a
 * server, repeated, its worker killed one instruction later each time. Every
 * transcript must be that of the conversation in which nobody was killed.
 *
 * A segment is what a worker does about one act of a client, from the wait in
 * which it hears of it to the next wait. With a stride only every so-many-th
 * instruction is tried, beginning with one that the seed chooses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "change.h"
#include "host.h"
#include "stepper.h"
#include "stride.h"
#include "talk.h"

enum {
	ACTS_MAX = 12,
	TRIES = 20,	  /* to get a turn right, or a conversation in time */
	TOLD_MAX = 20,	  /* differences shown */
	EXIT_REFUSED = 77 /* it cannot be tried here */
};

#define HEAD(path) "GET " path " HTTP/1.1\r\nHost: x\r\n"
#define GET(path) HEAD(path) "\r\n"

/* With tests/storm/rows: each is stored once, which is what the last asks. */
#define POST                                                                    \
	"PUT /rows/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" \
	"4\r\nbo"

static const struct conversation {
	const char *name;
	bool named; /* not with every server: only if it is asked for */
	struct act act[ACTS_MAX];
} conversations[] = {
    {"echo", false,
	{{"connect", .doing = OPEN},
	    {"line", .doing = SEND, .text = "hello\n", .bytes = 6},
	    {"half-exit", .doing = SEND, .text = "more\nex", .bytes = 5,
		.soon = true},
	    {"exit", .doing = SEND, .text = "it\nunread", .end = true},
	    {"close", .doing = CLOSE}}},
    {"finish", false,
	{{"connect", .doing = OPEN},
	    {"bytes", .doing = SEND, .text = "no line", .bytes = 7},
	    {"finish", .doing = FINISH, .end = true}}},
    {"http", false,
	{{"connect", .doing = OPEN},
	    {"two", .doing = SEND, .text = GET("/small") GET("/small"),
		.answers = 2},
	    {"file", .doing = SEND, .text = GET("/file"), .answers = 1},
	    {"half", .doing = SEND, .text = "GET /sma"},
	    {"rest", .doing = SEND, .text = "ll HTTP/1.1\r\nHost: x\r\n\r\n",
		.answers = 1},
	    {"close", .doing = CLOSE}}},
    {"download", false,
	{{"connect", .doing = OPEN_NARROW},
	    {"begin", .doing = SEND, .text = GET("/big")},
	    {"read", .doing = READ, .bytes = BIG_BYTES / 4},
	    {"rest", .doing = SEND,
		.text = HEAD("/small") "Connection: close\r\n\r\n",
		.end = true}}},
    {"pipe", true,
	{{"connect", .doing = OPEN_PIPE},
	    {"wait", .doing = SEND, .text = "/fifo\n", .bytes = 6},
	    {"meanwhile", .doing = SEND, .text = "more\n"},
	    {"over", .doing = CLOSE_PIPE, .bytes = 10},
	    {"line", .doing = SEND, .text = "hello\n", .bytes = 6},
	    {"close", .doing = CLOSE}}},
    {"post", true,
	{{"connect", .doing = OPEN}, {"begin", .doing = SEND, .text = POST},
	    {"rest", .doing = SEND, .text = "dy\r\n0\r\n\r\n", .answers = 1},
	    {"count", .doing = SEND, .text = GET("/rows"), .answers = 1},
	    {"close", .doing = CLOSE}}},
};

enum { CONVERSATIONS = sizeof(conversations) / sizeof(conversations[0]) };

/* A kill: in the turn about which act of a conversation, and where in it. */
struct trial {
	const char *segment; /* for people */
	const struct act *acts;
	const struct talk *want; /* the transcript that is expected */
	struct turn *turn;
	int act;
	int call;
	long gap;
};

struct sweep {
	struct host host;
	struct turn turn;      /* of the segment at hand; it is large */
	struct talk bystander; /* another client of the same worker */
	struct stride stride;
	long points;
	long passed, failed;
};

/* Of one segment. */
struct count {
	long points, kills, equal, missed, repeated;
};

static const struct act line = {
    "line", .doing = SEND, .bytes = 6, .text = "alive\n"};

static _Noreturn void
refuse(struct sweep *s, const char *why)
{
	(void)host_close(&s->host);
	(void)printf("sweep: %s: nothing was tried\n", why);
	exit(EXIT_REFUSED);
}

static void
attach(struct sweep *s)
{
	if (stepper_attach(s->host.worker) == 0)
		return;
	if (errno == EPERM || errno == EACCES || errno == ENOSYS ||
	    errno == EIO || errno == EINVAL)
		refuse(s, "this system lets nobody step another process");
	die("step worker %ld:", (long)s->host.worker);
}

static void
must(int result)
{
	if (result != 0)
		die("the worker died while it was stepped");
}

/* An act and the turns about it, of a worker that is parked and is parked
 * again. */
static void
act_parked(struct sweep *s, struct talk *t, const struct act *act)
{
	int turns = 0;

	talk_act(t, act, &s->host.partner);
	do {
		must(stepper_turn(s->host.worker));
		if (++turns > 1000)
			t->ending = ENDS_NEVER;
	} while (!talk_is_over(t, act, 0));
}

/* The same of one that runs freely. */
static void
act_freely(struct sweep *s, struct talk *t, const struct act *act)
{
	talk_act(t, act, &s->host.partner);
	talk_await(t, act);
}

/* Begins the conversation, up to the act of that index; the worker is parked
 * then. */
static void
talk_up_to(struct sweep *s, struct talk *t, const struct act *acts, int end)
{
	int i;

	talk_begin(t);
	attach(s);
	for (i = 0; i < end; i++)
		act_parked(s, t, &acts[i]);
}

/* Is the bystander served? Then the worker has dealt with all that was before,
 * such as the end of a client, as well. */
static bool
bystander_is_well(struct sweep *s)
{
	struct talk *t = &s->bystander;

	t->len = 0;
	act_freely(s, t, &line);
	if (t->ending == ENDS_OPEN && t->len == line.bytes &&
	    memcmp(t->bytes, line.text, t->len) == 0)
		return true;
	talk_release(t);
	act_freely(s, t, &conversations[0].act[0]);
	return false;
}

/* Ends a conversation of which nothing more is wanted. */
static void
abandon(struct sweep *s, struct talk *t)
{
	stepper_detach(s->host.worker);
	talk_release(t);
	if (!bystander_is_well(s))
		die("the bystander is lost");
}

/* The transcript of an undisturbed worker. */
static void
note_reference(struct sweep *s, struct talk *t, const struct act *acts)
{
	const struct act *act;
	int tries = 0;

	talk_begin(t);
	do {
		talk_release(t);
		if (tries++ == TRIES)
			die("this machine is too slow for a conversation");
		for (act = acts; act->name != NULL; act++)
			act_freely(s, t, act);
	} while (t->longest >= HELD_MS);
	talk_blank(t);
}

/* The turn about an act. */
static void
note_turn(struct sweep *s, struct trial *trial)
{
	struct talk t;

	talk_up_to(s, &t, trial->acts, trial->act);
	talk_act(&t, &trial->acts[trial->act], &s->host.partner);
	must(stepper_note(s->host.worker, trial->turn));
	abandon(s, &t);
}

/* The conversation with a kill at that point. Returns false if the turn was
 * over before. */
static bool
talk_and_kill(struct sweep *s, struct talk *t, const struct trial *trial)
{
	const struct act *acts = trial->acts;
	int i, there;

	talk_up_to(s, t, acts, trial->act);
	talk_act(t, &acts[trial->act], &s->host.partner);
	there =
	    stepper_go(s->host.worker, trial->turn, trial->call, trial->gap);
	if (there < 0)
		must(there);
	if (there > 0)
		stepper_kill(s->host.worker);
	else
		stepper_detach(s->host.worker);
	talk_await(t, &acts[trial->act]);
	for (i = trial->act + 1; acts[i].name != NULL; i++)
		act_freely(s, t, &acts[i]);
	talk_blank(t);
	return there > 0;
}

static void
tell(const struct sweep *s, const struct trial *trial, const char *what)
{
	if (s->failed < TOLD_MAX)
		(void)printf("%s: killed %ld instructions after call %d: %s\n",
		    trial->segment, trial->gap, trial->call, what);
}

/* One kill, and what came of it. Returns false if it is to be repeated: it
 * took longer than the conversation bears. */
static bool
try_once(struct sweep *s, struct count *n, const struct trial *trial)
{
	const char *why = NULL;
	struct talk t;
	bool killed, late;

	killed = talk_and_kill(s, &t, trial);
	late = t.longest >= HELD_MS;
	if (!talk_same(trial->want, &t))
		why = talk_difference(trial->want, &t);
	else
		late = false;
	talk_release(&t);
	if (late)
		why = NULL;
	if (killed && !host_renewed(&s->host) && why == NULL)
		why = s->host.last;
	if (!bystander_is_well(s) && why == NULL)
		why = "the bystander has noticed";
	if (why != NULL) {
		tell(s, trial, why);
		s->failed++;
	} else if (!late) {
		n->equal += killed;
		s->passed += killed;
	}
	if (why == NULL && late)
		return false;
	n->kills += killed;
	n->missed += !killed;
	return true;
}

static void
try_point(struct sweep *s, struct count *n, const struct trial *trial)
{
	int tries;

	for (tries = 0; tries < TRIES; tries++) {
		if (try_once(s, n, trial))
			return;
		n->repeated++;
	}
	tell(s, trial, "too slow, every time");
	s->failed++;
}

static void
sweep_segment(struct sweep *s, struct trial *trial)
{
	const struct turn *turn = trial->turn;
	struct count n;

	memset(&n, 0, sizeof(n));
	note_turn(s, trial);
	for (trial->call = 0; trial->call < turn->calls; trial->call++)
		for (trial->gap = 0;
		     trial->gap <= stepper_gap(turn, trial->call);
		     trial->gap++) {
			n.points++;
			if (!stride_due(&s->stride))
				continue;
			try_point(s, &n, trial);
		}
	(void)printf("%-20s %12ld %6d %6ld %6ld", trial->segment, n.points,
	    turn->calls, n.kills, n.equal);
	if (n.missed > 0)
		(void)printf("  %ld over before", n.missed);
	if (n.repeated > 0)
		(void)printf("  %ld repeated", n.repeated);
	(void)printf("\n");
	(void)fflush(stdout);
	s->points += n.points;
}

enum { SEGMENT_TEXT = 64 };

static void
name_segment(char text[SEGMENT_TEXT], const struct conversation *c,
    const struct act *act)
{
	(void)snprintf(text, SEGMENT_TEXT, "%s/%s", c->name, act->name);
}

static bool
is_wanted(
    const struct conversation *c, const struct act *act, char *const *names)
{
	char segment[SEGMENT_TEXT];

	if (*names == NULL)
		return !c->named;
	name_segment(segment, c, act);
	for (; *names != NULL; names++)
		if (strncmp(segment, *names, strlen(*names)) == 0)
			return true;
	return false;
}

static bool
is_any_wanted(const struct conversation *c, char *const *names)
{
	const struct act *act = c->act;

	while (act->name != NULL && !is_wanted(c, act, names))
		act++;
	return act->name != NULL;
}

static void
sweep_conversation(
    struct sweep *s, const struct conversation *c, char *const *names)
{
	struct trial trial;
	struct talk want;
	char segment[SEGMENT_TEXT];

	if (!is_any_wanted(c, names))
		return;
	memset(&trial, 0, sizeof(trial));
	note_reference(s, &want, c->act);
	trial.segment = segment;
	trial.turn = &s->turn;
	trial.acts = c->act;
	trial.want = &want;
	for (; c->act[trial.act].name != NULL; trial.act++) {
		name_segment(segment, c, &c->act[trial.act]);
		if (is_wanted(c, &c->act[trial.act], names))
			sweep_segment(s, &trial);
	}
	talk_release(&want);
}

/* The takeover itself. */
static void
sweep_takeover(struct sweep *s, char *const *names)
{
	static const char segment[] = "takeover";
	struct change c;

	for (; *names != NULL; names++)
		if (strncmp(segment, *names, strlen(*names)) == 0)
			break;
	if (*names == NULL)
		return;
	if (change_sweep(&c, &s->host, &s->bystander, &s->stride) != 0)
		refuse(s, "this system lets nobody step another process");
	(void)printf("%-20s %12ld %6d %6ld %6ld  %ld over before\n", segment,
	    c.points, c.calls, c.kills, c.equal, c.missed);
	s->points += c.points;
	s->passed += c.equal;
	s->failed += c.kills - c.equal;
}

static void
sweep_all(struct sweep *s, char *const *names)
{
	static char *const all[] = {"takeover", NULL};
	int i;

	(void)printf("%-20s %12s %6s %6s %6s\n", "segment", "instructions",
	    "calls", "kills", "equal");
	for (i = 0; i < CONVERSATIONS; i++)
		sweep_conversation(s, &conversations[i], names);
	sweep_takeover(s, *names != NULL ? names : all);
	(void)printf("%-20s %12ld %6s %6ld %6ld\n", "all", s->points, "",
	    s->passed + s->failed, s->passed);
}

int
main(int argc, char **argv)
{
	static struct sweep s;
	int before;

	log_init("sweep", LOG_NOTE);
	stride_read(&s.stride, NULL, "sweep", argc, argv);
	if (host_open(&s.host, false) != 0)
		refuse(&s, "there are no standbys");
	talk_begin(&s.bystander);
	act_freely(&s, &s.bystander, &conversations[0].act[0]);
	if (!bystander_is_well(&s))
		die("nobody serves");
	before = host_descriptors(&s.host);
	s.turn.marks = stepper_has_marks();
	if (!s.turn.marks)
		(void)printf("no stops by the processor: all is stepped\n");
	sweep_all(&s, argv + optind);
	(void)bystander_is_well(&s);
	if (!host_settles(&s.host, before)) {
		(void)printf("%d descriptors before, %d after\n", before,
		    host_descriptors(&s.host));
		s.failed++;
	}
	talk_release(&s.bystander);
	s.failed += s.host.strange;
	if (!host_close(&s.host)) {
		(void)printf("prefork did not end well\n");
		s.failed++;
	}
	(void)printf("%ld passed, %ld failed\n", s.passed, s.failed);
	return s.failed == 0 && s.passed > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
