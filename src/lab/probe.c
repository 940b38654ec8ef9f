#include "probe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "os/poller.h"
#include "os/process.h"

enum {
	SPARE = 64,	/* descriptors that are no probes */
	AT_A_TIME = 128 /* connecting: a listener's queue is finite */
};

int
probes_open(struct probes *ps, const struct dial *dial, int capacity)
{
	memset(ps, 0, sizeof(*ps));
	if (process_raise_descriptors(capacity + SPARE) < capacity + SPARE) {
		errno = EMFILE;
		return -1;
	}
	ps->dial = dial;
	ps->capacity = capacity;
	ps->probe = calloc((size_t)capacity, sizeof(*ps->probe));
	ps->poller = poller_new(NULL, capacity + SPARE);
	if (ps->probe == NULL || ps->poller == NULL) {
		probes_close(ps);
		errno = ENOMEM;
		return -1;
	}
	crowd_init(
	    &ps->crowd, ps->poller, ps->probe, sizeof(*ps->probe), capacity);
	return 0;
}

static void
end(struct probes *ps, struct probe *p, enum probe_state state)
{
	crowd_hang_up(&ps->crowd, &p->link);
	p->state = state;
}

void
probes_drop(struct probes *ps, int from, int to)
{
	for (; from < to; from++)
		end(ps, &ps->probe[from], PROBE_OUT);
}

void
probes_close(struct probes *ps)
{
	if (ps->probe != NULL)
		probes_drop(ps, 0, ps->count);
	free(ps->probe);
	if (ps->poller != NULL)
		poller_free(ps->poller);
	memset(ps, 0, sizeof(*ps));
}

static void
take(struct probe *p, const char *bytes, size_t len)
{
	const char *newline = memchr(bytes, '\n', len);
	size_t n = newline != NULL ? (size_t)(newline - bytes) : len;

	if (p->state != PROBE_WAITING || (newline != NULL && n + 1 < len))
		p->unasked++;
	if (n > sizeof(p->text) - 1 - p->len)
		n = sizeof(p->text) - 1 - p->len;
	memcpy(p->text + p->len, bytes, n);
	p->len += n;
	p->text[p->len] = '\0';
	if (newline != NULL && p->state == PROBE_WAITING) {
		p->answered = true;
		p->state = PROBE_OPEN;
	}
}

static void
deal_with(struct probes *ps, const struct poller_event *event)
{
	struct probe *p = crowd_client(&ps->crowd, event->tag);
	char bytes[PROBE_TEXT];
	ssize_t n;

	switch (crowd_event(&ps->crowd, event)) {
	case CROWD_NOTHING:
		return;
	case CROWD_UNCONNECTED:
		ps->error = errno;
		p->state = PROBE_OUT;
		return;
	case CROWD_CONNECTED:
		p->state = PROBE_OPEN;
		return;
	case CROWD_READY:
		break;
	}
	n = link_receive(&p->link, bytes, sizeof(bytes));
	if (n > 0)
		take(p, bytes, (size_t)n);
	else if (n < 0)
		end(ps, p, PROBE_LOST);
}

int
probes_turn(struct probes *ps, int64_t ms)
{
	struct poller_event events[POLLER_EVENTS];
	int i, n;

	n = poller_wait(
	    ps->poller, events, POLLER_EVENTS, ms > 0 ? (int)ms : 0);
	for (i = 0; i < n; i++)
		deal_with(ps, &events[i]);
	return n;
}

int
probes_dial(struct probes *ps, int i)
{
	struct probe *p = &ps->probe[i];

	p->len = 0;
	p->answered = false;
	p->state = PROBE_OUT;
	if (crowd_dial(&ps->crowd, &p->link, ps->dial) != 0) {
		ps->error = errno;
		return -1;
	}
	p->state = PROBE_CONNECTING;
	return 0;
}

static int
count(const struct probes *ps, int from, int to, enum probe_state state)
{
	int n = 0;

	for (; from < to; from++)
		n += ps->probe[from].state == state;
	return n;
}

int
probes_connect(struct probes *ps, int more, int64_t ms)
{
	int64_t until = clock_now() + ms;
	int first = ps->count, last = first + more;
	struct probe *p;

	if (last > ps->capacity)
		last = ps->capacity;
	while (clock_now() < until) {
		int open = count(ps, first, ps->count, PROBE_CONNECTING);

		if (ps->count == last && open == 0)
			break;
		for (; ps->count < last && open < AT_A_TIME; open++)
			(void)probes_dial(ps, ps->count++);
		(void)probes_turn(ps, until - clock_now());
	}
	for (p = ps->probe + first; p < ps->probe + last; p++)
		if (p->state == PROBE_CONNECTING)
			end(ps, p, PROBE_OUT);
	return count(ps, first, last, PROBE_OPEN);
}

