#include "run.h"

#include "base/log.h"

#include <stdlib.h>

enum {
	/* --stream: messages sent before other clients get their turn. */
	TURN = 16,
	/* Lines about wrong bytes in a run; one per connection, since after
	 * a byte that is missing all others are wrong, too. */
	COMPLAINTS = 10
};

static int
echo_init(struct run *run)
{
	struct pattern *pattern = malloc(sizeof(*pattern));

	if (pattern == NULL)
		return -1;
	pattern_init(pattern, (uint64_t)run->settings->seed);
	run->all.pattern = pattern;
	return 0;
}

static void
echo_prepare(struct run *run, struct load_client *l)
{
	l->random = (uint64_t)run->settings->seed ^ l->client.stream << 20;
}

static uint64_t
pick_size(const struct settings *s, struct load_client *l)
{
	uint64_t span = (uint64_t)(s->size.max - s->size.min) + 1;

	if (span == 1)
		return (uint64_t)s->size.min;
	return (uint64_t)s->size.min + pattern_random(&l->random) % span;
}

/* --stream: messages of any size, as long as the window is not full. One of
 * them at a time is timed, from its first byte sent to its last come back. */
static void
pump(struct run *run, struct load_client *l, int64_t now)
{
	uint64_t window = (uint64_t)run->settings->window;
	struct client *c = &l->client;
	int turn;

	for (turn = 0; turn < TURN && c->sent == c->goal; turn++) {
		if (c->sent - c->received >= window)
			return;
		if (l->mark == 0)
			l->started = now;
		client_say(&run->all, c, pick_size(run->settings, l), now);
		if (l->mark == 0)
			l->mark = c->goal;
	}
}

static void
echo_begin(struct run *run, struct load_client *l, int64_t now)
{
	if (run->settings->stream)
		pump(run, l, now);
	else
		client_say(
		    &run->all, &l->client, pick_size(run->settings, l), now);
}

static void
echo_sent(struct clients *all, struct client *c, int64_t now)
{
	if (run_of(all)->settings->stream)
		pump(run_of(all), load_client_of(c), now);
}

static void
echo_wrong(
    struct clients *all, struct client *c, uint64_t place, unsigned char byte)
{
	struct load_client *l = load_client_of(c);
	unsigned char due;

	if (l->complained || run_of(all)->complaints++ >= COMPLAINTS)
		return;
	l->complained = true;
	pattern_fill(all->pattern, c->stream, place, &due, 1);
	log_warn("client %d: byte %llu of its stream is 0x%02x instead of "
		 "0x%02x",
	    client_number(all, c), (unsigned long long)place, byte, due);
}

static void
echo_echoed(struct clients *all, struct client *c, int64_t now)
{
	struct load_client *l = load_client_of(c);
	struct run *run = run_of(all);

	if (!run->settings->stream || c->state == CLIENT_FINISHING)
		return;
	if (l->mark != 0 && c->received >= l->mark) {
		l->mark = 0;
		run_answered(run, l, now);
	}
	if (!client_pushes(c))
		pump(run, l, now);
}

static void
echo_answered(struct clients *all, struct client *c, int64_t now)
{
	if (run_of(all)->settings->stream)
		return;
	run_answered(run_of(all), load_client_of(c), now);
	run_next(run_of(all), load_client_of(c), now);
}

const struct workload load_echo = {
    .init = echo_init,
    .prepare = echo_prepare,
    .begin = echo_begin,
    .owner = {.opened = run_opened,
	.failed = run_failed,
	.heard = run_heard,
	.answered = echo_answered,
	.ended = run_ended,
	.lost = run_lost,
	.sent = echo_sent,
	.echoed = echo_echoed,
	.wrong = echo_wrong},
};
