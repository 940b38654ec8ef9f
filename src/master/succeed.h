/*
 * succeed.h - a program that is begun in the place of another. For src/master
 * alone.
 */
#ifndef MASTER_SUCCEED_H
#define MASTER_SUCCEED_H

#include "master/master.h"

/* Begins the program at FD_OTHER, to be that. A master or a keeper that does
 * not come as far as master_go_on() is killed after a while. Returns with errno
 * if it cannot be begun: nothing has changed then. */
void succeed(const struct successor *s);

/* The kernel ends this process in so many seconds; 0: not any more. */
void succeed_watch(unsigned seconds);

/* Begins the program at FD_OTHER as a user would, but with this server's
 * listeners; as soon as it is ready it ends the master that is there. Returns
 * with errno if it cannot be begun. */
void succeed_afresh(const struct master_config *config, pid_t master);

/* The same to test the arguments. */
void succeed_test(const struct master_config *config);

#endif
