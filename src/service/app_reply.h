/*
 * app_reply.h - what a handler says, before it is an answer. For src/service
 * alone.
 */
#ifndef SERVICE_APP_REPLY_H
#define SERVICE_APP_REPLY_H

#include <stdarg.h>
#include <stdbool.h>

#include "http/out.h"
#include "http/path.h"
#include "reply.h"

enum {
	APP_TYPE = 256,
	APP_FIELDS = 8192,
	APP_STAGE = 32768 /* a body up to here needs no file */
};

struct pf_reply {
	int status;
	const char *why;     /* it cannot be made; NULL: it can */
	char type[APP_TYPE]; /* "": not said */
	struct out fields;   /* in field */
	struct out stage;    /* in bytes: what is not yet in the file */
	int file;	     /* what was too long for that; -1: none */
	int64_t length;	     /* bytes of it */
	bool is_file;	     /* pf_file, of name */
	bool streams;	     /* app_reply_stream */
	char name[PATH_BYTES];
	char field[APP_FIELDS];
	char bytes[APP_STAGE];
};

/* Empty, with no file. */
void app_reply_init(struct pf_reply *a);

/* Makes p the reply that the handler wants. The texts of p stay in a. */
void app_reply_end(struct pf_reply *a, struct reply *p, const struct asked *q);

/* An answer of that type whose head is all that is said now. */
void app_reply_stream(struct pf_reply *a, const char *type);

/* The reply cannot be made, and why: constant text. Only the first call
 * counts. */
void app_reply_fail(struct pf_reply *a, const char *why);

/* Sets the Content-Type, if the handler has set none. It is not checked: type
 * is a constant of this program. */
void app_reply_default(struct pf_reply *a, const char *type);

#endif
