/*
 * The dead: found in the table, named, told of.
 */
#include "family.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/log.h"

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

/* Nobody goes on with its clients: they do not count any more. */
static void
end_rows(const struct master *m, int index, pid_t pid)
{
	int i, row = family_first_row(m, index);

	for (i = 0; i < family_rows(m); i++)
		board_end(m->config->worker.board, row + i, (int32_t)pid);
}

/* Returns what it means to the slot. */
static enum slot_event
bury_child(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	bool taken = family_may_take_over(m, index, status);

	if (taken) {
		family_write_cause(m, index, status);
	} else {
		report_death(m, index, &s->child, status);
		end_rows(m, index, s->child.pid);
	}
	s->child.pid = 0;
	return taken ? SLOT_LEFT : SLOT_DIED;
}

/* Returns whether it means something to the slot: nobody is there any more. */
static bool
bury_standby(struct master *m, int index, int status)
{
	struct slot *s = &m->slot[index];
	char name[32], cause[64], cost[48] = "";
	long lost = family_clients(m, index);
	struct child none;

	memset(&none, 0, sizeof(none));
	if (s->state == SLOT_RESTING) {
		(void)snprintf(cost, sizeof(cost), ": %ld client%s lost", lost,
		    lost == 1 ? "" : "s");
		end_rows(m, index, board_get(family_word(m, index)->dead));
	}
	log_note("standby of %s (pid %ld) %s%s", family_name(m, index, name),
	    (long)s->standby, family_cause(cause, &none, status), cost);
	family_lose_standby(
	    m, index, WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	return s->state == SLOT_RESTING;
}

void
family_give_up(struct master *m, int index)
{
	long lost = family_clients(m, index);
	char name[32];

	end_rows(m, index, board_get(family_word(m, index)->dead));
	log_warn("%s had no standby yet: %ld client%s lost",
	    family_name(m, index, name), lost, lost == 1 ? "" : "s");
}

static bool
bury_leaver(struct master *m, pid_t pid)
{
	const struct board *board = m->config->worker.board;
	int i, row;

	for (i = 0; i < LEAVERS; i++) {
		if (m->leaver[i].pid == pid) {
			/* A successor that was given up may keep a table. */
			for (row = 0; row < board->rows; row++)
				board_end(board, row, (int32_t)pid);
			family_close_end(&m->leaver[i].lifeline);
			m->leaver[i].pid = 0;
			return true;
		}
	}
	return false;
}

/* One that died before its worker had told of it. That it was ours the kernel
 * has said; of which slot, the row. */
static bool
bury_unheard(struct master *m, pid_t pid, int status, int *index)
{
	const struct board *board = m->config->worker.board;
	int i;

	for (i = 0; i < m->slots && m->config->worker.standby; i++) {
		if (m->slot[i].standby != 0 ||
		    board_row(board, i)->standby != pid)
			continue;
		/* It went with a slot that is not wanted, or will be missed
		 * by whoever comes to serve. */
		if (m->slot[i].state != SLOT_SERVING &&
		    m->slot[i].state != SLOT_RESTING)
			continue;
		m->slot[i].standby = pid;
		m->slot[i].standby_born = m->now;
		*index = i;
		return bury_standby(m, i, status);
	}
	return false;
}

bool
family_bury(
    struct master *m, pid_t pid, int status, int *index, enum slot_event *event)
{
	int i;

	if (bury_leaver(m, pid))
		return false;
	for (i = 0; i < m->slots; i++) {
		struct slot *s = &m->slot[i];

		*index = i;
		if (s->child.pid == pid) {
			*event = bury_child(m, i, status);
			return true;
		}
		if (s->standby == pid) {
			*event = SLOT_DIED;
			return bury_standby(m, i, status);
		}
		if (s->successor.pid == pid) {
			s->successor.pid = 0;
			end_rows(m, i, pid);
			*event = SLOT_LOST;
			return true;
		}
	}
	*event = SLOT_DIED;
	return bury_unheard(m, pid, status, index);
}
