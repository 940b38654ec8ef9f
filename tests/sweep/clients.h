/*
 * clients.h - the clients of a server that is not to let them notice what
 * happens to its processes.
 */
#ifndef TESTS_SWEEP_CLIENTS_H
#define TESTS_SWEEP_CLIENTS_H

#include <stdbool.h>

#include "talk.h"

struct clients {
	const struct partner *with;
	struct talk bystander; /* is there, and says a line now and then */
	struct talk download;  /* in the middle of a file; or it is not there */
	struct talk want;      /* what it is to get */
};

/* Of a new server: the bystander comes. False: nobody serves. */
bool clients_begin(struct clients *c, const struct partner *with);

/* The one with the file comes, and gets some of it. */
void clients_download(struct clients *c);

/* The same gets the rest, if it is there, and goes. NULL; or what was wrong,
 * valid until the next call. */
const char *clients_finish(struct clients *c);

/* Do both go on, and is a new one served? NULL; or what was wrong, as above. */
const char *clients_check(struct clients *c);

/* Both go. */
void clients_leave(struct clients *c);

/* They have gone for good. */
void clients_release(struct clients *c);

#endif
