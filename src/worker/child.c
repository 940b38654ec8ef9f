#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "os/process.h"
#include "os/signals.h"
#include "service/conn.h"

/* For a child that hangs and so does not look at its lifeline. */
enum { LEAVE_S = 1 };

static const int child_signals[] = {
    SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD, 0};

/* Orders for the master alone, which may be sent to the whole group. */
static const int not_ours[] = {SIGTTIN, SIGTTOU, 0};

/* Both logs follow the master's count of rotations: the signal that tells of
 * one may have been for a process that is gone. */
static void
follow_logs(const struct worker_config *config)
{
	struct append *access = config->service.access;

	if (log_follow() != 0)
		log_warn("reopen %s:", config->log);
	if (access != NULL && append_follow(access) != 0)
		log_warn("reopen %s:", access->path);
}

/* The file may have changed since the start, or since this process was made. */
static void
read_auth(const struct worker_config *config)
{
	struct auth *auth = config->service.site.auth;
	char why[AUTH_WHY];

	int done = auth != NULL ? auth_read(auth, why) : 0;

	if (done < 0)
		log_warn("auth file %s: %s; what was read before holds",
		    auth_path(auth), why);
	else if (done > 0 && config->keep != NULL)
		config->keep(config);
}

void
child_reread(const struct worker_config *config)
{
	if (config->reread != NULL)
		config->reread(config);
}

int
child_open(const struct worker_config *config)
{
	(void)close(FD_SIGNAL_READ);
	(void)close(FD_SIGNAL_WRITE);
	if (signals_open(child_signals) != 0 ||
	    signals_move(FD_SIGNAL_READ, FD_SIGNAL_WRITE) != 0)
		return -1;
	signals_ignore(not_ours);
	/* As a standby it ignored this. */
	(void)signal(SIGTSTP, SIG_DFL);
	process_leave_with_parent(LEAVE_S, FD_LIFELINE);
	follow_logs(config);
	child_reread(config);
	read_auth(config);
	return 0;
}

void
child_close_listeners(const struct worker_config *config)
{
	int i, null = descriptor_nothing();

	for (i = 0; i < config->listeners; i++) {
		if (worker_status_at(config, i))
			continue;
		if (null < 0)
			(void)close(FD_LISTEN + i);
		else if (dup2(null, FD_LISTEN + i) >= 0)
			(void)fcntl(FD_LISTEN + i, F_SETFD, FD_CLOEXEC);
	}
	if (null >= 0)
		(void)close(null);
}

unsigned
child_orders(const struct worker_config *config)
{
	unsigned orders = ORDER_NONE;
	int signo;

	while ((signo = signals_next()) != 0) {
		switch (signo) {
		case SIGTERM:
			orders |= ORDER_DRAIN;
			break;
		case SIGINT:
		case SIGQUIT:
			orders |= ORDER_LEAVE;
			break;
		case SIGCHLD:
			orders |= ORDER_REAP;
			break;
		case SIGHUP:
			orders |= ORDER_RETIRE;
			break;
		case SIGUSR1:
			follow_logs(config);
			break;
		case SIGUSR2:
			orders |= ORDER_STANDBY;
			break;
		default:
			break;
		}
	}
	return orders;
}

bool
child_says(int what, uint64_t value)
{
	struct worker_message message = {(uint64_t)what, value};

	/* If the master is gone, the lifeline says so. */
	return write(FD_READY, &message, sizeof(message)) ==
	       (ssize_t)sizeof(message);
}

void
child_count(struct board_row *row, struct serving *s)
{
	/* How much it was does not matter, only that it changes. */
	if (!s->draining && (s->gave || s->tally.n[COUNT_BYTES_OUT] != 0))
		board_set(row->gave, board_get(row->gave) + 1);
	s->gave = false;
	board_tally_flush(row, &s->tally);
}
