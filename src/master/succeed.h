/*
 * succeed.h - a program that is begun in the place of another. For src/master
 * alone.
 */
#ifndef MASTER_SUCCEED_H
#define MASTER_SUCCEED_H

#include "master/master.h"

enum { SUCCEED_S = 5 }; /* for a program to come to master_go_on() */

/* Begins the program at FD_OTHER, which is to be what s says. If it is to be a
 * master or a keeper and does not come as far as master_go_on(), it is killed
 * after a while. Returns with errno if it cannot be begun: nothing has changed
 * then. */
void succeed(const struct successor *s);

/* The kernel kills this process in so many seconds; 0: it does not, after all.
 */
void succeed_watch(unsigned seconds);

/* Begins the program at FD_OTHER as a user would, but with this server's
 * listeners. As soon as it is ready it tells that master to end. Returns with
 * errno if it cannot be begun. */
void succeed_afresh(const struct master_config *config, pid_t master);

/* Begins it as a user would to test the arguments. */
void succeed_test(const struct master_config *config);

#endif
