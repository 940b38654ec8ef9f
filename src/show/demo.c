#include "demo.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/poller.h"
#include "os/signals.h"
#include "os/terminal.h"

#define TAG_KEYS UINT64_MAX
#define TAG_SIGNALS (UINT64_MAX - 1)
#define TAG_LOG (UINT64_MAX - 2)

enum {
	FRAME_MS = 100, /* between two drawings */
	LATE_MS = 1000, /* not a turn for so long: we stood still */
	PARTING_MS = 30000,
	STOPPING_MS = 5000, /* for the server to end in, before SIGKILL */
	EYE_MS = 1000 /* between two acts of a script, for people to see */
};

/* The screen would take the words with it. */
static _Noreturn void
give_up(const char *what)
{
	terminal_leave();
	die("%s:", what);
}

static void
hear_line(void *context, const char *line)
{
	struct demo *d = context;

	if (server_log_hear(&d->log, line, d->now) == LOG_LINE_NEWS)
		demo_news(d, line);
}

/* --- the server --- */

static void
start_server(struct demo *d)
{
	const struct demo_choice *c = d->choice;
	char workers[24], timeout[32];
	const char *argv[] = {demo_program(d), "-m", demo_models[d->model],
	    "-w", workers, "-p", "0", "-b", "127.0.0.1", "-r", d->dir, "--demo",
	    "-v", "--timeout", timeout, "--idle-timeout", "86400",
	    "--keep-alive", "86400", c->no_standby ? "--no-standby" : NULL,
	    NULL};

	(void)snprintf(workers, sizeof(workers), "%lld", (long long)c->workers);
	(void)snprintf(timeout, sizeof(timeout), "%lld.%03lld",
	    (long long)c->timeout / 1000, (long long)c->timeout % 1000);
	server_log_init(&d->log, d->model == 0 && !c->no_standby);
	d->phase = DEMO_STARTING;
	d->act = NULL;
	d->acted = d->now;
	d->last_hit = -1;
	d->keeper_killed = false;
	d->upgrades = 0;
	demo_say(d, "starting %s, model %s", c->server, demo_models[d->model]);
	d->server.heard = hear_line;
	d->server.context = d;
	if (instance_start(&d->server, argv, NULL) != 0 ||
	    poller_add(d->poller, d->server.program.out, POLLIN, TAG_LOG) != 0)
		give_up(c->server);
}

static void
start_clients(struct demo *d)
{
	char port[16], why[256];

	(void)snprintf(port, sizeof(port), "%d", d->log.port);
	if (dial_resolve(&d->dial, "127.0.0.1", port, NULL, why, sizeof(why)) !=
	    0)
		give_up(why);
	if (demo_clients_open(d) != 0)
		give_up("clients");
	crowd_init(&d->culprits, d->poller, d->culprit, sizeof(d->culprit[0]),
	    DEMO_CULPRITS);
	d->culprits.first = (uint64_t)d->clients.count;
	if (d->choice->automatic)
		d->script = verdict_script(d);
	demo_clients_mark(&d->clients);
	d->phase = DEMO_SHOWING;
	d->stage = STAGE_EFFECT;
	d->restarts = 0;
	memset(d->was_pid, 0, sizeof(d->was_pid));
	memset(d->was_standby, 0, sizeof(d->was_standby));
}

/* Ends the server; then comes the next model, or the end. */
static void
stop(struct demo *d)
{
	if (d->phase == DEMO_STOPPING)
		return;
	d->score[d->model] = demo_score(d);
	crowd_hang_up_all(&d->culprits);
	demo_clients_close(&d->clients);
	d->phase = DEMO_STOPPING;
	d->stage = STAGE_SETTLED;
	d->stopped = d->now;
	(void)kill(act_server(d), SIGINT);
}

static void
quit(struct demo *d)
{
	d->quitting = true;
	stop(d);
}

/* All its processes are gone. */
static void
end_server(struct demo *d)
{
	if (d->phase == DEMO_STARTING && !d->quitting)
		d->broken = "the server did not start";
	else if (d->phase != DEMO_STOPPING)
		d->broken = "the server has ended";
	if (d->phase != DEMO_STOPPING)
		quit(d);
	d->status = program_reap(&d->server.program);
	program_end(&d->server.program);
	if (d->quitting) {
		d->over = true;
		return;
	}
	d->model = (d->model + 1) % DEMO_MODELS;
	start_server(d);
}

static void
hear_server(struct demo *d)
{
	if (!instance_listen(&d->server)) {
		(void)poller_del(d->poller, d->server.program.out);
		end_server(d);
	} else if (d->phase == DEMO_STARTING && d->log.ready) {
		start_clients(d);
	}
}

/* --- keys and signals --- */

/* A person is listened to all the time; what comes through a pipe waits until
 * the key before has had its effect. */
