/* The stages slots and proof: slot after slot makes way for the new program, or
 * for the old one again. */
#include "upgrade.h"

#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>

#include "os/channel.h"

enum {
	TELL_AGAIN_MS = 1000, /* before a slot is told again to make way, */
	TELL_TRIES = 10,      /* so often */
	PROOF_MS = 500
};

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

/* Is the death no fault of the program? */
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
	upgrade_call_off(m, why);
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
		/* A worker of the old program, which serves. */
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
		upgrade_call_off(m, why);
	}
	return true;
}

/* Gives the slot the program of this master: the standby that takes over in it
 * begins that. Where there are no standbys, a successor has it anyway. */
static bool
give_program(const struct master *m, int index)
{
	const struct worker_message message = {
	    TOLD_PROGRAM, (uint64_t)m->config->worker.program};

	return channel_give(m->slot[index].child.ready.fd, &message,
		   sizeof(message), FD_PROGRAM) == 0;
}

/* The slots are to have the program of this master. If it is the one before,
 * they need not wait for their turn: workers of the other keep dying. */
void
upgrade_change_slots(struct master *m)
{
	int i;

	m->upgrade.program = m->config->worker.program;
	m->upgrade.stage = UPGRADE_SLOTS;
	m->upgrade.slot = -1;
	if (!m->upgrade.back || !m->config->worker.standby)
		return;
	for (i = 0; i < m->slots; i++)
		if (m->slot[i].state != SLOT_EMPTY)
			(void)give_program(m, i);
}

static void
tell_slot(struct master *m, int index)
{
	struct upgrade *u = &m->upgrade;

	u->tries = u->slot == index ? u->tries + 1 : 1;
	u->slot = index;
	u->deadline = m->now + TELL_AGAIN_MS;
	if (u->tries > TELL_TRIES) {
		upgrade_call_off(m, "a slot does not change");
		return;
	}
	if (!m->config->worker.standby)
		actions_handle(m, index, SLOT_RENEW);
	else if (give_program(m, index))
		actions_handle(m, index, SLOT_RETIRE);
}

void
upgrade_catches_up(struct master *m, int index)
{
	const struct worker_config *w = &m->config->worker;
	const enum upgrade_stage stage = m->upgrade.stage;

	if ((stage != UPGRADE_NONE && stage != UPGRADE_PROOF) ||
	    program_of(m, index) == w->program)
		return;
	if (!w->standby || give_program(m, index))
		actions_handle(m, index, actions_renewal(m));
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
void
upgrade_turn_slots(struct master *m)
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
