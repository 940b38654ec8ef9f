/*
 * lab.h - a session in the laboratory: what was asked for, what it needs, and
 * the experiments.
 */
#ifndef LAB_LAB_H
#define LAB_LAB_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/cleanup.h"
#include "bench/instance.h"
#include "experiment.h"
#include "probe.h"

enum { EXPERIMENTS = 11, CROWD_MAX = 24, ANSWER_MS = 10000 };

/* A line that says what is being done and how long it will still take: on a
 * terminal it overwrites itself, elsewhere it is a line for each step. */
struct progress {
	double total, done; /* seconds, as estimated beforehand */
	double current;	    /* of the step that runs */
	int64_t begun;	    /* clock_now() */
	bool terminal;
};

struct lab_settings {
	bool quick;
	uint32_t models; /* bits: 1 << the index of a variant */
	uint32_t only;	 /* bits, of the words of --only; 0: all experiments */
	bool chosen[VARIANTS];
	const char *report; /* the directory */
	const char *program, *client;
};

struct lab {
	struct lab_settings settings;
	char dir[CLEANUP_PATH]; /* also what the servers serve */
	char program[CLEANUP_PATH], client[CLEANUP_PATH];
	bool visible;			  /* proc_visible() */
	struct variant variant[VARIANTS]; /* what they promise here */
	struct progress progress;
	struct experiment experiment[EXPERIMENTS];
};

/* In the order of the report. */
extern const struct recipe *const recipes[EXPERIMENTS];
extern const struct recipe recipe_variable, recipe_scribble, recipe_pages,
    recipe_segv, recipe_kill, recipe_hang, recipe_leak, recipe_files,
    recipe_memory, recipe_speed, recipe_start;

/* Fills s from argv, which begins behind the program's name; dies or prints as
 * arguments_demand does. */
void lab_settings(struct lab_settings *s, char **argv);

/* Is this experiment asked for? */
bool lab_wants(const struct lab_settings *s, const struct recipe *r);

/* The seconds that it takes for each variant. */
double lab_seconds(const struct lab *lab, const struct recipe *r);

/* One server of a variant, with which an experiment does what it does. */
struct trial {
	struct lab *lab;
	struct experiment *experiment;
	int v; /* the variant's number */
	const struct variant *variant;
	struct verdict *verdict;
	void *picture;	     /* zeroes in the first turn */
	int turn;	     /* from 0 */
	char why[NOTE_TEXT]; /* room for what measure() returns */
	struct instance server;
	struct probes crowd; /* of the recipe, in the order of their servers, */
	pid_t pid[CROWD_MAX]; /* which are these */
};

/* Why a trial tells nothing. */
#define LAB_UNANSWERED "not all clients were answered"

/* Makes the experiment: all variants in turns, so that a machine that is noisy
 * is so for all. What cannot be measured has a note that says why. */
void lab_make(struct lab *lab, struct experiment *e);

/* --- progress.c --- */

/* total: all the steps that will come. */
void progress_open(struct progress *p, double total);

/* The next step, which is estimated to take so long. */
void progress_step(struct progress *p, double seconds, const char *what);

/* Seconds that are left, judged by how long the steps so far really took.
 * Pure; elapsed in seconds. */
double progress_left(const struct progress *p, double elapsed);

/* All is done: clears the line. */
void progress_close(struct progress *p);

#endif
