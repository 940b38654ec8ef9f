/*
 * The dead: found by waitpid(2), named, told of, and their slots told.
 */
#include "family.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"
#include "os/signals.h"

const char *
family_cause(char out[64], const struct child *child, int status)
{
	const char *before = child->stopped ? "was stopped and "
			     : child->hung  ? "hung and was "
					    : "was ";

	if (WIFSIGNALED(status))
		(void)snprintf(out, 64, "%skilled by SIG%s", before,
		    signals_name(WTERMSIG(status)));
	else
		(void)snprintf(
		    out, 64, "exited with status %d", WEXITSTATUS(status));
	return out;
}

/* One line: who died, of what, and what it cost. */
static void
report_death(
    const struct master *m, int index, const struct child *child, int status)
{
	long lost = family_clients(m, index);
	char name[32], cause[64];

	if (!child->ordered)
		log_warn("%s (pid %ld) %s after %.1f s: %ld client%s lost",
		    family_name(m, index, name), (long)child->pid,
		    family_cause(cause, child, status),
		    (double)(m->now - child->born) / 1000, lost,
		    lost == 1 ? "" : "s");
}

static void
bury_child(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];

	if (family_may_take_over(m, index, status)) {
		family_write_cause(m, index, status);
		s->child.pid = 0;
		master_handle(m, index, SLOT_LEFT);
		return;
	}
	report_death(m, index, &s->child, status);
	s->child.pid = 0;
	master_handle(m, index, SLOT_DIED);
}

static void
bury_standby(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	char name[32], cause[64];
	struct child none;

	memset(&none, 0, sizeof(none));
	log_note("standby of %s (pid %ld) %s", family_name(m, index, name),
	    (long)s->standby, family_cause(cause, &none, status));
	s->standby = 0;
	if (s->state == SLOT_SERVING)
		family_ask_for_standby(m, index);
}

/* Finds the dead one among ours; there may be others' (as PID 1 there are). */
static void
bury(struct master *m, pid_t pid, int status)
{
	int i;

	for (i = 0; i < LEAVERS; i++) {
		if (m->leaver[i].pid == pid) {
			family_close_end(&m->leaver[i].lifeline);
			m->leaver[i].pid = 0;
			return;
		}
	}
	for (i = 0; i < m->slots; i++) {
		if (m->slot[i].child.pid == pid) {
			bury_child(m, i, status);
			return;
		}
		if (m->slot[i].standby == pid) {
			bury_standby(m, i, status);
			return;
		}
		if (m->slot[i].successor.pid == pid) {
			m->slot[i].successor.pid = 0;
			master_handle(m, i, SLOT_LOST);
			return;
		}
	}
}

/* A child was stopped or goes on. */
static void
note_stop(struct master *m, pid_t pid, bool stopped)
{
	int i;

	for (i = 0; i < m->slots; i++)
		if (m->slot[i].child.pid == pid)
			m->slot[i].child.stopped = stopped;
}

void
family_reap(struct master *m)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG | WUNTRACED | WCONTINUED)) >
	       0) {
		if (WIFSTOPPED(status) || WIFCONTINUED(status))
			note_stop(m, pid, WIFSTOPPED(status));
		else
			bury(m, pid, status);
	}
}
