/*
 * masters [-a] [-s STRIDE] [-r SEED] [SEGMENT]... - the master of a server, or
 * its keeper, killed a little later each time while it deals with an event.
 * Clients do not notice, and the server is whole afterwards.
 *
 * A segment is an event and what one process does from there until it has
 * nothing more to do. It is killed behind each instruction by which others can
 * tell how far it has come: a system call, or one that changed shared memory;
 * with -a behind all. With a stride only every so-many-th of these is tried,
 * beginning with one that the seed chooses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "clients.h"
#include "family.h"
#include "host.h"
#include "shared.h"
#include "stepper.h"
#include "stride.h"

enum {
	CALLS = 8192,
	IDLE_MS = 100, /* a wait as long as that is one for nothing */
	LINES_MAX = 40,
	LINE_BYTES = 160,
	EXIT_REFUSED = 77 /* it cannot be tried here */
};

enum victim { MASTER, NEXT_MASTER, KEEPER };
enum event { DEATH, RENEWAL, UPGRADE, GROW, SHRINK, STOP, END, SUCCESSION };

static const struct {
	int signo;    /* 0: a process of it is killed */
	int from, to; /* workers before it and after it, 0: it stops */
} events[] = {
    [DEATH] = {0, 1, 1},
    [RENEWAL] = {SIGHUP, 1, 1},
    [UPGRADE] = {SIGUSR2, 1, 1},
    [GROW] = {SIGTTIN, 1, 2},
    [SHRINK] = {SIGTTOU, 2, 1},
    [STOP] = {SIGTERM, 1, 0}, /* while clients are there */
    [END] = {SIGTERM, 1, 0},  /* when they have gone */
    [SUCCESSION] = {0, 1, 1},
};

static const struct segment {
	const char *name;
	enum victim victim; /* NEXT_MASTER: the one that the keeper makes */
	enum event event;
} segments[] = {
    {"death", MASTER, DEATH},
    {"renewal", MASTER, RENEWAL},
    {"upgrade", MASTER, UPGRADE},
    {"growth", MASTER, GROW},
    {"shrinkage", MASTER, SHRINK},
    {"stop", MASTER, STOP},
    {"end", MASTER, END},
    {"upgraded", NEXT_MASTER, UPGRADE},
    {"succession", NEXT_MASTER, SUCCESSION},
    {"keeper", KEEPER, DEATH},
};

enum { SEGMENTS = sizeof(segments) / sizeof(segments[0]) };

struct masters {
	struct host host;
	struct clients clients;
	pid_t worker; /* at the event */
	int workers;  /* that there are to be */
	enum event event;
	bool over; /* the server has said that the event was dealt with */
	char lines[LINES_MAX][LINE_BYTES]; /* what it has said since */
	int said;
	struct shared shared; /* of the victim */
	struct point *point;  /* those at which it is killed; ours */
	long points, room;
	long steps; /* how many there are in all */
	bool every; /* it is killed at all of them */
	struct stride stride;
	long all, kills, well, missed;
};

/* What may be said, and when; and what says the end of an event. */
static const struct saying {
	const char *text;
	int during, ends; /* 1 + the event; 0: any, none */
} sayings[] = {
    {" 0 dropped", 0, 0},
    {"renewing all workers", 0, 0},
    {"ready: ", 0, 0},
    {"upgrading to prefork", 0, 0},
    {"upgraded to prefork", 0, 1 + UPGRADE},
    {"did not come to serve", 0, 1 + UPGRADE},
    {"and the program before comes back: ", 0, 0},
    {"the program before serves again", 0, 1 + UPGRADE},
    {"was killed by SIGKILL: another goes on", 0, 1 + SUCCESSION},
    /* Dismissed by a master that died before it had written that down. */
    {"standby of worker 0 (pid ", 0, 0},
    {"standby of worker 1 (pid ", 1 + GROW, 0},
    {"standby of worker 1 (pid ", 1 + SHRINK, 0},
    {"the keeper (pid ", 0, 0},
    {"2 workers wanted", 1 + GROW, 0},
    {"worker 1 serves", 1 + GROW, 1 + GROW},
    {"1 worker wanted", 1 + SHRINK, 1 + SHRINK},
    {"stopping", 0, 1 + STOP},
};

