/*
 * exchange.h - a connection on which words are sent and answers read.
 *
 * Blocks, but not for longer than the patience that is asked of it.
 */
#ifndef CONFORM_EXCHANGE_H
#define CONFORM_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>

#include "answer.h"
#include "bench/dial.h"
#include "words.h"

enum { EXCHANGE_ANSWERS = 8, EXCHANGE_INTERIMS = 4 };

struct exchange {
	int fd;
	int patience;	 /* ms */
	bool to_head;	 /* the first request is a HEAD */
	bool to_old;	 /* ... is of HTTP/1.0 */
	bool ended;	 /* the server has closed its side */
	bool unanswered; /* {answer} waited in vain */
	int answers, interims;
	struct answer answer[EXCHANGE_ANSWERS];
	struct answer interim[EXCHANGE_INTERIMS]; /* of the status 1xx */
	bool garbage; /* what came next is no answer; read_at says where */
	char *in;
	size_t in_len, in_cap, read_at;
};

/* Connects. 0, or -1 with errno. */
int exchange_open(struct exchange *x, const struct dial *to, int patience);

/* Sends the words, and reads what comes meanwhile. A server that does not
 * take them all is no fault of itself. */
void exchange_send(struct exchange *x, const struct words *w);

/* Reads until there are so many final answers. False if there are fewer when
 * the connection ends or patience does. */
bool exchange_read(struct exchange *x, int answers);

/* Waits for the end of the connection. False if bytes come instead, or were
 * there already, or if patience ends. */
bool exchange_ends(struct exchange *x);

/* Does nothing more come within so many ms? */
bool exchange_silent(struct exchange *x, int ms);

void exchange_close(struct exchange *x);

#endif
