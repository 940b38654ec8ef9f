#include "family.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "os/channel.h"
#include "os/signals.h"
#include "os/title.h"

enum {
	COMING_MS = 1000, /* for a standby that was made to speak */
	WORDS_LAST = 64,  /* of one who is dead, that are heard */
	TICK_MS = 1000,	  /* the longest wait */
	RENEW_MS = 1000	  /* the shortest between two tries to renew a child */
};

const int master_signals[] = {
    SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGTTIN, SIGTTOU, SIGUSR1, 0};

static void handle(struct master *m, int index, enum slot_event event);

/* A worker with a standby makes way for it, and nobody is disconnected. If it
 * has none just now, it makes one first. */
static enum slot_event
renewal(const struct master *m)
{
	return m->config->worker.standby ? SLOT_RETIRE : SLOT_RENEW;
}

static void
spawn_or_wait(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool renewing = s->state == SLOT_RENEWING;
	char name[32];

	board_set(family_word(m, index)->draining, 0);
	if (family_spawn(m, index, renewing ? &s->successor : &s->child) == 0) {
		s->deadline = m->now + m->config->worker.timeout;
		return;
	}
	log_warn("%s could not be forked:", family_name(m, index, name));
	handle(m, index, SLOT_LOST);
}

/* One whose clients die without it may say so as often as it likes; one that
 * took over, once. */
static bool
may_accuse(const struct master *m, struct child *child)
{
	bool may = child->accuses;

	child->accuses = false;
	return may || m->config->model->body == worker_fork_per_client;
}

/* Who has killed so many is likely to be guessing. */
static void
blame(struct master *m, uint64_t network)
{
	struct board_master *board = board_master(m->config->worker.board);
	char name[PEER_TEXT];
	struct peer peer;
	bool anew;
	int at;

	at = blame_count(&m->blamed, network, m->now, m->config->blames, &anew);
	if (at < 0)
		return;
	board_set(board->refused[at].network, network);
	board_set(board->refused[at].until, m->now + BLAME_REFUSE_MS);
	board_set(board->refusing, m->now + BLAME_REFUSE_MS);
	board_set(board->refusals, board_get(board->refusals) + 1);
	if (!anew)
		return;
	peer_of_network(&peer, network);
	peer_address(name, &peer);
	log_warn("%s%s is blamed for more than %d deaths in a minute: "
		 "refused for a minute after the last",
	    name, peer.family == 6 ? "/64" : "", m->config->blames);
}

/* If clients wait for it, it takes over as soon as the slot has rested. */
static void
note_standby(struct master *m, int index, pid_t pid)
{
	struct slot *s = &m->slot[index];

	family_note_standby(m, index, pid);
	if (s->state == SLOT_RESTING && s->standby == pid)
		s->deadline = s->rested;
}

/* Takes one word that is said where a child and its standbys speak; false if
 * there is none. The end of it: all are dying. */
static bool
hear(struct master *m, int index, struct child *child)
{
	struct worker_word word;
	pid_t from = 0;
	bool its_own;
	int n;

	if (child->ready < 0)
		return false;
	n = channel_hear(child->ready, &word, sizeof(word), &from);
	if (n < 0)
		family_close_end(&child->ready);
	if (n <= 0)
		return false;
	/* One that is dead, or not yet at work, has nothing to say. */
	its_own = from == 0 || from == child->pid;
	if (word.what == SAYS_READY && its_own)
		handle(m, index, SLOT_READY);
	else if (word.what == SAYS_STANDBY && from != 0)
		note_standby(m, index, from);
	else if (word.what == SAYS_BLAMED && its_own && may_accuse(m, child)) {
		slot_excuse(&m->slot[index].history);
		blame(m, word.value);
	}
	return true;
}

static void
announce(struct master *m)
{
	int children = m->config->model->children;
	int i, wanted = children != 0 ? children : m->workers;

	if (m->announced || m->stopping)
		return;
	for (i = 0; i < wanted; i++)
		if (m->slot[i].state != SLOT_SERVING &&
		    m->slot[i].state != SLOT_RENEWING)
			return;
	m->announced = true;
	log_note("ready: %d worker%s, model %s", m->workers,
	    m->workers == 1 ? "" : "s", m->config->model->name);
}

