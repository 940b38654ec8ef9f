#include "os/ready.h"

#include <errno.h>
#include <stdatomic.h>
#include <time.h>

#include "base/log.h"

enum { PAUSE_MS = 20 };

/* By any thread of this process. */
static atomic_bool told;

void
ready_pause(int ms)
{
	const struct timespec ts = {ms / 1000, ms % 1000 * 1000000L};

	(void)nanosleep(&ts, NULL);
}

int
ready_wait(struct pollfd *set, int n, int timeout)
{
	int i, ready = poll(set, (nfds_t)n, timeout);

	if (ready >= 0)
		return ready;
	if (errno == EINTR) {
		for (i = 0; i < n; i++)
			set[i].revents = 0;
		return 0;
	}
	if (!atomic_exchange(&told, true))
		log_warn(
		    "poll fails, descriptors are tried every %d ms:", PAUSE_MS);
	ready_pause(timeout >= 0 && timeout < PAUSE_MS ? timeout : PAUSE_MS);
	for (i = ready = 0; i < n; i++) {
		set[i].revents = set[i].fd >= 0 ? set[i].events : 0;
		ready += set[i].revents != 0;
	}
	return ready;
}