static void
listen_to_keys(struct demo *d)
{
	bool want =
	    d->script == NULL && (d->person || (d->phase == DEMO_SHOWING &&
						   d->stage == STAGE_SETTLED));

	if (want == d->listening)
		return;
	d->listening = want;
	if (!want)
		(void)poller_del(d->poller, STDIN_FILENO);
	else if (poller_add(d->poller, STDIN_FILENO, POLLIN, TAG_KEYS) != 0)
		give_up("standard input");
}

static void
press(struct demo *d, char key)
{
	if (key == 'q')
		quit(d);
	else if (key == 'm' && d->phase == DEMO_SHOWING)
		stop(d);
	else
		act_key(d, key);
}

static void
hear_key(struct demo *d)
{
	char key;
	ssize_t n = read(STDIN_FILENO, &key, 1);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	press(d, n == 1 ? key : 'q');
}

/* The next key of the script, as soon as the one before has had its effect,
 * and people have seen it. */
static void
follow_script(struct demo *d)
{
	if (d->script == NULL || d->phase != DEMO_SHOWING ||
	    d->stage != STAGE_SETTLED)
		return;
	if (d->screen && d->now - d->acted < EYE_MS)
		return;
	if (*d->script != '\0') {
		press(d, *d->script++);
		return;
	}
	demo_say(d, "the clients end in order");
	d->phase = DEMO_PARTING;
	d->acted = d->now;
	demo_clients_part(&d->clients, d->now);
}

static void
obey_signals(struct demo *d)
{
	int signo;

	while ((signo = signals_next()) != 0) {
		switch (signo) {
		case SIGTSTP:
			if (terminal_suspend() != 0)
				give_up("terminal");
			break;
		case SIGCONT:
			/* Others may have used the terminal meanwhile. */
			terminal_leave();
			if (terminal_enter() != 0)
				give_up("terminal");
			break;
		default:
			/* Twice: no more patience. The rest is
			 * cleared away for us. */
			if (d->signo != 0)
				exit(128 + signo);
			d->signo = signo;
			quit(d);
			break;
		}
	}
}

/* --- the loop --- */

static void
dispatch(struct demo *d, const struct poller_event *event)
{
	if (event->tag == TAG_SIGNALS)
		obey_signals(d);
	else if (event->tag == TAG_LOG)
		hear_server(d);
	else if (event->tag == TAG_KEYS)
		hear_key(d);
	else if (event->tag < (uint64_t)d->clients.count)
		clients_event(&d->clients.all, event, d->now);
	/* One of a client's may have come along with its end. */
	else if (event->tag - d->culprits.first < DEMO_CULPRITS)
		act_culprit_event(d, event);
}

/* Steps that no descriptor announces. Returns when the next is due. */
static int64_t
attend(struct demo *d)
{
	int64_t next = d->now + FRAME_MS, due = next;

	if (d->phase == DEMO_SHOWING || d->phase == DEMO_PARTING)
		due = demo_clients_run(&d->clients, d->now);
	act_follow(d);
	follow_script(d);
	if (d->phase == DEMO_PARTING && demo_clients_parted(&d->clients))
		quit(d);
	else if (d->phase == DEMO_PARTING && d->now - d->acted > PARTING_MS)
		d->broken = "not all clients came to their end";
	if (d->broken != NULL)
		quit(d);
	if (d->phase == DEMO_STOPPING && d->now - d->stopped > STOPPING_MS) {
		(void)kill(-d->server.program.pid, SIGKILL);
		d->stopped = d->now;
	}
	if (d->screen && d->now - d->drawn >= FRAME_MS) {
		screen_draw(d);
		d->drawn = d->now;
	}
	return due < next ? due : next;
}

static void
turn(struct demo *d)
{
	struct poller_event events[POLLER_EVENTS];
	int64_t next, before = d->now;
	int i, n;

	d->now = clock_now();
	if (d->now - before > LATE_MS)
		demo_clients_forgive(&d->clients, d->now);
	next = attend(d);
	listen_to_keys(d);
	n = poller_wait(d->poller, events, POLLER_EVENTS,
	    next > d->now ? (int)(next - d->now) : 0);
	if (n < 0)
		give_up("poll");
	d->now = clock_now();
	for (i = 0; i < n && !d->over; i++)
		dispatch(d, &events[i]);
}

void
demo_listen(struct demo *d)
{
	/* On a terminal ^Z has to give it back first. */
	static const int drawing[] = {
	    SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT, 0};
	static const int telling[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, 0};

	if (signals_open(d->screen ? drawing : telling) != 0 ||
	    poller_add(d->poller, signals_fd(), POLLIN, TAG_SIGNALS) != 0)
		die("signals:");
}

void
demo_run(struct demo *d)
{
	start_server(d);
	while (!d->over)
		turn(d);
}