static void
welcome(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool respawned = m->announced && s->child.served == 0;
	char name[32];

	s->child.served = m->now;
	s->deadline = CLOCK_NEVER;
	family_mourn_standby(m, index);
	if (respawned)
		log_note("%s serves, pid %ld", family_name(m, index, name),
		    (long)s->child.pid);
}

/* The successor is the child now. */
static void
adopt(struct slot *s)
{
	family_forget(&s->child);
	s->child = s->successor;
	memset(&s->successor, 0, sizeof(s->successor));
	s->successor.ready = s->successor.lifeline = -1;
	memset(&s->renewals, 0, sizeof(s->renewals));
}

/* The child stays as it is, and is renewed later. */
static void
discard(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = slot_delay(&s->renewals, false, false);
	char name[32];

	family_dismiss_successor(m, index);
	/* Between two tries it is looked whether the child hangs. */
	if (delay < RENEW_MS)
		delay = RENEW_MS;
	s->deadline = m->now + delay;
	log_warn("%s could not be renewed: the next try in %.1f s",
	    family_name(m, index, name), (double)delay / 1000);
}

/* It is wanted after all: it may be serving the last of its clients, or be on
 * its way out. */
static void
let_stay(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = s->child.quit;
	board_set(family_word(m, index)->draining, 0);
	family_order(&s->child, SIGUSR2);
	s->deadline = m->now + m->config->worker.timeout;
}

static void
drain(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = true;
	board_set(family_word(m, index)->draining, 1);
	family_order(&s->child, SIGTERM);
	family_dismiss_successor(m, index);
	s->deadline = m->now + m->config->grace;
}

/* Who hosts others must get to end them, before it is killed itself. */
static void
quit(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool harder = s->child.quit || s->child.hung;

	s->child.ordered = true;
	family_dismiss_standby(m, index);
	family_order(&s->child, harder ? SIGKILL : SIGQUIT);
	s->child.quit = true;
	family_dismiss_successor(m, index);
	s->deadline = m->now + ABORT_MS;
}

/* One that hangs and is not wanted any more: its standby serves the last of
 * its clients, as if it had been drained. */
static void
end_child(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = !s->child.hung;
	family_signal(&s->child, SIGKILL);
	family_dismiss_successor(m, index);
	if (s->state == SLOT_LEAVING && !s->child.hung)
		family_dismiss_standby(m, index);
	s->deadline = CLOCK_NEVER;
}

/* Counts the death of the slot's child. Returns how long to wait, ms. */
static int64_t
delay_after(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	/* One that takes over bears the time of the one before it. */
	bool served = s->child.served != 0 && s->child.served >= s->child.born;
	uint64_t given = family_given(m, index);
	bool well = given != s->given ||
		    (served && m->now - s->child.served >= SLOT_HEALTHY_MS);

	s->given = given;
	return slot_delay(&s->history, served, well);
}

/* A takeover is not delayed, unless the slot's children keep dying by their own
 * doing, with nobody to blame, and give nobody anything meanwhile. */
static void
rest_or_take(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = s->child.excused ? 0 : delay_after(m, index);
	char name[32];

	s->rested = s->deadline = m->now + delay;
	/* Most often it is there. */
	if (s->standby == 0 && delay < COMING_MS)
		s->deadline = m->now + COMING_MS;
	else if (delay == 0)
		handle(m, index, SLOT_DUE);
	if (delay != 0)
		log_warn("%s keeps dying: its standby takes over in %.1f s",
		    family_name(m, index, name), (double)delay / 1000);
}

/* The time of the next start; none is a start at once. */
static void
wait_or_spawn(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = delay_after(m, index);
	char name[32];

	/* Its lifeline ends here: a standby that we have not heard of goes. */
	family_forget(&s->child);
	family_dismiss_standby(m, index);
	s->failed = 0;
	s->deadline = m->now + delay;
	if (delay == 0)
		handle(m, index, SLOT_DUE);
	else
		log_warn("%s keeps dying: the next starts in %.1f s",
		    family_name(m, index, name), (double)delay / 1000);
}

/* Or nobody takes over, where none has come. */
static void
take_over(struct master *m, int index)
{
	if (m->slot[index].standby != 0) {
		family_take_over(m, index);
		return;
	}
	family_give_up(m, index);
	handle(m, index, SLOT_DIED);
}

