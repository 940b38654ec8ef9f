/*
 * Does what the table of slots asks for: a small function for each action.
 */
#include "processes.h"

#include <signal.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"

enum {
	COMING_MS = 1000, /* how long it waits for a standby that was made and
			   * has yet to report */
	RENEW_MS = 1000	  /* the shortest time between two tries to renew */
};

/* Does the action for the slot. Returns what follows from it at once, or
 * SLOT_NO_EVENT. */
typedef enum slot_event action_fn(struct master *m, int index);

/* A worker makes a standby and makes way for it: so no client is disconnected.
 */
enum slot_event
actions_renewal(const struct master *m)
{
	return m->config->worker.standby ? SLOT_RETIRE : SLOT_RENEW;
}

static enum slot_event
spawn(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool renewing = s->state == SLOT_RENEWING;
	char name[32];

	board_set(standbys_orders(m, index)->draining, 0);
	board_set(standbys_orders(m, index)->woken, 0);
	if (children_spawn(m, index, renewing ? &s->successor : &s->child) ==
	    0) {
		s->deadline = m->now + m->config->worker.timeout;
		return SLOT_NO_EVENT;
	}
	log_warn("%s could not be forked:", children_name(m, index, name));
	return SLOT_LOST;
}

static enum slot_event
welcome(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool respawned = m->announced && s->child.served == 0;
	char name[32];

	s->child.served = m->now;
	s->deadline = CLOCK_NEVER;
	standbys_check(m, index);
	if (respawned)
		log_note("%s serves, pid %ld", children_name(m, index, name),
		    (long)s->child.pid);
	return s->again ? actions_renewal(m) : SLOT_NO_EVENT;
}

/* The successor is the child now. */
static enum slot_event
adopt(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	children_forget(&s->child);
	s->child = s->successor;
	s->successor = no_child;
	memset(&s->renewals, 0, sizeof(s->renewals));
	return SLOT_NO_EVENT;
}

static enum slot_event
replace(struct master *m, int index)
{
	children_let_leave(m, index);
	(void)adopt(m, index);
	return welcome(m, index);
}

/* The child stays as it is, and is renewed later. */
static enum slot_event
discard(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = slot_delay(&s->renewals, false, false);
	char name[32];

	children_dismiss_successor(m, index);
	/* Between two tries the slot serves, and it is seen if the child
	 * hangs. */
	if (delay < RENEW_MS)
		delay = RENEW_MS;
	s->deadline = m->now + delay;
	log_warn("%s could not be renewed: the next try in %.1f s",
	    children_name(m, index, name), (double)delay / 1000);
	return SLOT_NO_EVENT;
}

static enum slot_event
retire(struct master *m, int index)
{
	struct child *child = &m->slot[index].child;

	/* It makes another standby, and then this one is to be ended. */
	standbys_adopt(m, index);
	child->retires = true;
	children_order(child, SIGHUP);
	return SLOT_NO_EVENT;
}

/* It is wanted after all: it may be serving the last of its clients, or be on
 * its way out. */
static enum slot_event
stay(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = s->child.quit;
	board_set(standbys_orders(m, index)->draining, 0);
	children_order(&s->child, SIGUSR2);
	s->deadline = m->now + m->config->worker.timeout;
	return SLOT_NO_EVENT;
}

static enum slot_event
abort_child(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.hung = true;
	children_signal(&s->child, SIGABRT);
	s->deadline = m->now + ABORT_MS;
	return SLOT_NO_EVENT;
}

static enum slot_event
drain(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = true;
	board_set(standbys_orders(m, index)->draining, 1);
	children_order(&s->child, SIGTERM);
	children_dismiss_successor(m, index);
	s->deadline = m->now + m->config->grace;
	return SLOT_NO_EVENT;
}

/* A host gets time to end its client processes before it is killed itself. */
static enum slot_event
quit(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	bool harder = s->child.quit || s->child.hung;

	s->child.ordered = true;
	standbys_dismiss(m, index);
	children_order(&s->child, harder ? SIGKILL : SIGQUIT);
	s->child.quit = true;
	children_dismiss_successor(m, index);
	s->deadline = m->now + ABORT_MS;
	return SLOT_NO_EVENT;
}

/* One that hangs and is not wanted any more: its standby serves the last of
 * its clients, as if it had been drained. */
static enum slot_event
kill_child(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	s->child.ordered = !s->child.hung;
	children_signal(&s->child, SIGKILL);
	children_dismiss_successor(m, index);
	if (s->state == SLOT_LEAVING && !s->child.hung)
		standbys_dismiss(m, index);
	s->deadline = CLOCK_NEVER;
	return SLOT_NO_EVENT;
}

static enum slot_event
free_slot(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	standbys_dismiss(m, index);
	children_forget(&s->child);
	children_forget(&s->successor);
	s->deadline = CLOCK_NEVER;
	while (m->slots > 0 && m->slot[m->slots - 1].state == SLOT_EMPTY)
		m->slots--;
	return SLOT_NO_EVENT;
}

