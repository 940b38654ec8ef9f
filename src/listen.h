/*
 * listen.h - the listeners of a server that starts: those that were handed
 * over, those that the options ask for, and their descriptors' numbers. For
 * start.c alone. Whatever fails here dies with the cause.
 */
#ifndef LISTEN_H
#define LISTEN_H

#include <stdbool.h>
#include <sys/types.h>

#include "options.h"
#include "os/listener.h"

/* Takes what a supervisor hands over: listeners, which are put at FD_LISTEN and
 * behind it, and the descriptor of --notification-fd. Everything else that was
 * inherited beyond the standard streams is closed, and the numbers below
 * FD_CLIENTS are reserved. Returns the master that this server replaces, which
 * has handed over all its listeners; 0: none. */
pid_t listen_inherit(struct listeners *l, const struct options *o);

/* Opens the listeners for clients and those for the status, unless all are
 * there already. Their files are removed when this process exits. */
void
listen_open(struct listeners *l, const struct options *o, bool all_are_there);

/* When all is bound: becomes the user that was asked for. Root serves this
 * machine alone, unless told to become another user. */
void listen_drop_rights(const struct listeners *l, const struct options *o);

#endif
