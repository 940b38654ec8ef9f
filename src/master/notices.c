/*
 * What the supervisor (systemd or the like) is told. It listens to no process
 * but the one that the user has started. Where that is the keeper, the master
 * has it speak, by a signal from which it knows its sender. Of orders the
 * keeper tells by itself.
 */
#include "processes.h"

#include <unistd.h>

#include "base/clock.h"
#include "keeper.h"
#include "os/notify.h"

/* Has every slot been renewed? */
static bool
is_renewed(const struct master *m)
{
	int i;

	for (i = 0; i < m->slots; i++) {
		const struct slot *s = &m->slot[i];

		if (s->state != SLOT_EMPTY &&
		    (s->state != SLOT_SERVING || s->child.retires || s->again))
			return false;
	}
	return true;
}

static void
tell(const struct master *m, enum keeper_signal what, void (*notify)(void))
{
	if (m->keeper == 0)
		notify();
	else if (notify_is_asked() && getppid() == m->keeper)
		keeper_tell(m->keeper, what);
}

static void
be_ready(void)
{
	notify_ready(NOTICE_READY);
}

void
notices_ready(const struct master *m)
{
	tell(m, KEEPER_READY, be_ready);
}

void
notices_reloading(struct master *m)
{
	m->reloading = true;
	if (m->keeper == 0)
		notify_reloading();
}

void
notices_stopping(const struct master *m)
{
	if (m->keeper == 0)
		notify_stopping();
}

int64_t
notices_due(const struct master *m)
{
	return notify_period() == 0 ? CLOCK_NEVER : m->moved + notify_period();
}

void
notices_tend(struct master *m)
{
	if (m->reloading && !m->stopping && is_renewed(m)) {
		m->reloading = false;
		notices_ready(m);
	}
	if (m->now < notices_due(m))
		return;
	m->moved = m->now;
	tell(m, KEEPER_MOVES, notify_moves);
}
