#include "admission.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/hook.h"
#include "base/log.h"
#include "service/conn.h"

enum { TELL_MS = 60000 }; /* between two lines about the same */

void
admission_begin(
    struct admission *a, const struct worker_config *config, int row)
{
	a->told = 0;
	a->proxies = config->service.proxies;
	a->status = config->status;
	addresses_begin(&a->addresses, config->board, row, config->per_address);
}

/* Logs that accept(2) has failed, by errno; not more than once a minute. */
static void
tell(struct admission *a, int64_t now)
{
	if (a->told != 0 && now - a->told < TELL_MS)
		return;
	a->told = now;
	log_warn("clients cannot be accepted, they wait:");
}

/* accept(2) has failed: was it a matter of one client alone, so that the next
 * may be tried? Else *result is what admission_next returns. */
static bool
goes_on(struct admission *a, int64_t now, int *result)
{
	switch (socket_judge(errno)) {
	case SOCKET_GONE:
		return true;
	case SOCKET_NOBODY:
		*result = ADMISSION_NOBODY;
		return false;
	default:
		tell(a, now);
		*result = ADMISSION_FAILED;
		return false;
	}
}

/* Where proxies speak for clients nobody else may come, and it is the clients
 * that are counted: admission_enter. */
static bool
may_come(
    struct admission *a, int listener, const struct peer *peer, int64_t now)
{
	if (a->status >> listener & 1)
		return true;
	if (a->proxies != NULL && !networks_have(a->proxies, peer)) {
		board_add(board_row(a->addresses.board, a->addresses.row),
		    COUNT_REFUSED_PROXY, 1);
		return false;
	}
	if (a->proxies != NULL)
		return true;
	return addresses_enter(&a->addresses, peer, now);
}

bool
admission_enter(struct admission *a, const struct peer *peer, int64_t now)
{
	return addresses_enter(&a->addresses, peer, now);
}

int
admission_next(struct admission *a, int listener, int *tries, struct peer *peer,
    int64_t now)
{
	int fd, result = ADMISSION_NOBODY;

	while (*tries > 0) {
		--*tries;
		fd = socket_accept(FD_LISTEN + listener, peer);
		if (fd < 0) {
			if (goes_on(a, now, &result))
				continue;
			return result;
		}
		HOOK("accepted");
		if (may_come(a, listener, peer, now))
			return fd;
		socket_reset(fd);
		(void)close(fd);
	}
	return ADMISSION_NOBODY;
}

void
admission_leave(struct admission *a, const struct peer *peer)
{
	addresses_leave(&a->addresses, peer);
}

bool
admission_awaited(int listener)
{
	struct pollfd set = {.fd = FD_LISTEN + listener, .events = POLLIN};

	return poll(&set, 1, 0) > 0;
}

bool
admission_is_scarce(int taken, int places)
{
	return taken + places / 8 >= places;
}

int
admission_gives_way(idle_since *idle, const void *of, int places, int64_t now)
{
	int64_t since, before = now - CONN_MOMENT_MS + 1;
	int i, chosen = -1;

	for (i = 0; i < places; i++) {
		since = idle(of, i, before);
		if (since >= before)
			continue;
		before = since;
		chosen = i;
	}
	return chosen;
}