static void
act(struct master *m, int index, enum slot_action action)
{
	struct slot *s = &m->slot[index];

	switch (action) {
	case DO_NOTHING:
	case DO_LATER:
		break;
	case DO_SPAWN:
		spawn_or_wait(m, index);
		break;
	case DO_WELCOME:
		welcome(m, index);
		break;
	case DO_REPLACE:
		family_let_leave(m, index);
		adopt(s);
		welcome(m, index);
		break;
	case DO_ADOPT:
		adopt(s);
		break;
	case DO_TAKE:
		take_over(m, index);
		break;
	case DO_RETIRE:
		s->child.retires = true;
		family_order(&s->child, SIGHUP);
		break;
	case DO_STAY:
		let_stay(m, index);
		break;
	case DO_DISCARD:
		discard(m, index);
		break;
	case DO_ABORT:
		s->child.hung = true;
		family_signal(&s->child, SIGABRT);
		s->deadline = m->now + ABORT_MS;
		break;
	case DO_KILL:
		end_child(m, index);
		break;
	case DO_DRAIN:
		drain(m, index);
		break;
	case DO_QUIT:
		quit(m, index);
		break;
	case DO_FREE:
		family_dismiss_standby(m, index);
		family_forget(&s->child);
		family_forget(&s->successor);
		s->deadline = CLOCK_NEVER;
		while (
		    m->slots > 0 && m->slot[m->slots - 1].state == SLOT_EMPTY)
			m->slots--;
		break;
	case DO_REST:
		rest_or_take(m, index);
		break;
	case DO_WAIT:
		wait_or_spawn(m, index);
		break;
	}
}

static void
handle(struct master *m, int index, enum slot_event event)
{
	struct slot *s = &m->slot[index];
	struct slot_step step = slot_next(s->state, event);

	log_debug("slot %d: %s and %s: %s, %s", index,
	    slot_state_name(s->state), slot_event_name(event),
	    slot_action_name(step.action), slot_state_name(step.next));
	/* The time that one had to rest is no measure of what comes. */
	if (s->state == SLOT_RESTING && step.next != SLOT_RESTING)
		s->deadline = CLOCK_NEVER;
	s->again = slot_again(s->again, s->state, step.action);
	s->state = step.next;
	act(m, index, step.action);
	if (s->again &&
	    (step.action == DO_WELCOME || step.action == DO_REPLACE))
		handle(m, index, renewal(m));
	announce(m);
}

static void
reap_one(struct master *m, pid_t pid, int status)
{
	struct child *child = family_child(m, pid);
	enum slot_event event;
	int i, words = WORDS_LAST;

	if (WIFSTOPPED(status) || WIFCONTINUED(status)) {
		if (child != NULL)
			child->stopped = WIFSTOPPED(status);
		return;
	}
	/* What it said before comes before its death; a flood of words does not
	 * keep the other slots waiting. */
	for (i = 0; i < m->slots; i++)
		while (child == &m->slot[i].child && words-- > 0 &&
		       m->slot[i].state != SLOT_RENEWING && hear(m, i, child))
			;
	if (family_bury(m, pid, status, &i, &event))
		handle(m, i, event);
}

static void
reap(struct master *m)
{
	pid_t pid;
	int status;

	while (
	    (pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) > 0)
		reap_one(m, pid, status);
}

static void
for_all(struct master *m, enum slot_event event)
{
	int i;

	for (i = m->slots - 1; i >= 0; i--)
		handle(m, i, event);
}

static void
stop(struct master *m, bool at_once)
{
	int i;

	if (!m->stopping) {
		log_note(at_once ? "stopping" : "stopping, clients may finish");
		listeners_close(m->config->listeners);
	}
	m->stopping = true;
	board_set(board_master(m->config->worker.board)->stopping, 1);
	for (i = 0; i < LEAVERS; i++)
		if (at_once && m->leaver[i].pid > 0)
			m->leaver[i].deadline = m->now;
	for_all(m, at_once ? SLOT_STOP : SLOT_LEAVE);
}

