#include "probe.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

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
	int i;

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
	for (i = 0; i < capacity; i++)
		ps->probe[i].fd = -1;
	return 0;
}

static void
end(struct probes *ps, struct probe *p, enum probe_state state)
{
	if (p->fd >= 0) {
		poller_forget(ps->poller, p->fd);
		(void)close(p->fd);
	}
	p->fd = -1;
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
deal_with(struct probes *ps, struct probe *p)
{
	char bytes[PROBE_TEXT];
	ssize_t n;

	if (p->fd < 0)
		return;
	if (p->state == PROBE_CONNECTING) {
		errno = dial_result(p->fd);
		if (errno != 0) {
			ps->error = errno;
			end(ps, p, PROBE_OUT);
			return;
		}
		p->state = PROBE_OPEN;
		(void)poller_mod(
		    ps->poller, p->fd, POLLIN, (uint64_t)(p - ps->probe));
		return;
	}
	n = recv(p->fd, bytes, sizeof(bytes), 0);
	if (n > 0)
		take(p, bytes, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		end(ps, p, PROBE_LOST);
}

/* Waits for news until then. Returns how many there were. */
static int
turn(struct probes *ps, int64_t until)
{
	struct poller_event events[POLLER_EVENTS];
	int64_t left = until - clock_now();
	int i, n;

	n = poller_wait(
	    ps->poller, events, POLLER_EVENTS, left > 0 ? (int)left : 0);
	for (i = 0; i < n; i++)
		deal_with(ps, &ps->probe[events[i].tag]);
	return n;
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
		for (; ps->count < last && open < AT_A_TIME; open++) {
			p = &ps->probe[ps->count++];
			p->fd = dial_start(ps->dial);
			if (p->fd < 0) {
				ps->error = errno;
				continue;
			}
			p->state = PROBE_CONNECTING;
			(void)poller_add(ps->poller, p->fd, POLLOUT,
			    (uint64_t)(p - ps->probe));
		}
		(void)turn(ps, until);
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
		if (send(p->fd, text, len, MSG_NOSIGNAL) != (ssize_t)len)
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
		(void)turn(ps, until);
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
	while (turn(ps, 0) > 0)
		;
	return count(ps, from, to, PROBE_LOST);
}

int
probes_release(struct probes *ps, int i)
{
	int fd = ps->probe[i].fd;

	if (fd >= 0)
		(void)poller_del(ps->poller, fd);
	ps->probe[i].fd = -1;
	ps->probe[i].state = PROBE_OUT;
	return fd;
}

/* --- gathering --- */

static pid_t
told_pid(const struct probe *p)
{
	if (!p->answered || strncmp(p->text, "pid ", 4) != 0)
		return 0;
	return (pid_t)strtol(p->text + 4, NULL, 10);
}

/* Marks `wanted` of them: in each round one of every server that has one
 * left. Returns how many there were to mark. */
static int
choose(const pid_t *all, int count, int wanted, bool *kept)
{
	int chosen = 0, before, i, k;
	bool *met = calloc((size_t)count, sizeof(*met));

	if (met == NULL)
		return 0;
	do {
		before = chosen;
		memset(met, 0, (size_t)count * sizeof(*met));
		for (i = 0; i < count && chosen < wanted; i++) {
			for (k = 0; k < i && !(met[k] && all[k] == all[i]); k++)
				;
			if (kept[i] || all[i] == 0 || k < i)
				continue;
			met[i] = kept[i] = true;
			chosen++;
		}
	} while (chosen < wanted && chosen > before);
	free(met);
	return chosen;
}

static void
move(struct probes *ps, int from, int to)
{
	struct probe p = ps->probe[from];

	if (from == to)
		return;
	ps->probe[from] = ps->probe[to];
	ps->probe[to] = p;
	(void)poller_mod(ps->poller, p.fd, POLLIN, (uint64_t)to);
	if (ps->probe[from].fd >= 0)
		(void)poller_mod(
		    ps->poller, ps->probe[from].fd, POLLIN, (uint64_t)from);
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
		move(ps, best, i);
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
			move(ps, i, n++);
	probes_drop(ps, wanted, ps->count);
	ps->count = wanted;
	put_in_order(ps, wanted);
	for (i = 0; i < wanted; i++)
		pid[i] = told_pid(&ps->probe[i]);
	return 0;
}
