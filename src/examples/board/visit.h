/*
 * visit.h - one request on its way through the board: what is asked, what is
 * answered, by whom, and the store. Every handler is called through visit_run.
 */
#ifndef BOARD_VISIT_H
#define BOARD_VISIT_H

#include <stdbool.h>
#include <stdint.h>

#include <prefork/service.h>

#include "once.h"
#include "posts.h"
#include "users.h"

enum door { PAGES, API };

struct visit {
	const struct pf_request *q;
	struct pf_reply *a;
	struct store *store;
	enum door door;
	int64_t now; /* seconds since the epoch */
	/* Of the cookie, or of Authorization; "": none that could be one. */
	char token[TOKEN_BYTES];
	struct user user; /* whose session that is */
	struct post post; /* the one that is spoken of */
};

/* Runs a handler. What fails in the store on the way is answered with 503. */
void visit_run(const struct pf_request *q, struct pf_reply *a, enum door door,
    void (*handler)(struct visit *v));

/* Reads the post of the path into v->post: false, there is none. */
bool visit_post(struct visit *v);

/* A new token; false: the answer is 503. */
bool visit_token(struct visit *v, char token[TOKEN_BYTES]);

/* Begins a session of the user, once for this request, and stores its token in
 * v->token. */
bool visit_log_in(struct visit *v, const struct user *user);

/* Makes a user, once for this request: nobody, if the name is taken. */
void visit_register(
    struct visit *v, const char *name, const char *password, struct user *user);

/* "2026-11-26T19:50:00Z" (RFC 3339). */
enum { TIME_BYTES = 32 };
void visit_time(char text[TIME_BYTES], int64_t time);

#endif