static const struct saying *
find_saying(const struct masters *s, const char *said)
{
	const size_t count = sizeof(sayings) / sizeof(sayings[0]);
	size_t i;

	for (i = 0; i < count; i++)
		if ((sayings[i].during == 0 ||
			sayings[i].during == 1 + (int)s->event) &&
		    strstr(said, sayings[i].text) != NULL)
			return &sayings[i];
	return NULL;
}

/* Returns whether it may be said. */
static bool
hear(struct masters *s, const char *said)
{
	const struct saying *saying = find_saying(s, said);
	long worker, dead;

	(void)snprintf(s->lines[s->said++ % LINES_MAX], LINE_BYTES, "%s", said);
	if (saying == NULL || strstr(said, " lost") != NULL)
		return false;
	if (saying->ends == 1 + (int)s->event)
		s->over = true;
	if (s->event <= RENEWAL &&
	    sscanf(said,
		"prefork: worker 0 (pid %ld) took over from pid "
		"%ld",
		&worker, &dead) == 2 &&
	    dead == s->worker)
		s->over = true;
	return true;
}

/* Hears what there is, for so many ms. False: something should not have been
 * said. */
static bool
listen_for(struct masters *s, int ms)
{
	const char *said;
	bool well = true;

	while ((said = host_line(&s->host, ms)) != NULL)
		well = hear(s, said) && well;
	return well;
}

/* Waits until the event is over and all are there: but for the one that was
 * killed. NULL; or what was wrong. */
static const char *
settle(struct masters *s, struct family *f, pid_t victim, int keepers)
{
	int64_t until = clock_now() + PATIENCE_MS;

	do {
		if (!listen_for(s, 5))
			return "it said what it should not";
		family_look(f, s->host.master);
		if (s->over && f->workers == s->workers &&
		    f->standbys == s->workers && f->masters == 1 &&
		    f->keepers == keepers && f->others == 0 &&
		    f->master != victim)
			return NULL;
	} while (clock_now() < until);
	return family_describe(s->over ? "in the end" : "never over", f);
}

static _Noreturn void
refuse(struct masters *s, const char *why)
{
	(void)host_close(&s->host);
	(void)printf("masters: %s: nothing was tried\n", why);
	exit(EXIT_REFUSED);
}

static void
seize(struct masters *s, pid_t pid)
{
	if (stepper_seize(pid) == 0)
		return;
	if (errno == EPERM || errno == EACCES || errno == ENOSYS ||
	    errno == EIO || errno == EINVAL)
		refuse(s, "this system lets nobody step another process");
	die("step %ld:", (long)pid);
}

static void
send_event(struct masters *s, const struct family *f)
{
	const int signo = events[s->event].signo;

	s->over = false;
	s->workers = events[s->event].to;
	if (s->event == DEATH)
		(void)kill(f->worker, SIGKILL);
	else if (s->event == SUCCESSION)
		(void)kill(f->master, SIGKILL);
	else
		(void)kill(s->host.master, signo);
}

/* As many workers as there are to be before an event. */
static void
bring(struct masters *s, int workers)
{
	struct family f;

	if (s->workers == workers)
		return;
	family_look(&f, s->host.master);
	s->event = s->workers < workers ? GROW : SHRINK;
	send_event(s, &f);
	if (settle(s, &f, 0, 1) != NULL)
		die("no %d workers", workers);
}

/* Everything is at rest, and the clients are there. */
static void
begin(struct masters *s, struct family *f, int keepers)
{
	const char *why = settle(s, f, 0, keepers);

	if (why != NULL)
		die("before the event: %s", why);
	(void)listen_for(s, 20);
	clients_download(&s->clients);
}

/* Begins with the event. Returns the victim, stopped where it heard of it; -1:
 * it died before. */
static pid_t
meet(struct masters *s, const struct segment *segment)
{
	const enum victim whom = segment->victim;
	struct family f;
	pid_t victim;

	s->over = true;
	bring(s, events[segment->event].from);
	s->event = SUCCESSION;
	s->over = true;
	begin(s, &f, 1);
	if (segment->event == END)
		clients_leave(&s->clients);
	if (whom == KEEPER) {
		send_event(s, &f);
		if (settle(s, &f, f.master, 1) != NULL)
			die("no other master");
	}
	s->event = segment->event;
	s->said = 0;
	s->worker = f.worker;
	victim = whom == MASTER ? f.master : s->host.master;
	seize(s, victim);
	send_event(s, &f);
	return whom == NEXT_MASTER ? stepper_born(victim) : victim;
}

