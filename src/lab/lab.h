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
#include "progress.h"
#include "experiment.h"

enum { EXPERIMENTS = 11, LAB_ARGS = 32 };

struct lab_settings {
	bool quick;
	uint32_t models; /* bits: 1 << the index of a variant */
	uint32_t only;	 /* bits of lab_words; 0: all experiments */
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

/* How one experiment is made. */
struct recipe {
	const char *id, *group, *title, *question;
	double quick, full; /* seconds it takes for each variant */
	void (*run)(struct lab *lab, struct experiment *e);
};
extern const struct recipe recipes[EXPERIMENTS];

/* What --only knows: the groups of experiments and their ids. NULL last. */
extern const char *const lab_words[];

/* Fills s from argv, which begins behind the program's name; dies or prints as
 * arguments_demand does. */
void lab_settings(struct lab_settings *s, char **argv);

/* Is this experiment asked for? */
bool lab_wants(const struct lab_settings *s, const struct recipe *r);

/* Starts the server of a variant for an experiment on a free port, for the
 * laboratory, with the options of `more` (ended by NULL), and waits until it
 * serves. If it does not start, every figure of e gets that as its note. 0, or
 * -1. */
int lab_start(struct lab *lab, struct experiment *e, int variant,
    struct instance *server, const char *const more[],
    const struct program_limits *limits);

/* All figures of e for this variant are unknown, since `why`. */
void lab_unknown(struct experiment *e, int variant, const char *why);

/* The next step: this experiment with this variant; share: how much of
 * the time that takes this step is, 0 to 1. */
void lab_step(
    struct lab *lab, const struct experiment *e, int variant, double share);

/* Is it the turn of this variant, since it is asked for? Then the whole
 * experiment with it is the next step. */
bool lab_turn(struct lab *lab, const struct experiment *e, int variant);

/* The experiments. */
void run_variable(struct lab *lab, struct experiment *e);
void run_scribble(struct lab *lab, struct experiment *e);
void run_pages(struct lab *lab, struct experiment *e);
void run_segv(struct lab *lab, struct experiment *e);
void run_kill(struct lab *lab, struct experiment *e);
void run_hang(struct lab *lab, struct experiment *e);
void run_leak(struct lab *lab, struct experiment *e);
void run_files(struct lab *lab, struct experiment *e);
void run_memory(struct lab *lab, struct experiment *e);
void run_speed(struct lab *lab, struct experiment *e);
void run_start(struct lab *lab, struct experiment *e);

#endif
