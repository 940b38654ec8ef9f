/*
 * succeed.h - a program that is begun in the place of another, as its master or
 * keeper, or to be tried.
 */
#ifndef MASTER_SUCCEED_H
#define MASTER_SUCCEED_H

#include <stdint.h>
#include <sys/types.h>

#include "master/config.h"

/* In the environment of a program that begins afresh: the pid of
 * master_config.replaces. */
#define MASTER_REPLACES "PREFORK_REPLACES"

/* What a program is to be that was begun in the place of another. */
enum role { ROLE_NONE, ROLE_TRIAL, ROLE_MASTER, ROLE_KEEPER };

struct successor {
	enum role role;
	int program;	   /* as in struct worker_config */
	pid_t other;	   /* of a master its keeper, of a keeper its master; 0:
			    * none */
	uint64_t messages; /* that the keeper has sent */
	unsigned orders;   /* that it has yet to pass on: bit i is
			    * master_signals[i] */
};

/* Do the arguments say that this program goes on as a master or a keeper, or
 * that it is tried? Then *s is what they say. ROLE_NONE: they do not. */
enum role successor_parse(int argc, char *const argv[], struct successor *s);

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