/* Has this process served? Until a standby that takes over does, its `served`
 * is that of the worker before it. */
static bool
has_served(const struct child *child)
{
	return child->served != 0 && child->served >= child->born;
}

/* Has something come of the life of the slot's child, which is dead? */
static bool
went_well(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	uint64_t before = s->given;

	s->given = rows_given(m, index);
	return s->given != before ||
	       (has_served(&s->child) &&
		   m->now - s->child.served >= SLOT_HEALTHY_MS);
}

/* Counts the death of the slot's child. Returns how long to wait, ms. */
static int64_t
delay_after(struct master *m, int index)
{
	struct slot *s = &m->slot[index];

	return slot_delay(
	    &s->history, has_served(&s->child), went_well(m, index));
}

/* A takeover is not delayed, unless the slot's children keep dying by their own
 * doing, with no client to blame, and give no client anything meanwhile. */
static enum slot_event
rest(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = 0;
	char name[32];

	if (!s->child.excused)
		delay = delay_after(m, index);
	else if (went_well(m, index))
		memset(&s->history, 0, sizeof(s->history));

	s->rested = s->deadline = m->now + delay;
	/* Most often the standby has reported: no need to wait. */
	if (s->standby == 0 && delay < COMING_MS)
		s->deadline = m->now + COMING_MS;
	else if (delay == 0)
		return SLOT_DUE;
	if (delay != 0)
		log_warn("%s keeps dying: its standby takes over in %.1f s",
		    children_name(m, index, name), (double)delay / 1000);
	return SLOT_NO_EVENT;
}

/* The time of the next start; none is a start at once. */
static enum slot_event
wait_a_while(struct master *m, int index)
{
	struct slot *s = &m->slot[index];
	int64_t delay = delay_after(m, index);
	char name[32];

	/* Its lifeline ends here: so a standby that has not reported leaves. */
	children_forget(&s->child);
	standbys_dismiss(m, index);
	s->failed = 0;
	s->deadline = m->now + delay;
	if (delay == 0)
		return SLOT_DUE;
	log_warn("%s keeps dying: the next starts in %.1f s",
	    children_name(m, index, name), (double)delay / 1000);
	return SLOT_NO_EVENT;
}

/* The standby takes over. If there is none after all, the clients are lost. */
static enum slot_event
take(struct master *m, int index)
{
	char name[32];
	long lost;

	standbys_adopt(m, index);
	if (m->slot[index].standby != 0) {
		standbys_take_over(m, index);
		return SLOT_NO_EVENT;
	}
	lost = rows_clients(m, index);
	rows_end(m, index, board_get(standbys_orders(m, index)->dead));
	log_warn("%s had no standby yet: %ld client%s lost",
	    children_name(m, index, name), lost, lost == 1 ? "" : "s");
	return SLOT_DIED;
}

static action_fn *const actions[SLOT_ACTIONS] = {
    [DO_NOTHING] = NULL,
    [DO_LATER] = NULL,
    [DO_SPAWN] = spawn,
    [DO_WELCOME] = welcome,
    [DO_REPLACE] = replace,
    [DO_ADOPT] = adopt,
    [DO_TAKE] = take,
    [DO_RETIRE] = retire,
    [DO_STAY] = stay,
    [DO_DISCARD] = discard,
    [DO_ABORT] = abort_child,
    [DO_KILL] = kill_child,
    [DO_DRAIN] = drain,
    [DO_QUIT] = quit,
    [DO_FREE] = free_slot,
    [DO_REST] = rest,
    [DO_WAIT] = wait_a_while,
};

/* Takes one step of the table. Returns the event that follows. */
static enum slot_event
take_step(struct master *m, int index, enum slot_event event)
{
	struct slot *s = &m->slot[index];
	struct slot_step step = slot_next(s->state, event);

	log_debug("slot %d: %s and %s: %s, %s", index,
	    slot_state_name(s->state), slot_event_name(event),
	    slot_action_name(step.action), slot_state_name(step.next));
	/* The deadline of the rest is not one of what follows. */
	if (s->state == SLOT_RESTING && step.next != SLOT_RESTING)
		s->deadline = CLOCK_NEVER;
	s->again = slot_again(s->again, s->state, step.action);
	s->state = step.next;
	if (actions[step.action] == NULL)
		return SLOT_NO_EVENT;
	return actions[step.action](m, index);
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
	/* Before the line: a reader of the log may ask for the status then. */
	rows_show(m);
	log_note("ready: %d worker%s, model %s", m->workers,
	    m->workers == 1 ? "" : "s", m->config->model->name);
	notices_ready(m);
}

void
actions_handle(struct master *m, int index, enum slot_event event)
{
	while (event != SLOT_NO_EVENT)
		event = take_step(m, index, event);
	announce(m);
}

void
actions_handle_all(struct master *m, enum slot_event event)
{
	int i;

	for (i = m->slots - 1; i >= 0; i--)
		actions_handle(m, i, event);
}
