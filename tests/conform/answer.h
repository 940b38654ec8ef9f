/*
 * answer.h - a response as it stands in the bytes that came, read strictly.
 *
 * Pure, and independent of what the server is made of: it is the server's
 * judge. What breaks the grammar is noted as a fault and, where that can be
 * done, read on, so that each fault is told by the row that it belongs to.
 */
#ifndef CONFORM_ANSWER_H
#define CONFORM_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes somewhere in what was received; they last as long as that does. */
struct text {
	const char *at; /* NULL: not there */
	size_t len;
};

enum {
	FAULT_LINE = 1 << 0,   /* the status line is none */
	FAULT_SPACE = 1 << 1,  /* no space behind the status code */
	FAULT_FIELD = 1 << 2,  /* a line that is no field line */
	FAULT_CR = 1 << 3,     /* a CR without its LF */
	FAULT_FOLD = 1 << 4,   /* a line that goes on in the next */
	FAULT_LENGTH = 1 << 5, /* a Content-Length that is none */
	FAULT_CHUNK = 1 << 6,  /* chunks that are none */
	FAULT_SHORT = 1 << 7   /* it ended before its content did */
};

enum { ANSWER_FIELDS = 64 };

struct answer {
	int status; /* 0: there is none */
	int major, minor;
	unsigned faults;
	int fields;
	struct field {
		struct text name, value;
	} field[ANSWER_FIELDS];
	struct text head, content; /* the content without its framing */
	bool to_head;		   /* answers a HEAD */
	bool to_old;		   /* answers a request of HTTP/1.0 */
	bool until_end;		   /* only the end of the connection ends it */
	size_t used;		   /* bytes, its framing included */
};

enum answer_state { ANSWER_MORE, ANSWER_DONE, ANSWER_BAD };

/* Reads the answer that data begins with; `end`: no more bytes will come.
 * to_head and to_old are set before; on ANSWER_DONE all is filled in, and
 * chunks have been put together where they lie. */
enum answer_state
answer_read(struct answer *a, char *data, size_t len, bool end);

/* The value of the first field of the name; NULL if there is none. */
struct text answer_field(const struct answer *a, const char *name);

/* Does the connection end with this answer, by its own word or because the
 * request was of HTTP/1.0? */
bool answer_closes(const struct answer *a);

/* Is it the string, whatever the case? */
bool text_is(struct text t, const char *string);

/* Is the token one of the list's elements? */
bool text_lists(struct text t, const char *token);

/* The next element of a comma-separated list, without its white space, which
 * may be empty. *rest is moved behind it. False at the end. */
bool text_next(struct text *rest, struct text *element);

/* A number of decimal digits and nothing else; -1 otherwise. */
int64_t text_number(struct text t);

bool byte_is_token(char c);

#endif