/* A turn that waited for nothing is the last. */
static bool
is_idle(void *of, int64_t ms)
{
	struct masters *s = of;

	(void)listen_for(s, 0);
	return s->over && ms >= IDLE_MS;
}

static void
tell(struct masters *s, const struct segment *segment, const struct point *at,
    const char *why)
{
	int i = s->said > LINES_MAX ? s->said - LINES_MAX : 0;

	if (at == NULL)
		(void)printf("%s: %s\n", segment->name, why);
	else
		(void)printf("%s: killed %ld instructions after call %d: %s\n",
		    segment->name, at->gap, at->call, why);
	for (; i < s->said; i++)
		(void)printf("  %s\n", s->lines[i % LINES_MAX]);
}

static void
add(struct masters *s, struct point at)
{
	if (s->points == s->room) {
		s->room = 2 * s->room + 256;
		s->point = realloc(s->point, (size_t)s->room * sizeof(at));
		if (s->point == NULL)
			die("no memory for so many points");
	}
	s->point[s->points++] = at;
}

/* Others see what it has called and what it has written into shared memory: so
 * these are the points. Between two of them it is as if it had been killed at
 * the first. */
static void
take(void *of, pid_t pid, struct point at, uintptr_t next, bool called)
{
	struct masters *s = of;
	bool seen = called;

	s->steps++;
	if (at.gap == 0)
		(void)alarm(1);
	if (!s->every) {
		if (at.gap == 0)
			shared_find(&s->shared, pid);
		if (shared_changed(&s->shared, pid, next))
			seen = true;
	}
	if (seen || s->every || s->steps == 1)
		add(s, at);
}

static volatile pid_t stepped;

/* A keeper may wait for ever; one who comes on is not to be disturbed. */
static void
nudge(int signo)
{
	(void)signo;
	(void)kill(stepped, SIGCHLD);
	(void)alarm(1);
}

static volatile pid_t group;

/* Nobody else ends a server that has lost its keeper. */
static void
leave_nobody(void)
{
	if (group != 0)
		(void)kill(-group, SIGKILL);
}

static void
leave(int signo)
{
	leave_nobody();
	_exit(128 + signo);
}

static void
open_server(struct masters *s)
{
	if (host_open(&s->host, true) != 0)
		refuse(s, "there are no standbys");
	group = s->host.master;
	s->workers = 1;
	if (!clients_begin(&s->clients, &s->host.partner))
		die("nobody serves");
}

static bool
anybody(const struct family *f)
{
	return f->masters + f->workers + f->standbys + f->others > 0;
}

static const char *
await_nobody(struct masters *s)
{
	const int64_t until = clock_now() + PATIENCE_MS;
	struct family f;

	/* Its last word comes a little before its end. */
	do {
		if (!listen_for(s, 5))
			return "it said what it should not";
		family_look(&f, s->host.master);
	} while (anybody(&f) && clock_now() < until);
	return anybody(&f) ? family_describe("after the stop", &f) : NULL;
}

/* Of a server that was told to stop: clients get the rest, and nobody is left.
 */
static const char *
await_end(struct masters *s)
{
	const char *why = clients_finish(&s->clients);

	clients_release(&s->clients);
	if (why == NULL)
		why = await_nobody(s);
	if (!host_ended(&s->host) && why == NULL)
		why = "it did not end well";
	return why;
}

/* In good order, and nobody is left. */
static const char *
close_server(struct masters *s, pid_t orders)
{
	const char *why;

	clients_release(&s->clients);
	if (orders == s->host.master)
		return host_close(&s->host) ? NULL : "it did not end well";
	(void)kill(orders, SIGTERM);
	why = await_nobody(s);
	(void)host_close(&s->host);
	return why;
}

