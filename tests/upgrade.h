/*
 * upgrade.h - what the tests of upgrades have in common: a server that runs a
 * copy of the program, which may be replaced, with clients of an echo. Its pid
 * file is "pid" in its directory.
 */
#ifndef TESTS_UPGRADE_H
#define TESTS_UPGRADE_H

#include <check.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "server.h"
#include "tree.h"

enum {
	CLIENTS = 8,
	SIZE = 4 << 20, /* of the file "big" */
	SCRIPT = 1024	/* bytes of one, at most */
};

extern struct server server;
extern struct tree tree; /* "prefork" is what the server runs */
extern int client[CLIENTS];
extern char built[256]; /* the program as it was built */

/* The option for each loop of a test: with a keeper, without one. */
extern const char *const keepers[2];

/* Is the model of that cell prefork? */
bool is_prefork(int cell);

/* Where that is not so there is one line of log, as a test says. */
bool can_upgrade(void);

/* In cell 0, where the model prefork is, if it is tested at all. */
bool can_keep_clients(void);

/* Puts a program, from a file or the text of a script, where the server's lies,
 * as `make install` does. */
void install(const char *from);
void install_script(const char *script);

/* Starts the server with two workers; keeper: one of keepers[]. finish() ends
 * what open_clients() began, and the server, of which nothing may be left. */
void start(int cell, const char *keeper);
void open_clients(void);
void finish(void);

/* Asks for an upgrade by the pid file: returns the exit status. */
int upgrade(void);

/* The number of the file that the process runs. */
uint64_t program_of(pid_t pid);

/* Waits for the workers, and looks whether all run what is installed now. */
void expect_installed(int workers);

/* Has the keeper another master than that one? */
bool has_another_master(pid_t but);

#endif
