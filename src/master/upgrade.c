/*
 * Another program takes the place of this one: the stages are in master.h. All
 * that is known of it is part of what a master leaves to its successor, which
 * may be of the new program, or of the old.
 */
#include "processes.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "os/channel.h"
#include "os/exec.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"
#include "succeed.h"

enum {
	TRIAL_MS = 10000,
	KEEPER_MS = 5000,
	ASK_MS = 200,	      /* until the keeper is asked again */
	TELL_AGAIN_MS = 1000, /* a slot, which was not killed meanwhile */
	TELL_TRIES = 10,
	AFRESH_MS = 30000,
	PROOF_MS = 500
};

void
upgrade_title(const struct master *m)
{
	const struct upgrade *u = &m->upgrade;
	char title[96];
	int n;

	n = snprintf(title, sizeof(title), "prefork: %s (%s, %d workers)",
	    u->stage == UPGRADE_AFRESH ? "old master" : "master",
	    m->config->model->name, m->config->workers);
	if (u->ended > 0 && n > 0 && (size_t)n < sizeof(title))
		(void)snprintf(title + n, sizeof(title) - (size_t)n,
		    ", upgrade %" PRIu32 " %s", u->ended,
		    u->failed ? "failed" : "done");
	title_set(title, m->keeper != 0 ? "prefork-master" : "prefork");
}

/* The other program is nobody's any more. */
static void
end(struct master *m, bool failed)
{
	struct upgrade *u = &m->upgrade;

	if (u->trial > 0)
		(void)kill(u->trial, SIGKILL);
	u->stage = UPGRADE_NONE;
	u->back = false;
	u->failed = failed;
	u->ended++;
	children_close_end(&u->says);
	(void)dup2(FD_LOADER, FD_OTHER);
	upgrade_title(m);
}

/* How it ends before anything has changed. */
static void
refuse(struct master *m, const char *why)
{
	log_warn("no upgrade to %s: %s", m->config->path, why);
	end(m, true);
}

/* Standard output is what the parent listens to. */
static _Noreturn void
try_program(const struct master *m, int says)
{
	const struct successor trial = {.whom = SUCCEEDS_TRIAL};
	const char *cause;

	if (dup2(says, STDOUT_FILENO) < 0)
		_exit(WORKER_FAILED);
	children_keep_out(FD_OTHER);
	if (m->upgrade.stage == UPGRADE_TEST)
		succeed_test(m->config);
	else
		succeed(&trial);
	cause = strerror(errno);
	(void)dprintf(STDOUT_FILENO, "%s\n", cause);
	_exit(WORKER_FAILED);
}

/* 0; -1 with errno. */
static int
begin_trial(struct master *m)
{
	int ends[2], saved;
	sigset_t before;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
		return -1;
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFL, O_NONBLOCK);
	signals_hold(&before);
	pid = fork();
	if (pid == 0)
		try_program(m, ends[1]);
	saved = errno;
	signals_restore(&before);
	(void)close(ends[1]);
	if (pid < 0) {
		(void)close(ends[0]);
		errno = saved;
		return -1;
	}
	m->upgrade.trial = pid;
	m->upgrade.says = children_end(ends[0]);
	return 0;
}

/* Can this server be upgraded at all? NULL; or why not. */
static const char *
hindrance(const struct master *m)
{
	const struct worker_config *w = &m->config->worker;

	if (m->config->path == NULL)
		return "this system has no way to do it";
	if (w->standby && !w->renews)
		return "workers cannot begin another program";
	return NULL;
}

void
upgrade_begin(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	const char *why = hindrance(m);

	if (m->stopping)
		return;
	if (u->stage == UPGRADE_PROOF && !u->back)
		u->deadline = m->now;
	upgrade_turn(m);
	if (u->stage != UPGRADE_NONE) {
		log_note("an upgrade is under way");
		return;
	}
	if (why == NULL && exec_open(m->config->path, FD_OTHER) != 0)
		why = strerror(errno);
	if (why == NULL && begin_trial(m) != 0)
		why = strerror(errno);
	if (why != NULL) {
		refuse(m, why);
		return;
	}
	u->stage = UPGRADE_TRIAL;
	u->deadline = m->now + TRIAL_MS;
}

