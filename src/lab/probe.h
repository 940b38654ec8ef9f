/*
 * probe.h - a crowd of connections that are asked, all at once, one line each.
 *
 * Unlike prefork-client's load this looks at single clients: which was
 * answered and what, which was closed. One thread; waits only in the functions
 * that are given a time.
 */
#ifndef LAB_PROBE_H
#define LAB_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bench/crowd.h"
#include "bench/json.h"

enum { PROBE_TEXT = 128 };

enum probe_state {
	PROBE_OUT, /* no connection */
	PROBE_CONNECTING,
	PROBE_OPEN,
	PROBE_WAITING, /* asked, and not answered yet */
	PROBE_LOST     /* ended by the server */
};

struct probe {
	struct link link;
	enum probe_state state;
	bool answered;	       /* the last question; text is the answer */
	char text[PROBE_TEXT]; /* without its newline */
	size_t len;
	int unasked; /* times that bytes came which no question was for */
};

struct probes {
	const struct dial *dial;
	struct probe *probe;
	int count, capacity;
	struct poller *poller;
	struct crowd crowd;
	int error; /* errno of the last connection that failed */
};

/* Room for so many; limits on descriptors are raised as needed. 0, or -1 with
 * errno: EMFILE if the limit cannot be raised so far. */
int probes_open(struct probes *ps, const struct dial *dial, int capacity);
void probes_close(struct probes *ps);

/* Makes `more` connections, within ms. Returns how many of them stand; those
 * that do not are PROBE_OUT. */
int probes_connect(struct probes *ps, int more, int64_t ms);

/* Sends the text, a line or more, to [from, to), and waits up to ms for a line
 * from each. Returns how many answered. Those that are not PROBE_OPEN are
 * left out. */
int
probes_ask(struct probes *ps, int from, int to, const char *text, int64_t ms);

/* Only sends, or only waits for lines that are due. */
void probes_send(struct probes *ps, int from, int to, const char *text);
int probes_await(struct probes *ps, int from, int to, int64_t ms);

/* How many of [from, to) were ended by the server; looks for news first. */
int probes_lost(struct probes *ps, int from, int to);

/* Closes [from, to). */
void probes_drop(struct probes *ps, int from, int to);

/* Makes a crowd of `wanted` connections, evenly spread over the processes
 * that serve, as far as there are several: many connect, tell what serves them
 * (!pid), and some of each stay. They stand in the order of their servers,
 * whose pids go to pid. 0; or -1, with ps closed. */
int probes_gather(struct probes *ps, const struct dial *dial, int wanted,
    pid_t *pid, int64_t ms);

/* Writes "servers": which of n connections in that order have the same server,
 * as the number of the first of them. */
void probes_tell(struct json *j, const pid_t *server, int n);

/* For callers that do not wait for all: starts to connect one of them, 0 or
 * -1; waits up to ms for news and takes it, returns how much there was. */
int probes_dial(struct probes *ps, int i);
int probes_turn(struct probes *ps, int64_t ms);

#endif
