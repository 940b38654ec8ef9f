/*
 * What a master leaves to the one that follows it: two copies of all that it
 * knows, in memory that both have and that no child keeps. It writes to the
 * copy that is not valid, and makes it valid by one store. So at whatever
 * instruction the master dies, one of the two is whole.
 */
#include "processes.h"

#include <stdatomic.h>
#include <stddef.h>
#include <string.h>

#include "os/memory.h"
#include "state.h"

struct state {
	_Atomic int32_t valid; /* 0: none, else 1 + its index */
	struct master kept[2];
};

struct state *
state_new(void)
{
	struct state *state = memory_kept(sizeof(*state), FD_STATE);

	return state != NULL ? state : memory_shared(sizeof(*state));
}

size_t
master_state_size(void)
{
	return sizeof(struct state);
}

struct state *
state_find(void)
{
	return memory_found(sizeof(struct state), FD_STATE);
}

void
state_forget(struct state *state)
{
	memory_drop(state, sizeof(*state));
}

/* Copies only what is in use. */
static void
copy(struct master *to, const struct master *from)
{
	const size_t rows = (size_t)from->rows;

	memcpy(to, from, offsetof(struct master, slot));
	memcpy(
	    to->slot, from->slot, (size_t)from->slots * sizeof(from->slot[0]));
	memcpy(to->leaving, from->leaving,
	    (size_t)from->leavings * sizeof(from->leaving[0]));
	memcpy(
	    &to->unlogged, &from->unlogged, offsetof(struct unlogged, unheard));
	memcpy(to->unlogged.unheard, from->unlogged.unheard,
	    rows * sizeof(from->unlogged.unheard[0]));
	memcpy(to->unlogged.seen, from->unlogged.seen,
	    rows * sizeof(from->unlogged.seen[0]));
}

void
state_write(const struct master *m)
{
	struct state *s = m->state;
	int next;

	if (s == NULL)
		return;
	next = s->valid == 1;
	copy(&s->kept[next], m);
	atomic_store_explicit(&s->valid, next + 1, memory_order_release);
}

bool
state_read(struct master *m)
{
	const struct master_config *config = m->config;
	struct state *s = m->state;
	const pid_t keeper = m->keeper;

	if (s == NULL || s->valid == 0)
		return false;
	copy(m, &s->kept[s->valid - 1]);
	m->config = config;
	m->state = s;
	m->keeper = keeper;
	return true;
}