static void
begin_test(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	if (m->keeper == 0) {
		refuse(m, "it cannot go on from the state of this one, and "
			  "without a keeper nobody can begin it afresh");
		return;
	}
	u->stage = UPGRADE_TEST;
	u->deadline = m->now + TRIAL_MS;
	if (begin_trial(m) != 0)
		refuse(m, strerror(errno));
}

/* What the trial has said, if it is more than a line that is no line of ours.
 */
static void
hear_trial(struct master *m, int status)
{
	char text[UPGRADE_HELLO] = "", state[32], why[128];
	struct upgrade *u = &m->upgrade;
	/* It stays there and open: this master may die before it has written
	 * down what it has heard. */
	ssize_t n =
	    recv(u->says.fd, text, sizeof(text) - 1, MSG_PEEK | MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (status != 0) {
		(void)snprintf(why, sizeof(why), "its trial %s %d%s%.64s",
		    WIFSIGNALED(status) ? "was killed by signal"
					: "exited with status",
		    WIFSIGNALED(status) ? WTERMSIG(status)
					: WEXITSTATUS(status),
		    text[0] != '\0' ? ": " : "", text);
		refuse(m, why);
	} else if (sscanf(text, UPGRADE_SAYS, u->version, state) != 2) {
		refuse(m, "it does not say that it is prefork");
	} else if (strcmp(state, m->config->state) != 0) {
		begin_test(m);
	} else {
		log_note("upgrading to prefork %s", u->version);
		u->stage = UPGRADE_MASTER;
		u->back = false;
	}
}

/* The keeper is one of the other program in a moment: this master has none any
 * more, and the pid file is for that. */
static void
begin_afresh(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	log_note(
	    "upgrading to prefork %s, which cannot go on from the state of "
	    "this one: it begins afresh, and clients may finish",
	    u->version);
	u->stage = UPGRADE_AFRESH;
	u->deadline = m->now + AFRESH_MS;
	upgrade_title(m);
	(void)dup2(FD_LOADER, FD_PID_FILE);
	(void)sigqueue(m->keeper, KEEPER_AFRESH, (union sigval){0});
	m->keeper = 0;
	m->adopted = true;
}

static void
hear_test(struct master *m, int status)
{
	children_close_end(&m->upgrade.says);
	if (status != 0)
		refuse(m, "it does not accept the arguments");
	else
		begin_afresh(m);
}

bool
upgrade_records(struct master *m, pid_t pid, int status)
{
	if (pid <= 0 || pid != m->upgrade.trial)
		return false;
	m->upgrade.trial = 0;
	if (m->upgrade.stage == UPGRADE_TRIAL)
		hear_trial(m, status);
	else if (m->upgrade.stage == UPGRADE_TEST)
		hear_test(m, status);
	return true;
}

/* This process begins the other program. Returns if it cannot. */
static void
change_self(struct master *m)
{
	const struct successor next = {
	    .whom = SUCCEEDS_MASTER,
	    .program = m->config->worker.program + 1,
	    .other = m->keeper,
	};
	sigset_t before;

	/* Without a keeper nothing has been written down so far. */
	if (m->keeper == 0)
		m->state = state_new();
	state_write(m);
	signals_hold(&before);
	succeed(&next);
	signals_restore(&before);
	if (m->keeper == 0) {
		state_forget(m->state);
		m->state = NULL;
	}
}

/* All of it is to be undone; what cannot be stays as it is. */
static void
call_off(struct master *m, const char *why)
{
	struct upgrade *u = &m->upgrade;

	if (u->back) {
		log_warn("the program before comes back in part: %s", why);
		end(m, true);
		return;
	}
	log_warn("the upgrade to prefork %s is called off, and the program "
		 "before comes back: %s",
	    u->version, why);
	u->back = true;
	u->stage = m->keeper != 0 ? UPGRADE_KEEPER : UPGRADE_MASTER;
	u->deadline = m->now + KEEPER_MS;
}

/* Is there a new program that has yet to prove itself? */
static bool
is_on_trial(const struct master *m)
{
	return !m->upgrade.back && (m->upgrade.stage == UPGRADE_SLOTS ||
				       m->upgrade.stage == UPGRADE_PROOF);
}

static int
program_of(const struct master *m, int index)
{
	return board_get(
	    board_row(m->config->worker.board, rows_first(m, index))->program);
}

/* It was no fault of the program. */
static bool
is_innocent(const struct child *child, int status)
{
	if (WIFSIGNALED(status))
		return child->ordered || child->stopped ||
		       (WTERMSIG(status) == SIGKILL && !child->hung);
	return WEXITSTATUS(status) == WORKER_RETIRED ||
	       WEXITSTATUS(status) == WORKER_LEFT;
}

static void
suspect(struct master *m, int index, const struct child *child, int status)
{
	char why[128], name[32], cause[64];

	(void)snprintf(why, sizeof(why), "%s %s", children_name(m, index, name),
	    children_cause(cause, child, status));
	call_off(m, why);
}

void
upgrade_suspects(struct master *m, pid_t pid, int status)
{
	int i;

	for (i = 0; i < m->slots && is_on_trial(m); i++) {
		const struct slot *s = &m->slot[i];
		const struct child *child =
		    s->successor.pid == pid ? &s->successor : &s->child;

		if (child->pid != pid || is_innocent(child, status))
			continue;
		/* One of the old that serves. */
		if (s->state == SLOT_SERVING &&
		    program_of(m, i) != m->upgrade.program)
			continue;
		suspect(m, i, child, status);
	}
}

bool
upgrade_unchanged(struct master *m, int index)
{
	char why[64], name[32];

	if (m->upgrade.stage == UPGRADE_NONE)
		return false;
	if (is_on_trial(m)) {
		(void)snprintf(why, sizeof(why), "%s cannot begin it",
		    children_name(m, index, name));
		call_off(m, why);
	}
	return true;
}

/* The slots of this master are to have its own program. */
static void
change_slots(struct master *m)
{
	m->upgrade.program = m->config->worker.program;
	m->upgrade.stage = UPGRADE_SLOTS;
	m->upgrade.slot = -1;
}

/* This is the old program: what was to follow it has come to nothing. */
static void
give_up(struct master *m)
{
	log_warn("the upgrade to prefork %s is called off: its master did not "
		 "come to serve",
	    m->upgrade.version);
	end(m, true);
}

void
upgrade_resume(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	const bool other = m->config->worker.program != u->program;

	switch (u->stage) {
	case UPGRADE_MASTER:
	case UPGRADE_KEEPER:
		if (!other && !u->back) {
			give_up(m);
		} else if (other && m->keeper != 0 && m->config->in_place) {
			u->stage = UPGRADE_KEEPER;
			u->deadline = m->now + KEEPER_MS;
		} else if (other) {
			change_slots(m);
		}
		break;
	case UPGRADE_SLOTS:
	case UPGRADE_PROOF:
		/* A keeper whose master died of a fault. */
		if (other) {
			u->back = true;
			log_warn("the upgrade to prefork %s is called off, and "
				 "the program before comes back: its master "
				 "died",
			    u->version);
			change_slots(m);
		}
		break;
	default:
		break;
	}
}

/* The slot's processes have their next program from the master: its standby, as
 * soon as it takes over, or a successor. */
static void
tell_slot(struct master *m, int index)
{
	const struct worker_message message = {
	    TOLD_PROGRAM, (uint64_t)m->upgrade.program};
	struct upgrade *u = &m->upgrade;

	u->tries = u->slot == index ? u->tries + 1 : 1;
	u->slot = index;
	u->deadline = m->now + TELL_AGAIN_MS;
	if (u->tries > TELL_TRIES) {
		call_off(m, "a slot does not change");
		return;
	}
	if (!m->config->worker.standby)
		actions_handle(m, index, SLOT_RENEW);
	else if (channel_give(m->slot[index].child.ready.fd, &message,
		     sizeof(message), FD_PROGRAM) == 0)
		actions_handle(m, index, SLOT_RETIRE);
}

static bool
has_changed(const struct master *m, int index)
{
	const struct slot *s = &m->slot[index];

	return s->state == SLOT_EMPTY || s->state == SLOT_LEAVING ||
	       (s->state == SLOT_SERVING &&
		   program_of(m, index) == m->upgrade.program);
}

/* One slot after the other. */
static void
turn_slots(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	int i;

	for (i = 0; i < m->slots && has_changed(m, i); i++)
		;
	if (i == m->slots) {
		u->stage = UPGRADE_PROOF;
		u->deadline = m->now + (u->back ? 0 : PROOF_MS);
		return;
	}
	if (m->slot[i].state == SLOT_SERVING &&
	    (u->slot != i || m->now >= u->deadline))
		tell_slot(m, i);
}

static void
turn_proof(struct master *m)
{
	const struct upgrade *u = &m->upgrade;

	if (m->now < u->deadline)
		return;
	if (u->back)
		log_note("the program before serves again");
	else
		log_note("upgraded to prefork %s", u->version);
	end(m, u->back);
}

static void
turn_keeper(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	if (m->keeper == 0 && u->back) {
		u->stage = UPGRADE_MASTER;
	} else if (m->keeper == 0) {
		change_slots(m);
	} else if (m->now >= u->deadline && u->back) {
		call_off(m, "the keeper does not change");
	} else if (m->now >= u->deadline) {
		log_warn("the keeper does not change");
		_exit(WORKER_FAILED); /* the keeper makes one of its own kind */
	} else {
		(void)sigqueue(m->keeper, SIGUSR2, (union sigval){0});
	}
}

static void
turn_master(struct master *m)
{
	if (m->config->worker.program != m->upgrade.program)
		return;
	children_close_end(&m->upgrade.says);
	change_self(m);
	log_warn("the master cannot begin prefork %s:", m->upgrade.version);
	end(m, true);
}

/* It is as if the one before had come to an end of its upgrade. */
static void
replace(struct master *m)
{
	char title[96];
	const char *upgrade = NULL;

	m->upgrade.replaced = true;
	(void)kill(m->config->replaces, SIGTERM);
	if (title_read(m->config->replaces, title, sizeof(title)))
		upgrade = strstr(title, ", upgrade ");
	m->upgrade.ended = 1;
	if (upgrade != NULL)
		m->upgrade.ended +=
		    (uint32_t)strtoul(upgrade + strlen(", upgrade "), NULL, 10);
	upgrade_title(m);
}

void
upgrade_turn(struct master *m)
{
	struct upgrade *u = &m->upgrade;
	const int before = (int)u->stage;

	if (m->config->replaces != 0 && m->announced && !u->replaced)
		replace(m);
	if (m->stopping && u->stage == UPGRADE_AFRESH)
		return;
	if (m->stopping && u->stage != UPGRADE_NONE)
		end(m, true);
	switch (u->stage) {
	case UPGRADE_TRIAL:
	case UPGRADE_TEST:
		if (m->now >= u->deadline && u->trial > 0) {
			(void)kill(u->trial, SIGKILL);
			u->deadline = CLOCK_NEVER;
		}
		break;
	case UPGRADE_MASTER:
		turn_master(m);
		break;
	case UPGRADE_KEEPER:
		turn_keeper(m);
		break;
	case UPGRADE_SLOTS:
		turn_slots(m);
		break;
	case UPGRADE_PROOF:
		turn_proof(m);
		break;
	case UPGRADE_AFRESH:
		if (m->now >= u->deadline) {
			log_warn("prefork %s has not come to serve: this one "
				 "goes on beside it",
			    u->version);
			u->deadline = CLOCK_NEVER;
		}
		break;
	default:
		break;
	}
	/* It may wait long before its next turn, and be killed in it. */
	if ((int)u->stage != before)
		state_write(m);
}

/* How soon the next turn is due. */
int64_t
upgrade_due(const struct master *m)
{
	switch (m->upgrade.stage) {
	case UPGRADE_NONE:
		return CLOCK_NEVER;
	case UPGRADE_KEEPER:
	case UPGRADE_SLOTS:
		return m->now + ASK_MS;
	default:
		return m->upgrade.deadline;
	}
}
