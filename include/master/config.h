/*
 * config.h - what a master is given, and the models there are.
 */
#ifndef MASTER_CONFIG_H
#define MASTER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "worker/worker.h"

/* A model: what the children are, and how many the master keeps. */
struct model {
	const char *name;
	const char *child; /* what one is called in the log */
	const char *title; /* its short name in ps(1) */
	worker_body *body;
	int children; /* 0: one for each worker; 1: one holds them all */
	bool pools;   /* each executor serves many clients, and has a row of
		       * its own; there are as many as workers are wanted */
	bool threads; /* its executors are threads of the child */
	bool standby; /* a child may have one */
	int clients;  /* the default of --max-clients */
};

/* All of them; and their names in the same order, NULL last. */
extern const struct model models[];
extern const char *const model_names[];

struct master_config {
	const struct model *model;
	struct worker_config worker;
	struct listeners *listeners;
	int workers;
	int blames;	     /* in a minute, before a network is refused; 0: any
			      * number */
	bool in_place;	     /* this process was a master before the exec */
	bool keeper;	     /* there is to be one */
	int64_t grace;	     /* ms for a child that was told to finish */
	int64_t drain_delay; /* ms from SIGTERM until they are told to finish */
	char **argv;	     /* behind the program's name, NULL last */
	pid_t replaces;	  /* a master to be ended when all is ready, 0: none */
	const char *path; /* of the program to upgrade to; NULL: no upgrades */
	const char *version; /* of this program, */
	const char *state;   /* and of the state that it leaves and finds: one
			      * line each */

	/* The process that the user started calls this when it goes on with
	 * another program: it alone has the server's files to remove from then
	 * on. May be NULL. */
	void (*begun)(void);

	/* The master calls this when its keeper is dead. May be NULL. */
	void (*alone)(void);
};

/* Bytes of what a master leaves, at FD_STATE, to the one that follows it. */
size_t master_state_size(void);

#endif
