/*
 * family.h - the processes of a server, seen from outside: through /proc.
 * Tests that need it are left out where proc_visible() (bench/proc.h) says no.
 */
#ifndef TESTS_FAMILY_H
#define TESTS_FAMILY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server.h"

/* The living children of a process, in ascending order, standbys left out.
 * Returns how many there are; pids holds no more than max. */
int children_of(pid_t parent, pid_t *pids, int max);

/* The master of a server. With a keeper, whose pid is server.pid, it is a child
 * of that one: waits until there is one that is not `but`. */
#define server_await_master(s, but) server_await_master_at(HERE, s, but)
pid_t server_await_master_at(struct place at, struct server *s, pid_t but);
#define server_master(s) server_await_master(s, 0)

/* The executors that the master keeps. */
int server_workers(const struct server *s, pid_t *pids, int max);

/* Waits until there are n, without a pause that would be a guess: it looks
 * again whenever the server has said something, and ten times a second. */
#define server_await_workers(s, pids, n) \
	server_await_workers_at(HERE, s, pids, n)
void
server_await_workers_at(struct place at, struct server *s, pid_t *pids, int n);

/* The one child of the master with that title (title.h); 0 if there is none,
 * -1 if there are several. */
pid_t server_member(const struct server *s, const char *title);

/* Waits for the one with the title "prefork: WHAT SLOT": who has just been made
 * still bears its maker's. */
#define server_await_member(s, what, slot) \
	server_await_member_at(HERE, s, what, slot)
pid_t server_await_member_at(
    struct place at, struct server *s, const char *what, int slot);

/* The number of its scheduling policy (sched(7)). */
int process_policy(pid_t pid);

/* Open descriptors of a process, and how many of them are sockets; -1 if it
 * is gone. */
int server_descriptors(pid_t pid);
int server_sockets(pid_t pid);

/* The bytes that its open files without a name take, each counted once. */
int64_t server_nameless_bytes(pid_t pid);

/* Is nobody there any more, but for the dead who wait to be reaped? */
bool process_gone(pid_t pid);
bool group_alive(pid_t group);

#endif
