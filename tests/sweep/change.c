#include "change.h"

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "stepper.h"

enum { GAP_BITS = 14 };

static const struct act line = {
    "line", .doing = SEND, .bytes = 8, .text = "is here\n"};

/* Some of all lengths, and in each run the same. */
static long
gap_of(int call, int point)
{
	uint64_t x = hash_number((uint64_t)call, (uint64_t)point);

	return point == 0 ? 0 : (long)(x >> 8 & ((1U << (x % GAP_BITS)) - 1));
}

/* Kills the worker, and the standby at that point of its takeover. 1; 0: it was
 * over before; -1 with errno. */
static int
kill_both(struct host *h, int call, long gap, int *made, pid_t *victim)
{
	int there;

	*victim = host_member(h, "prefork-standby");
	if (*victim == 0 || stepper_seize(*victim) != 0)
		return -1;
	(void)kill(h->worker, SIGKILL);
	there = stepper_follow(*victim, call, gap, made);
	if (there > 0)
		stepper_kill(*victim);
	else
		stepper_detach(*victim);
	return there;
}

static bool
is_well(struct host *h, struct talk *client)
{
	client->len = 0;
	talk_act(client, &line, &h->partner);
	talk_await(client, &line);
	return client->ending == ENDS_OPEN && client->len == line.bytes &&
	       memcmp(client->bytes, line.text, client->len) == 0;
}

static void
tell(int call, long gap, const char *what)
{
	(void)printf("takeover: killed %ld instructions after call %d: %s\n",
	    gap, call, what);
}

/* 0; -1 with errno. */
static int
try_point(
    struct change *c, struct host *h, struct talk *client, int call, int point)
{
	const long gap = gap_of(call, point);
	pid_t victim;
	int made, there = kill_both(h, call, gap, &made, &victim);

	if (there < 0)
		return -1;
	if (there == 0)
		victim = 0;
	c->kills += there;
	c->missed += !there;
	if (!host_outlived(h, victim))
		tell(call, gap, h->last);
	else if (!is_well(h, client))
		tell(call, gap, "the client has noticed");
	else
		c->equal += there;
	return 0;
}

int
change_sweep(struct change *c, struct host *h, struct talk *client,
    struct stride *stride)
{
	pid_t victim;
	int call, point;

	memset(c, 0, sizeof(*c));
	if (kill_both(h, INT_MAX, 0, &c->calls, &victim) != 0)
		return -1;
	if (!host_outlived(h, 0) || !is_well(h, client))
		tell(0, 0, h->last);
	for (call = 1; call <= c->calls; call++)
		for (point = 0; point < CHANGE_POINTS; point++) {
			c->points++;
			if (!stride_due(stride))
				continue;
			if (try_point(c, h, client, call, point) != 0)
				return -1;
		}
	return 0;
}