void
probes_send(struct probes *ps, int from, int to, const char *text)
{
	size_t len = strlen(text);
	struct probe *p;

	for (; from < to; from++) {
		p = &ps->probe[from];
		if (p->state != PROBE_OPEN)
			continue;
		p->answered = false;
		p->len = 0;
		/* A few bytes on an idle connection: there is room. */
		if (link_send(&p->link, text, len) != (ssize_t)len)
			end(ps, p, PROBE_LOST);
		else if (strchr(text, '\n') != NULL)
			p->state = PROBE_WAITING;
	}
}

int
probes_await(struct probes *ps, int from, int to, int64_t ms)
{
	int64_t until = clock_now() + ms;
	int i, n = 0;

	while (count(ps, from, to, PROBE_WAITING) > 0 && clock_now() < until)
		(void)probes_turn(ps, until - clock_now());
	for (i = from; i < to; i++)
		n += ps->probe[i].answered;
	return n;
}

int
probes_ask(struct probes *ps, int from, int to, const char *text, int64_t ms)
{
	int i;

	for (i = from; i < to; i++)
		ps->probe[i].answered = false;
	probes_send(ps, from, to, text);
	return probes_await(ps, from, to, ms);
}

int
probes_lost(struct probes *ps, int from, int to)
{
	while (probes_turn(ps, 0) > 0)
		;
	return count(ps, from, to, PROBE_LOST);
}

/* --- gathering --- */

static pid_t
told_pid(const struct probe *p)
{
	if (!p->answered || strncmp(p->text, "pid ", 4) != 0)
		return 0;
	return (pid_t)strtol(p->text + 4, NULL, 10);
}

/* How many before it have the same server. */
static int
rank_of(const pid_t *all, int i)
{
	int k, rank = 0;

	for (k = 0; k < i; k++)
		rank += all[k] == all[i];
	return rank;
}

/* Marks `wanted` of them: in each round one of every server that has one
 * left. Returns how many there were to mark. */
static int
choose(const pid_t *all, int count, int wanted, bool *kept)
{
	int chosen = 0, rank, i;

	for (rank = 0; rank < count; rank++)
		for (i = 0; i < count && chosen < wanted; i++)
			if (all[i] != 0 && rank_of(all, i) == rank) {
				kept[i] = true;
				chosen++;
			}
	return chosen;
}

/* The kept ones to the front, in the order of their servers. */
static void
put_in_order(struct probes *ps, int wanted)
{
	int i, k, best;

	for (i = 0; i < wanted; i++) {
		best = i;
		for (k = i + 1; k < wanted; k++)
			if (told_pid(&ps->probe[k]) <
			    told_pid(&ps->probe[best]))
				best = k;
		crowd_swap(&ps->crowd, best, i);
	}
}

int
probes_gather(struct probes *ps, const struct dial *dial, int wanted,
    pid_t *pid, int64_t ms)
{
	enum { FOLD = 4, MOST = 256 };
	int many = FOLD * wanted, i, n = 0;
	bool kept[MOST] = {false};
	pid_t all[MOST];

	if (many > MOST || probes_open(ps, dial, many) != 0)
		return -1;
	(void)probes_connect(ps, many, ms);
	(void)probes_ask(ps, 0, ps->count, "!pid\n", ms);
	for (i = 0; i < ps->count; i++)
		all[i] = told_pid(&ps->probe[i]);
	if (choose(all, ps->count, wanted, kept) < wanted) {
		probes_close(ps);
		return -1;
	}
	for (i = 0; i < ps->count; i++)
		if (kept[i])
			crowd_swap(&ps->crowd, i, n++);
	probes_drop(ps, wanted, ps->count);
	ps->count = wanted;
	put_in_order(ps, wanted);
	for (i = 0; i < wanted; i++)
		pid[i] = told_pid(&ps->probe[i]);
	return 0;
}

void
probes_tell(struct json *j, const pid_t *server, int n)
{
	int i, first = 0;

	json_begin(j, "servers", '[');
	for (i = 0; i < n; i++) {
		if (server[i] != server[first])
			first = i;
		json_count(j, NULL, first);
	}
	json_end(j, ']');
}
