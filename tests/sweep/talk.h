/*
 * talk.h - a conversation with a server, written down.
 *
 * It is a list of acts, ended by one without a name. Each is done by the
 * client, and known to be over by what the server is to answer to it. The
 * transcript is every byte that came, and how the connection ended.
 */
#ifndef TESTS_SWEEP_TALK_H
#define TESTS_SWEEP_TALK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum doing {
	OPEN,
	OPEN_NARROW, /* with a small buffer to receive into */
	OPEN_PIPE,   /* and the writing end of the FIFO as well */
	SEND,
	READ,	/* takes what the server has had to keep for us */
	FINISH, /* our side only */
	CLOSE,
	CLOSE_PIPE
};

struct act {
	const char *name;
	enum doing doing;
	const char *text; /* SEND */
	size_t bytes;	  /* READ: so many; else so many that come back */
	int answers;	  /* HTTP answers that come back */
	bool end;	  /* ... and then the end of the connection */
	bool soon;	  /* the next act counts only if done within HELD_MS */
};

/* What has not come by then never comes. */
enum { PATIENCE_MS = 10000 };

/* As long is an unfinished `exit` held back. */
enum { HELD_MS = 200 };

enum ending { ENDS_OPEN, ENDS_EOF, ENDS_RESET, ENDS_NEVER };

/* Whom to talk with. */
struct partner {
	in_port_t port;
	char fifo[128]; /* the path of one that it can open, too */
};

struct talk {
	int fd;
	int pipe;	    /* the writing end of the FIFO, -1: none */
	enum ending ending; /* ENDS_NEVER: something due did not come */
	char *bytes;
	size_t len, cap;
	size_t mark;	 /* where the answer to the last act begins */
	int64_t held;	 /* clock_now() of an act that is `soon`, 0: none */
	int64_t longest; /* ms from such an act to the end of the next */
};

void talk_begin(struct talk *t);
void talk_release(struct talk *t);

/* Does the client's part of an act. */
void
talk_act(struct talk *t, const struct act *act, const struct partner *with);

/* Is the act over, or will it never be? Reads what is there, and if the act
 * wants more waits so many ms for more to come. */
bool talk_is_over(struct talk *t, const struct act *act, int ms);

/* Waits for the end of the act, for so long as may be. */
void talk_await(struct talk *t, const struct act *act);

/* Blanks what may differ: the date. */
void talk_blank(struct talk *t);

bool talk_same(const struct talk *a, const struct talk *b);

/* Where two transcripts part, in words. Valid until the next call. */
const char *talk_difference(const struct talk *want, const struct talk *got);

#endif
