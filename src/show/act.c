/* What the keys do, and when it is over. */
#include "demo.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	WORKER = 1,
	STANDBY = 2,
	EVERYWHERE = 4, /* in all slots, not in the next one */
	SERVER = 8,  /* to the first process, and all workers are to be new */
	MASTER = 16, /* to the master, behind which there is a keeper */
	KEEPER = 32,
	UPGRADE = 64, /* to the first process, a good program or a broken one */
	BROKEN = 128,
	LIMIT_MS = 30000 /* no act takes so long */
};

/* Either processes get a signal, or the server a command. */
static const struct act {
	char key;
	const char *name; /* what it is called among the keys */
	const char *telling;
	int target, signo;
	const char *command;
} acts[] = {
    {'w', "worker", "killing a worker", WORKER, SIGKILL, NULL},
    {'s', "standby", "killing a standby", STANDBY, SIGKILL, NULL},
    {'b', "both", "killing a worker and its standby", WORKER | STANDBY, SIGKILL,
	NULL},
    {'a', "all", "killing all workers", WORKER | EVERYWHERE, SIGKILL, NULL},
    {'f', "fault", "sending !segv", 0, 0, "!segv\n"},
    {'h', "hang", "sending !hang", 0, 0, "!hang\n"},
    {'z', "stop", "stopping a worker", WORKER, SIGSTOP, NULL},
    {'r', "renew", "renewing all workers", SERVER, SIGHUP, NULL},
    {'k', "master", "killing the master", MASTER, SIGKILL, NULL},
    {'K', "keeper", "killing the keeper", KEEPER, SIGKILL, NULL},
    {'u', "upgrade", "upgrading the program", UPGRADE, SIGUSR2, NULL},
    {'x', "broken upgrade", "upgrading to a broken program", UPGRADE | BROKEN,
	SIGUSR2, NULL},
};

enum { ACTS = sizeof(acts) / sizeof(acts[0]), SECOND_ROW = 'K' };

/* --- to processes --- */

/* The next slot that has what is to be hit; -1: none. */
static int
next_target(const struct demo *d, int target)
{
	int i, slot;

	for (i = 1; i <= d->log.slots; i++) {
		slot = (d->last_hit + i) % d->log.slots;
		if ((target & WORKER) != 0 ? d->log.slot[slot].pid != 0
					   : d->log.slot[slot].standby != 0)
			return slot;
	}
	return -1;
}

/* The pid is from the log, which may lag behind: by now it may be
 * another program's. Those of the server are all of its process group. */
static void
send_signal(const struct demo *d, long pid, int signo)
{
	if (pid > 0 && getpgid((pid_t)pid) == d->server.program.pid)
		(void)kill((pid_t)pid, signo);
}

static void
hit(struct demo *d, const struct act *act, int slot)
{
	const struct log_slot *s = &d->log.slot[slot];

	/* The standby first: else it might take over before it is hit. And the
	 * worker is not to make another meanwhile. */
	if ((act->target & (WORKER | STANDBY)) == (WORKER | STANDBY))
		send_signal(d, s->pid, SIGSTOP);
	if ((act->target & STANDBY) != 0 && s->standby > 0) {
		d->was_standby[slot] = s->standby;
		send_signal(d, s->standby, act->signo);
	}
	if ((act->target & WORKER) != 0 && s->pid > 0) {
		d->was_pid[slot] = s->pid;
		send_signal(d, s->pid, act->signo);
	}
	d->last_hit = slot;
}

pid_t
act_server(const struct demo *d)
{
	return d->keeper_killed ? (pid_t)d->log.master : d->server.program.pid;
}

/* Who goes on without the other: a server ends with the last of them. */
static bool
hit_parent(struct demo *d, const struct act *act)
{
	if (d->log.master == 0 || d->keeper_killed)
		return false;
	if ((act->target & MASTER) != 0) {
		d->was_master = d->log.master;
		send_signal(d, d->log.master, act->signo);
	} else {
		send_signal(d, d->server.program.pid, act->signo);
		d->keeper_killed = true;
	}
	return true;
}

static bool
upgrade(struct demo *d, const struct act *act)
{
	const bool good = (act->target & BROKEN) == 0;

	/* Nobody stands behind a master that dies of it. */
	if (!good && !d->log.standbys &&
	    (d->keeper_killed || d->log.master == 0))
		return false;
	if (!demo_program_put(d, good))
		return false;
	d->upgrades = d->log.upgrades + 1;
	send_signal(d, act_server(d), act->signo);
	return true;
}

/* False if there is no such process. */
static bool
signal_them(struct demo *d, const struct act *act)
{
	int i, slot = next_target(d, act->target);

	if ((act->target & (MASTER | KEEPER)) != 0)
		return hit_parent(d, act);
	if ((act->target & UPGRADE) != 0)
		return upgrade(d, act);
	if ((act->target & SERVER) != 0) {
		for (i = 0; i < d->log.slots; i++)
			d->was_pid[i] = d->log.slot[i].pid;
		send_signal(d, act_server(d), act->signo);
		return true;
	}
	if (slot < 0)
		return false;
	if ((act->target & EVERYWHERE) == 0) {
		hit(d, act, slot);
		return true;
	}
	for (i = 0; i < d->log.slots; i++)
		hit(d, act, i);
	return true;
}

