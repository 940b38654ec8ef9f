/*
 * words.h - what a row sends, with its braces filled in.
 *
 *	{host}       where the server is, as a Host field has it
 *	{etag}       the strong entity tag of small.txt
 *	{weak}       the same as a weak one
 *	{modified}   its date, and {earlier} and {later} by a second,
 *	{rfc850}     and in the two old forms
 *	{asctime}
 *	{past}       a year, in two digits, that is more than 50 ahead of now
 *	             if it is not behind
 *	{nul}        the byte of that name
 *	{100*text}   the text so many times
 *	{pause}      here a moment passes
 *	{answer}     nothing more is sent before an answer, interim ones
 *	             included, has come
 *	{end}        here our side of the connection is closed
 *
 * In {100*text} the text ends at the first '}'.
 */
#ifndef CONFORM_WORDS_H
#define CONFORM_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "stamp.h"

/* What is known of the server, from what it said of small.txt. */
struct facts {
	char host[80];
	char etag[200];	  /* as it was sent; empty: it sends none */
	int64_t modified; /* -1: it sends none */
	int64_t now;
};

enum stop { STOP_PAUSE, STOP_ANSWER, STOP_END };

enum { WORDS_STOPS = 8 };

struct words {
	char *data;
	size_t len, room; /* of data: used, and taken */
	int stops;
	struct {
		size_t at;
		enum stop stop;
	} stop[WORDS_STOPS];
	const char *lacking; /* what the server does not send; else NULL */
};

/* Fills it in; to be released. -1 without memory or with a brace that nobody
 * knows. */
int words_fill(struct words *w, const char *pattern, const struct facts *f);
void words_release(struct words *w);

#endif