/* One worker more or one fewer. */
static void
resize(struct master *m, int by)
{
	const struct model *model = m->config->model;
	int workers = m->workers + by;

	if (m->stopping || workers < 1 ||
	    workers > m->config->worker.board->rows)
		return;
	if (model->children != 0 && model->body != worker_threads) {
		log_note(
		    "model %s has no number of workers to change", model->name);
		return;
	}
	m->workers = workers;
	board_set(board_master(m->config->worker.board)->rows, workers);
	log_note("%d worker%s wanted", workers, workers == 1 ? "" : "s");
	if (model->children != 0)
		return; /* the thread pool reads the number */
	if (by < 0) {
		handle(m, workers, SLOT_LEAVE);
	} else {
		if (m->slots < workers)
			m->slots = workers;
		handle(m, workers - 1, SLOT_START);
	}
}

static void
reopen_logs(struct master *m)
{
	const struct worker_config *w = &m->config->worker;
	struct append *access = w->service.access;
	struct board_master *board = board_master(w->board);
	int i;

	board_set(board->rotations, board_get(board->rotations) + 1);
	/* Ours are what children to come inherit. */
	if (log_follow() != 0)
		log_warn("reopen %s:", w->log);
	if (access != NULL && append_follow(access) != 0)
		log_warn("reopen %s:", access->path);
	family_forget_unlogged(m);
	if (w->log == NULL && access == NULL)
		return;
	for (i = 0; i < m->slots; i++) {
		family_signal(&m->slot[i].child, SIGUSR1);
		family_signal(&m->slot[i].successor, SIGUSR1);
	}
	for (i = 0; i < LEAVERS; i++)
		if (m->leaver[i].pid > 0)
			(void)kill(m->leaver[i].pid, SIGUSR1);
}

static void
obey_signals(struct master *m)
{
	bool reaping = false;
	int signo;

	while ((signo = signals_next()) != 0) {
		switch (signo) {
		case SIGCHLD:
			reaping = true;
			break;
		case SIGTERM:
			stop(m, false);
			break;
		case SIGINT:
		case SIGQUIT:
			stop(m, true);
			break;
		case SIGHUP:
			if (!m->stopping) {
				log_note("renewing all workers");
				/* Who is dead is not to make way. */
				reap(m);
				for_all(m, renewal(m));
			}
			break;
		case SIGTTIN:
		case SIGTTOU:
			resize(m, signo == SIGTTIN ? 1 : -1);
			break;
		case SIGUSR1:
			reopen_logs(m);
			break;
		default:
			break;
		}
	}
	/* Last: a death that was ordered above is not to be mourned. */
	if (reaping)
		reap(m);
}

/* Has every executor of the slot moved within the timeout? */
static bool
beats(const struct master *m, int index)
{
	int i, row = family_first_row(m, index);
	int64_t beat;

	for (i = 0; i < family_rows(m); i++) {
		beat = board_get(
		    board_row(m->config->worker.board, row + i)->beat);
		if (!slot_beats(m->now, beat, m->config->worker.timeout))
			return false;
	}
	return true;
}

/* One word about the root for all executors: by the one that looked last. */
static void
look_at_root(struct master *m)
{
	const struct worker_config *w = &m->config->worker;
	uint64_t seen = m->root;
	int64_t at;
	int i, k;

	for (i = 0; i < m->slots; i++) {
		for (k = 0; k < family_rows(m); k++) {
			struct board_row *row =
			    board_row(w->board, family_first_row(m, i) + k);

			at = board_get(row->root_seen_at);
			if (at <= m->root_at || at > m->now)
				continue;
			m->root_at = at;
			seen = board_get(row->root_seen);
		}
	}
	if (seen != m->root)
		root_say(w->service.root, m->root, seen);
	m->root = seen;
}

static void
look_at_hearts(struct master *m)
{
	/* If we ourselves did not run for a while (the machine slept, all of
	 * us were stopped), nobody can be blamed for not having run either. */
	bool late = m->now - m->looked > 2 * TICK_MS;
	int i;

	if (m->now - m->looked < TICK_MS / 4)
		return;
	m->looked = m->now;
	family_look_at_logs(m);
	look_at_root(m);
	if (late)
		return;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];

		if (s->state == SLOT_SERVING && !beats(m, i))
			handle(m, i, SLOT_HUNG);
		else if (s->state == SLOT_STARTING &&
			 m->now - s->child.born > m->config->worker.timeout)
			handle(m, i, SLOT_HUNG);
		else
			family_miss_standby(m, i);
		/* Whoever was stopped after it was told to go on, or to
		 * leave, is still to do so. */
		if (s->child.stopped &&
		    (s->state == SLOT_TAKING || s->state == SLOT_LEAVING))
			family_signal(&s->child, SIGCONT);
	}
}

