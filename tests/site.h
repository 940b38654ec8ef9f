/*
 * site.h - what the tests of static files have in common: a server of a small
 * directory, and its last answer.
 */
#ifndef TESTS_SITE_H
#define TESTS_SITE_H

#include <stdbool.h>

#include "peer.h"
#include "server.h"
#include "tree.h"

enum { BIG = 1 << 20 };

extern struct server server;
extern struct tree tree; /* what is served is its root/ */
extern struct response r;

void make_root(void);

/* Starts the server in a cell, with these options. */
#define begin_with(cell, ...)                                 \
	do {                                                  \
		make_root();                                  \
		server_run_in(&server, cell, "-w", "1", "-r", \
		    tree_path(&tree, "root"), __VA_ARGS__);   \
	} while (0)
#define begin(cell) begin_with(cell, NULL)

void end(void);

/* The answer to a request on a connection of its own. */
void ask(const char *method, const char *path, const char *fields);

/* Has the answer the field, with this value? */
bool field_is(const char *name, const char *value);

#endif
