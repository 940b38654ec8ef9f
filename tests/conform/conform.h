/*
 * conform.h - the rules of RFC 9110 and RFC 9112 that bind a server of static
 * files, as a table, and how a server is tried by them.
 *
 * A row quotes the sentence that makes the rule, sends something on a
 * connection of its own and says what has to come back. It is written in two
 * small languages: that of words.h for what is sent, and this one for what is
 * expected, in which ", " joins what one answer must be, and " ; " parts the
 * answers to several requests:
 *
 *	200|4xx           the status is one of these; 0 is no answer at all
 *	!304              it is not this one
 *	has NAME          there is such a field
 *	no NAME           there is none
 *	is NAME: VALUE    there is, and it says so
 *	body NAME         the content is that file of the tree
 *	body NAME F-L     ... is its bytes F to L
 *	empty             the content is empty
 *	aged              Last-Modified is not later than Date
 *	parts NAME        it is multipart/byteranges, of that file
 *	prompt            {answer} was not waited for in vain
 *	final             no interim answer came before it
 *	like GET          Content-Length is what GET would have had as content
 *	length without PREFIXES
 *	                  ... what the request without the lines that begin so
 *	                  would have had, sent as a GET
 *	same without PREFIXES: FIELDS
 *	                  the request without the lines that begin so gets
 *	                  these fields too, if it gets any of them, with the
 *	                  same value (a Date with any); "status" is one
 *	other without PREFIXES: FIELDS
 *	                  ... gets them with another value
 *	close             after it the connection is closed
 *	only              and nothing else comes, for half a second
 *
 * Where the last answer says neither "close" nor "only" the connection has to
 * be in step: if the answer announced its end, it ends there; otherwise one
 * more request is answered on it, unless the server closes it.
 */
#ifndef CONFORM_CONFORM_H
#define CONFORM_CONFORM_H

#include <stdbool.h>

#include "answer.h"
#include "bench/dial.h"
#include "exchange.h"
#include "words.h"

struct row {
	const char *rfc;   /* number and section */
	const char *must;  /* the sentence that makes the rule */
	const char *about; /* what is tried */
	const char *send;
	const char *given;  /* else the row does not apply; NULL: it does */
	const char *expect; /* NULL: no more than that */
	const char *nginx;  /* how it differs, and why; NULL: it does not */
};

/* What a request on a fresh connection looks like that closes nothing. */
#define LINE(method, target) method " " target " HTTP/1.1\r\n"
#define REQUEST(method, target, fields) \
	LINE(method, target) "Host: {host}\r\n" fields "\r\n"
#define GET(target, fields) REQUEST("GET", target, fields)
#define HEAD(target, fields) REQUEST("HEAD", target, fields)

struct rows {
	const struct row *row;
	int count;
};

/* The tables, by theme. */
extern const struct rows rows_framing, rows_requests, rows_answers,
    rows_conditions, rows_ranges;
/* Of a server that wants a password, which answers nothing else without one. */
extern const struct rows rows_guarded;

/* A rule that every answer is held to, whichever row it came in. */
struct always {
	const char *rfc;
	const char *must;
	const char *about;
	/* Is it kept? Not asked for an answer that it is not about. */
	bool (*kept)(const struct answer *a);
	bool (*concerns)(const struct answer *a);
	const char *nginx;
};

extern const struct always always_rows[];
extern const int always_count;

struct server {
	struct dial to;
	struct facts facts;
	int patience; /* ms */
};

enum verdict { HELD, MISSED, NOT_ASKED };

/* How it went with one row. */
struct trial {
	const struct row *row;
	const struct server *server;
	struct words words;
	struct exchange x;
	char why[256]; /* of a verdict other than HELD */
};

/* Tries it. The trial lasts until trial_release. */
enum verdict
trial_run(struct trial *t, const struct server *s, const struct row *row);
void trial_release(struct trial *t);

/* Does the answer to the trial fit? Otherwise t->why says why not. */
bool judge(struct trial *t, const char *expect);

/* Is the row about what came? Looks at answers alone, not at what follows. */
bool judge_given(struct trial *t, const char *given);

/* Is the content of the answer multipart/byteranges (RFC 9110 section 14.6) of
 * that file? NULL if so, else what is wrong. */
const char *parts_fault(const struct answer *a, const char *name);

#endif