static void
obey_deadlines(struct master *m)
{
	int i;

	for (i = m->slots - 1; i >= 0; i--) {
		struct slot *s = &m->slot[i];

		if (s->state != SLOT_EMPTY && m->now >= s->deadline) {
			s->deadline = CLOCK_NEVER;
			handle(m, i, SLOT_DUE);
		}
	}
	for (i = 0; i < LEAVERS; i++) {
		struct leaver *l = &m->leaver[i];

		if (l->pid == 0 || m->now < l->deadline)
			continue;
		(void)kill(l->pid, l->quit ? SIGKILL : SIGQUIT);
		(void)kill(l->pid, SIGCONT);
		l->quit = true;
		l->deadline = m->now + ABORT_MS;
	}
	look_at_hearts(m);
}

static int64_t
next_deadline(const struct master *m)
{
	int64_t tick = m->config->worker.timeout / 4, until;
	int i;

	if (tick > TICK_MS)
		tick = TICK_MS;
	until = m->now + tick;
	for (i = 0; i < m->slots; i++)
		if (m->slot[i].state != SLOT_EMPTY &&
		    m->slot[i].deadline < until)
			until = m->slot[i].deadline;
	return until;
}

static void
master_turn(struct master *m)
{
	struct pollfd set[1 + BOARD_ROWS_MAX];
	int owner[1 + BOARD_ROWS_MAX];
	int64_t until = next_deadline(m);
	int i, n = 1;

	set[0].fd = signals_fd();
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];
		int fd = s->state == SLOT_RENEWING ? s->successor.ready
						   : s->child.ready;

		if (fd < 0)
			continue;
		owner[n] = i;
		set[n++].fd = fd;
	}
	for (i = 0; i < n; i++) {
		set[i].events = POLLIN;
		set[i].revents = 0;
	}
	(void)poll(set, (nfds_t)n, until > m->now ? (int)(until - m->now) : 0);
	m->now = clock_now();
	for (i = 1; i < n; i++) {
		struct slot *s = &m->slot[owner[i]];

		if (set[i].revents != 0)
			(void)hear(m, owner[i],
			    s->state == SLOT_RENEWING ? &s->successor
						      : &s->child);
	}
	if (set[0].revents != 0)
		obey_signals(m);
	obey_deadlines(m);
	for (i = 0; i < m->slots; i++)
		family_tell(m, i);
}

static bool
anybody_left(const struct master *m)
{
	int i;

	for (i = 0; i < LEAVERS; i++)
		if (m->leaver[i].pid > 0)
			return true;
	return m->slots > 0;
}

static struct master *
master_new(const struct master_config *config)
{
	struct master *m = calloc(1, sizeof(*m));
	int i;

	if (m == NULL)
		die("out of memory:");
	m->config = config;
	m->workers = config->workers;
	m->slots = config->model->children != 0 ? config->model->children
						: config->workers;
	m->now = m->looked = clock_now();
	m->root = config->worker.service.root->seen;
	for (i = 0; i < BOARD_ROWS_MAX; i++) {
		family_forget(&m->slot[i].child);
		family_forget(&m->slot[i].successor);
		m->slot[i].deadline = CLOCK_NEVER;
	}
	board_set(board_master(config->worker.board)->rows,
	    family_rows(m) > 1 || config->model->children == 0 ? m->workers
							       : 1);
	return m;
}

int
master_run(struct master_config *config)
{
	struct master *m = master_new(config);
	char title[64];

	if (signals_open(master_signals) != 0)
		die("signals:");
	(void)snprintf(title, sizeof(title), "prefork: master (%s, %d workers)",
	    config->model->name, config->workers);
	title_set(title, "prefork");
	for_all(m, SLOT_START);
	do
		master_turn(m);
	while (!m->stopping || anybody_left(m));
	free(m);
	return 0;
}
