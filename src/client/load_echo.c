#include "run.h"

#include "base/clock.h"
#include "base/log.h"
#include "bench/pattern.h"

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
	run->workload_data = pattern;
	return 0;
}

static void
echo_opened(struct run *run, struct client *c)
{
	c->random = (uint64_t)run->settings->seed ^ c->stream << 20;
}

static uint64_t
pick_size(const struct settings *s, struct client *c)
{
	uint64_t span = (uint64_t)(s->size.max - s->size.min) + 1;

	if (span == 1)
		return (uint64_t)s->size.min;
	return (uint64_t)s->size.min + pattern_random(&c->random) % span;
}

/* Sends up to c->goal. False if c is lost or the rest has to wait. */
static bool
push(struct run *run, struct client *c)
{
	size_t len;
	ssize_t n;

	while (c->sent < c->goal) {
		len = c->goal - c->sent < RUN_BUFFER
			  ? (size_t)(c->goal - c->sent)
			  : RUN_BUFFER;
		pattern_fill(
		    run->workload_data, c->stream, c->sent, run->out, len);
		n = link_send(&c->link, run->out, len);
		if (n < 0) {
			client_ended(run, c);
			return false;
		}
		c->sent += (uint64_t)n;
		run->tally.bytes_sent += (uint64_t)n;
		if (n < (ssize_t)len) {
			client_want_write(run, c, true);
			return false;
		}
	}
	client_want_write(run, c, false);
	return true;
}

/* --stream: messages of any size, as long as the window is not full. One of
 * them at a time is timed, from its first byte sent to its last come back. */
static void
pump(struct run *run, struct client *c)
{
	uint64_t window = (uint64_t)run->settings->window;
	int turn;

	for (turn = 0; turn < TURN; turn++) {
		if (c->sent == c->goal) {
			if (c->sent - c->received >= window)
				return;
			c->goal += pick_size(run->settings, c);
			if (c->mark == 0) {
				c->mark = c->goal;
				c->started = clock_ns();
			}
		}
		if (!push(run, c))
			return;
	}
}

static void
echo_begin(struct run *run, struct client *c, int64_t started)
{
	c->started = started;
	if (run->settings->stream) {
		pump(run, c);
		return;
	}
	c->goal += pick_size(run->settings, c);
	push(run, c);
}

static void
echo_writable(struct run *run, struct client *c)
{
	if (run->settings->stream)
		pump(run, c);
	else
		push(run, c);
}

static void
complain(struct run *run, struct client *c, uint64_t first, uint64_t offset)
{
	unsigned char due;

	if (c->complained || run->complaints++ >= COMPLAINTS)
		return;
	c->complained = true;
	pattern_fill(run->workload_data, c->stream, first, &due, 1);
	log_warn("client %d: byte %llu of its stream is 0x%02x instead of "
		 "0x%02x",
	    client_number(run, c), (unsigned long long)first,
	    run->in[first - offset], due);
}

static void
verify(struct run *run, struct client *c, size_t len)
{
	uint64_t first;
	size_t wrong = pattern_check(
	    run->workload_data, c->stream, c->received, run->in, len, &first);

	if (wrong == 0)
		return;
	run->tally.bytes_wrong += wrong;
	complain(run, c, first, c->received);
}

static void
echo_readable(struct run *run, struct client *c)
{
	ssize_t n = link_receive(&c->link, run->in, RUN_BUFFER);
	int64_t now;

	if (n < 0)
		client_ended(run, c);
	if (n <= 0)
		return;
	now = clock_ns();
	if ((uint64_t)n > c->sent - c->received) {
		run->tally.bytes_wrong += (uint64_t)n - (c->sent - c->received);
		client_lose(run, c, LOSS_EXTRA, now);
		return;
	}
	verify(run, c, (size_t)n);
	c->received += (uint64_t)n;
	c->bytes += (uint64_t)n;
	run->tally.bytes += (uint64_t)n;
	run_heard(run, c, now);
	if (c->state == CLIENT_FINISHING)
		return;
	if (!run->settings->stream) {
		if (c->received == c->goal) {
			run_answered(run, c, c->started, now);
			run_next(run, c, now);
		}
		return;
	}
	if (c->mark != 0 && c->received >= c->mark) {
		c->mark = 0;
		run_answered(run, c, c->started, now);
	}
	if (!client_writing(c))
		pump(run, c);
}

static bool
echo_whole(struct run *run, struct client *c, int64_t now)
{
	(void)run;
	(void)now;
	return c->received == c->sent;
}

const struct workload load_echo = {
    .init = echo_init,
    .opened = echo_opened,
    .begin = echo_begin,
    .readable = echo_readable,
    .writable = echo_writable,
    .whole = echo_whole,
};