/* --- by a command --- */

static bool
send_culprit(struct demo *d, const struct act *act)
{
	const char *model = demo_models[d->model];
	struct culprit *c = d->culprit, *end = c + DEMO_CULPRITS;

	while (c < end && c->link.fd >= 0)
		c++;
	if (c == end || crowd_dial(&d->culprits, &c->link, &d->dial) != 0)
		return false;
	c->command = act->command;
	/* A thread cannot be killed alone: there it is left as it is. */
	c->stays = strcmp(model, "thread") == 0 &&
		   strcmp(act->command, "!hang\n") == 0;
	/* In fork the culprit's process has no slot. */
	if (!c->stays && strcmp(model, "fork") != 0)
		d->restarts = server_log_restarts(&d->log) + 1;
	return true;
}

void
act_culprit_event(struct demo *d, const struct poller_event *event)
{
	struct culprit *c = crowd_client(&d->culprits, event->tag);
	size_t len;
	char waste[64];

	switch (crowd_event(&d->culprits, event)) {
	case CROWD_CONNECTED:
		len = strlen(c->command);
		if (link_send(&c->link, c->command, len) != (ssize_t)len)
			crowd_hang_up(&d->culprits, &c->link);
		return;
	case CROWD_READY:
		if (link_receive(&c->link, waste, sizeof(waste)) < 0)
			crowd_hang_up(&d->culprits, &c->link);
		return;
	default:
		return;
	}
}

/* --- its course --- */

static void
perform(struct demo *d, const struct act *act)
{
	bool done;

	if (d->phase != DEMO_SHOWING)
		return;
	demo_say(d, "%s", act->telling);
	done =
	    act->command != NULL ? send_culprit(d, act) : signal_them(d, act);
	if (!done) {
		demo_say(
		    d, "model %s has none to spare", demo_models[d->model]);
		return;
	}
	if (d->stage == STAGE_SETTLED)
		d->lost_before = clients_lost(&d->clients.all.count);
	d->stage = STAGE_EFFECT;
	d->act = act->telling;
	d->acted = d->now;
	d->score[d->model].acts++;
}

void
act_key(struct demo *d, char key)
{
	int i;

	for (i = 0; i < ACTS; i++)
		if (acts[i].key == key)
			perform(d, &acts[i]);
}

/* Do others serve, and are all there? */
static bool
has_effect(struct demo *d)
{
	int i;

	for (i = 0; i < DEMO_CULPRITS; i++)
		if (d->culprit[i].link.fd >= 0 && !d->culprit[i].stays)
			return false;
	for (i = 0; i < d->log.slots; i++) {
		const struct log_slot *s = &d->log.slot[i];

		if ((d->was_pid[i] != 0 && s->pid == d->was_pid[i]) ||
		    (d->was_standby[i] != 0 && s->standby == d->was_standby[i]))
			return false;
	}
	if (d->was_master != 0 && d->log.master == d->was_master)
		return false;
	return d->log.upgrades >= d->upgrades &&
	       server_log_restarts(&d->log) >= d->restarts &&
	       server_log_whole(&d->log);
}

static void
conclude(struct demo *d)
{
	unsigned long long lost =
	    clients_lost(&d->clients.all.count) - d->lost_before;

	if (d->act == NULL)
		demo_say(d, "%d clients are served, %d of them downloads",
		    d->clients.count, (int)d->choice->downloads);
	else
		demo_say(d, "after %.1f s: %d clients are served, %llu lost",
		    (double)(d->now - d->acted) / 1000,
		    d->clients.all.crowd.connected, lost);
	memset(d->was_pid, 0, sizeof(d->was_pid));
	memset(d->was_standby, 0, sizeof(d->was_standby));
	d->restarts = 0;
	d->was_master = 0;
	d->stage = STAGE_SETTLED;
}

void
act_follow(struct demo *d)
{
	if (d->phase != DEMO_SHOWING || d->stage == STAGE_SETTLED)
		return;
	if (d->stage == STAGE_EFFECT && has_effect(d)) {
		d->stage = STAGE_PROOF;
		demo_clients_mark(&d->clients);
	}
	if (d->stage == STAGE_PROOF && !has_effect(d))
		d->stage = STAGE_EFFECT;
	if (d->stage == STAGE_PROOF && demo_clients_proven(&d->clients))
		conclude(d);
	else if (d->now - d->acted > LIMIT_MS && d->script != NULL)
		d->broken = d->act != NULL
				? "not all came back within 30 seconds"
				: "not all clients were served";
}

static int
draw_key(struct canvas *v, int row, int column, char key, const char *name)
{
	canvas_put(v, row, column, STYLE_TITLE, key);
	return canvas_print(v, row, column + 1, STYLE_PLAIN, " %s  ", name);
}

void
act_draw_keys(struct canvas *v, int row)
{
	int i, column = 1;

	for (i = 0; i < ACTS; i++) {
		if (acts[i].key == SECOND_ROW) {
			row++;
			column = 1;
		}
		column = draw_key(v, row, column, acts[i].key, acts[i].name);
	}
	column = draw_key(v, row, column, 'm', "the next model");
	(void)draw_key(v, row, column, 'q', "quit");
}