/* How the event went. NULL; or what was wrong. */
static const char *
find_outcome(struct masters *s, const struct segment *segment, struct family *f,
    pid_t victim, int keepers)
{
	const char *why;

	if (events[segment->event].to == 0)
		return await_end(s);
	/* The worker that is to leave stays as long as a client of it. */
	why = segment->event == SHRINK ? clients_finish(&s->clients) : NULL;
	if (why == NULL)
		why = settle(s, f, victim, keepers);
	return why != NULL ? why : clients_check(&s->clients);
}

/* What the process does if nobody kills it. Returns how many calls. */
static int
note(struct masters *s, const struct segment *segment)
{
	const struct watcher watcher = {s, CALLS, take, is_idle};
	pid_t victim = meet(s, segment);
	struct family f;
	const char *why;
	int calls;

	if (victim < 0)
		die("%s: it did not come to be", segment->name);
	stepped = victim;
	s->points = s->steps = 0;
	(void)alarm(1);
	calls = stepper_watch(victim, &watcher);
	(void)alarm(0);
	shared_release(&s->shared);
	if (calls < 0)
		die("%s: there is no end", segment->name);
	stepper_detach(victim);
	why = find_outcome(s, segment, &f, 0, 1);
	if (why != NULL) {
		tell(s, segment, NULL, why);
		die("%s does not go well when nobody is killed", segment->name);
	}
	if (events[segment->event].to == 0)
		open_server(s);
	return calls;
}

static void
try_point(
    struct masters *s, const struct segment *segment, const struct point *at)
{
	pid_t victim = meet(s, segment);
	int there = victim < 0 ? -1 : stepper_walk(victim, *at);
	const bool last =
	    segment->victim == KEEPER || events[segment->event].to == 0;
	/* It may fail before its family is looked at. */
	struct family f = {.master = s->host.master};
	const char *why;

	if (there > 0)
		stepper_kill(victim);
	why = find_outcome(s, segment, &f, there > 0 ? victim : 0,
	    segment->victim != KEEPER || there <= 0);
	if (segment->victim == KEEPER) {
		const char *end = close_server(s, f.master);

		why = why != NULL ? why : end;
	}
	if (last)
		open_server(s);
	s->missed += there <= 0;
	s->kills += there > 0;
	s->well += there > 0 && why == NULL;
	if (why == NULL)
		return;
	tell(s, segment, at, why);
	if (!last) {
		(void)close_server(s, s->host.master);
		open_server(s);
	}
}

static void
sweep_segment(struct masters *s, const struct segment *segment)
{
	const long kills = s->kills, well = s->well, missed = s->missed;
	const int calls = note(s, segment);
	long i;

	for (i = 0; i < s->points; i++)
		if (stride_due(&s->stride))
			try_point(s, segment, &s->point[i]);
	(void)printf("%-12s %12ld %6d %6ld %6ld %6ld  %ld over before\n",
	    segment->name, s->steps, calls, s->points, s->kills - kills,
	    s->well - well, s->missed - missed);
	(void)fflush(stdout);
	s->all += s->points;
}

static bool
is_wanted(const struct segment *segment, char *const *names)
{
	if (*names == NULL)
		return true;
	for (; *names != NULL; names++)
		if (strncmp(segment->name, *names, strlen(*names)) == 0)
			return true;
	return false;
}

int
main(int argc, char **argv)
{
	static struct masters s;
	const char *why;
	int i;

	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	log_init("masters", LOG_NOTE);
	stride_read(&s.stride, &s.every, "masters", argc, argv);
	(void)atexit(leave_nobody);
	(void)signal(SIGTERM, leave);
	(void)signal(SIGINT, leave);
	(void)signal(SIGPIPE, leave);
	(void)signal(SIGALRM, nudge);
	open_server(&s);
	(void)printf("%-12s %12s %6s %6s %6s %6s\n", "segment", "instructions",
	    "calls", "points", "kills", "well");
	for (i = 0; i < SEGMENTS; i++)
		if (is_wanted(&segments[i], argv + optind))
			sweep_segment(&s, &segments[i]);
	(void)printf("%-12s %12s %6s %6ld %6ld %6ld\n", "all", "", "", s.all,
	    s.kills, s.well);
	free(s.point);
	why = close_server(&s, s.host.master);
	if (why != NULL)
		(void)printf("%s\n", why);
	return why == NULL && s.well == s.kills && s.kills > 0 ? EXIT_SUCCESS
							       : EXIT_FAILURE;
}
