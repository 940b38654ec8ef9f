/*
 * takeover.h - what the tests of takeovers have in common: a server of one
 * worker and its standby, over a directory with a small file and a big one.
 */
#ifndef TESTS_TAKEOVER_H
#define TESTS_TAKEOVER_H

#include <check.h>

#include "server.h"
#include "tree.h"

enum { FILE_BYTES = 8 << 20 };

extern struct server server;
extern struct tree tree; /* "small" and "big", of so many bytes */

/* A case with that tree; NULL where nothing is ever taken over. */
TCase *takeover_case(Suite *suite, const char *name);

void begin(void);

/* Kills the one worker and waits until its standby has taken over, with so
 * many clients. */
void kill_worker(int clients);

#endif
