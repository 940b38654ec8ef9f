/*
 * The stages of an upgrade, which master.h describes. All that a master knows
 * of them it leaves to the one that follows it, which may be of the new
 * program, or of the old one.
 */
#include "upgrade.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "os/signals.h"
#include "os/title.h"
#include "master/succeed.h"

enum {
	ASK_MS = 200,	/* until the keeper is asked again */
	KILLED_MS = 100 /* until a killed trial is looked for again */
};

/* This process begins the other program. Returns if it cannot. */
static void
change_self(struct master *m)
{
	const struct successor next = {
	    .role = ROLE_MASTER,
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

/* In the old program again: the new one has died, or could not go on. */
static void
give_up(struct master *m)
{
	log_warn("the upgrade to prefork %s is called off: its master did not "
		 "come to serve",
	    m->upgrade.version);
	upgrade_end(m, true);
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
			u->deadline = m->now + UPGRADE_KEEPER_MS;
		} else if (other) {
			upgrade_change_slots(m);
		}
		break;
	case UPGRADE_SLOTS:
	case UPGRADE_PROOF:
		/* The keeper has begun the program before, since the master
		 * of the new one died of a fault. */
		if (other) {
			u->back = true;
			log_warn("the upgrade to prefork %s is called off, and "
				 "the program before comes back: its master "
				 "died",
			    u->version);
			upgrade_change_slots(m);
		}
		break;
	default:
		break;
	}
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
	upgrade_end(m, u->back);
}

static void
turn_trial(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	if (m->now < u->deadline)
		return;
	u->deadline = m->now + KILLED_MS;
	if (u->trial <= 0 || kill(u->trial, SIGKILL) == 0)
		return;
	/* A master that died had made it, and the keeper that would have told
	 * is dead as well. */
	u->trial = 0;
	upgrade_refuse(m, "nobody can tell how its trial has ended");
}

static void
turn_keeper(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	if (m->keeper == 0 && u->back) {
		u->stage = UPGRADE_MASTER;
	} else if (m->keeper == 0) {
		upgrade_change_slots(m);
	} else if (m->now >= u->deadline && u->back) {
		upgrade_call_off(m, "the keeper does not change");
	} else if (m->now >= u->deadline) {
		log_warn("the keeper does not change");
		_exit(WORKER_FAILED); /* the keeper makes one of its own kind */
	} else if (m->now >= m->ask_keeper) {
		m->ask_keeper = m->now + ASK_MS;
		/* One that was stopped is to hear it. */
		(void)kill(m->keeper, SIGCONT);
		keeper_tell(m->keeper, KEEPER_CHANGE);
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
	upgrade_end(m, true);
}

/* All is ready: tells the master that this server replaces to end. That was an
 * upgrade, too, and the title says so, as it would of any other. */
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
		upgrade_end(m, true);
	switch (u->stage) {
	case UPGRADE_TRIAL:
	case UPGRADE_TEST:
		turn_trial(m);
		break;
	case UPGRADE_MASTER:
		turn_master(m);
		break;
	case UPGRADE_KEEPER:
		turn_keeper(m);
		break;
	case UPGRADE_SLOTS:
		upgrade_turn_slots(m);
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
	/* The next turn may be far off, and this master be killed before. */
	if ((int)u->stage != before)
		state_write(m);
}

void
upgrade_begin(struct master *m)
{
	struct upgrade *u = &m->upgrade;

	if (m->stopping)
		return;
	if (u->stage == UPGRADE_PROOF && !u->back)
		u->deadline = m->now;
	upgrade_turn(m);
	if (u->stage == UPGRADE_NONE)
		upgrade_try(m);
	else
		log_note("an upgrade is under way");
}

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
