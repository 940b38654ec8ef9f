/*
 * good.h - a server of a directory that is full of traps, and a good client:
 * one that does nothing wrong and is to be served as before, whatever others
 * do, on the connection that it has had all along.
 */
#ifndef TESTS_GOOD_H
#define TESTS_GOOD_H

#include "peer.h"
#include "server.h"
#include "tree.h"

enum { BIG = 8 << 20 };

extern struct server server;
extern struct tree tree; /* what is served is its root/ */
extern struct response r;
extern int good; /* the client */

/* Beside root/ stands what nobody may see. */
void make_root(void);

/* Runs it with more arguments, or NULL; as someone to whom permissions mean
 * something, if that can be. */
void begin(int cell, const char *option, const char *value);

void serve_the_good(const char *after);
void end(void);

#endif
