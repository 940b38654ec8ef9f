/* The stages trial, test and afresh: a child tries the new program before
 * anything is changed. */
#include "upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "keeper.h"
#include "os/exec.h"
#include "os/process.h"
#include "os/signals.h"
#include "master/master.h"

enum {
	TRIAL_MS = 10000,
	AFRESH_MS = 30000,
	ANSWER_BYTES = 96 /* of the trial, or why there was none */
};

/* In the child. Its standard output is read by the master. */
static _Noreturn void
try_program(const struct master *m, int says)
{
	const struct successor trial = {.role = ROLE_TRIAL};
	const char *cause;

	if (dup2(says, STDOUT_FILENO) < 0)
		_exit(WORKER_FAILED);
	/* What it leaves behind, and one that hangs when nobody is left to
	 * listen, would keep the port. */
	process_end_with(STDOUT_FILENO);
	children_close_masters(FD_OTHER);
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
fork_trial(struct master *m)
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

static void
begin(struct master *m, enum upgrade_stage stage)
{
	struct end heard = m->upgrade.says;

	m->upgrade.stage = stage;
	m->upgrade.deadline = m->now + TRIAL_MS;
	if (fork_trial(m) != 0) {
		upgrade_refuse(m, strerror(errno));
		return;
	}
	if (heard.fd < 0)
		return;
	/* The earlier trial's answer is needed until this is written down. */
	state_write(m);
	children_close_end(&heard);
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
upgrade_try(struct master *m)
{
	const char *why = hindrance(m);

	if (why == NULL && exec_open(m->config->path, FD_OTHER) != 0)
		why = strerror(errno);
	if (why == NULL)
		begin(m, UPGRADE_TRIAL);
	else
		upgrade_refuse(m, why);
}

static void
begin_test(struct master *m)
{
	if (m->keeper != 0)
		begin(m, UPGRADE_TEST);
	else
		upgrade_refuse(m,
		    "it cannot go on from the state of this one, and without "
		    "a keeper nobody can begin it afresh");
}

int
master_answer_trial(const struct master_config *config)
{
	const int n =
	    printf("prefork %s state %s\n", config->version, config->state);

	return n < 0 || fflush(stdout) != 0;
}

/* What master_answer_trial() of the other program has printed. */
static bool
read_answer(const char *text, char version[32], char state[32])
{
	return sscanf(text, "prefork %31s state %31s", version, state) == 2;
}

/* The trial has ended. What it has said, and its status, decide how the upgrade
 * goes on. */
static void
hear_trial(struct master *m, int status)
{
	char text[ANSWER_BYTES] = "", state[32], why[128];
	struct upgrade *u = &m->upgrade;
	char cause[64];
	/* It is left there: this master may die before it has written down what
	 * it has heard. */
	ssize_t n =
	    recv(u->says.fd, text, sizeof(text) - 1, MSG_PEEK | MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	text[strcspn(text, "\n")] = '\0';
	if (status != 0) {
		(void)snprintf(why, sizeof(why), "its trial %s%s%.64s",
		    children_cause(cause, &no_child, status),
		    text[0] != '\0' ? ": " : "", text);
		upgrade_refuse(m, why);
	} else if (!read_answer(text, u->version, state)) {
		upgrade_refuse(m, "it does not say that it is prefork");
	} else if (strcmp(state, m->config->state) != 0) {
		begin_test(m);
	} else {
		log_note("upgrading to prefork %s", u->version);
		u->stage = UPGRADE_MASTER;
		u->back = false;
	}
}

/* Has the keeper begin the other program, of which it is the keeper from then
 * on: this master has none any more, and lets go of the pid file. */
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
	keeper_tell(m->keeper, KEEPER_AFRESH);
	m->keeper = 0;
	m->adopted = true;
}

static void
hear_test(struct master *m, int status)
{
	children_close_end(&m->upgrade.says);
	if (status != 0)
		upgrade_refuse(m, "it does not accept the arguments");
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
