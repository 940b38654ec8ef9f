/*
 * master.h - the process that binds, spawns, reaps and decides.
 *
 * It touches no client byte, allocates nothing after it has begun, and waits
 * in one poll(2) on its self-pipe and on the pipes of children that are about
 * to serve. What shall be done is in slot.h; here it is done.
 */
#ifndef MASTER_MASTER_H
#define MASTER_MASTER_H

#include <stdbool.h>
#include <stdint.h>

#include "worker/worker.h"

/* A model: what the children are, and how many the master keeps. */
struct model {
	const char *name;
	const char *child; /* what one is called in the log */
	const char *title; /* its short name in ps(1) */
	worker_body *body;
	int children; /* 0: one for each worker; 1: one holds them all */
	bool pools;   /* its executors serve many clients each: there are as
		       * many as workers are wanted, with a row each */
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
	int blames;    /* in a minute, before a network is refused; 0: any */
	bool keeper;   /* another master follows one that dies */
	int64_t grace; /* ms for a child that was told to finish */
};

/* Runs until told to stop: returns the exit status. The caller becomes the
 * keeper, and the master a child of it; or, without one, the master. */
int keeper_run(struct master_config *config);

#endif
