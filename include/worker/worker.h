/*
 * worker.h - the bodies of the master's children, one for each model.
 *
 * A body is called in a new child process and returns its exit status. It finds
 * its descriptors at fixed numbers. It says that it serves by a message on
 * FD_READY, and leaves at end-of-file on FD_LIFELINE, for then keeper and
 * master are gone. Its signals:
 *
 *   SIGTERM          finish what was begun, then leave
 *   SIGINT, SIGQUIT  leave at once
 *   SIGHUP           make a standby and make way for it
 *   SIGUSR1          open the logs again
 *   SIGUSR2          look at board_orders: make another standby; stay after
 *                    all, if SIGTERM came before; as a standby, take over
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "worker/config.h"
#include "worker/renew.h"

/* row: the first of this child's rows of the scoreboard. */
typedef int worker_body(const struct worker_config *config, int row);

/* prefork: one executor that serves many clients, and its standby. */
worker_body worker_main;

/* What worker_main is in a program that goes on. */
int
worker_go_on(const struct worker_config *config, const struct renewal *renewal);

/* prethread: board_master()->rows such executors, each a thread. */
worker_body worker_threads;

/* fork, thread: a process or thread for each client. */
worker_body worker_fork_per_client;
worker_body worker_thread_per_client;

#endif
