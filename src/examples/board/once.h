/*
 * once.h - what was asked for is done once, however often it is asked.
 *
 * A change has a name: that which a form was made with, the client's
 * Idempotency-Key, or else what pf_id() says, which stays the same when a
 * handler is run again because its worker was killed. The name is kept in the
 * transaction of the change. So if it is found all of the change was done, and
 * else nothing was.
 */
#ifndef BOARD_ONCE_H
#define BOARD_ONCE_H

#include <stddef.h>
#include <stdint.h>

#include "sha256.h"
#include "store.h"

struct once {
	char name[SHA256_HEX];
	char print[SHA256_HEX]; /* of what is asked for */
};

/* Names a change by what makes it one: whose, of what kind, and the name. */
void once_name(struct once *o, const char *const texts[], size_t count);

/* Says what is asked for. */
void once_print(struct once *o, const char *const texts[], size_t count);

enum known {
	NEW,
	DONE, /* with that result */
	OTHER /* the name was given to something else */
};
enum known once_look(struct store *s, const struct once *o, int64_t *result);

/* It is done, if the transaction is committed. */
void
once_keep(struct store *s, const struct once *o, int64_t result, int64_t now);

#endif
