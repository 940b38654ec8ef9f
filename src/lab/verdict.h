/*
 * verdict.h - from figures to words. Pure: each verdict is a function of what
 * was measured, and what a model promises only decides whether the outcome is
 * a surprise. Nothing here knows what the outcome will be.
 */
#ifndef LAB_VERDICT_H
#define LAB_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "experiment.h"

/* No opinion, as it was not measured, since `why`. */
void verdict_none(struct verdict *out, const char *why);

/* A client set a variable: how many others read it, among those that the same
 * process serves, and among the rest. */
struct variable_facts {
	int processes; /* that serve the clients */
	int same, same_saw;
	int other, other_saw;
};
void verdict_variable(struct verdict *out, const struct variant *v,
    const struct variable_facts *f);

/* A client made its executor write all over its memory. The others had a part
 * of a line with the server: it came back whole, or changed, or not at all. */
struct scribble_facts {
	int same, same_changed, same_lost;
	int other, other_changed, other_lost;
};
void verdict_scribble(struct verdict *out, const struct variant *v,
    const struct scribble_facts *f);

/* KiB of resident memory that two executors can both write. */
struct pages_facts {
	bool one_process;
	int64_t both_write, resident;
};
void verdict_pages(
    struct verdict *out, const struct variant *v, const struct pages_facts *f);

/* A crash, a kill or a hang, as the other clients saw it. */
enum fault { FAULT_SEGV, FAULT_KILL, FAULT_HANG };
struct crash_facts {
	enum fault fault;
	int others, lost, wrong;
	int unheard;	/* that still waited when it was over */
	double longest; /* ms, the longest wait of one of them */
	bool culprit_lost;
	bool blamed; /* the server's log names the culprit */
};
void verdict_crash(
    struct verdict *out, const struct variant *v, const struct crash_facts *f);

/* One client took all memory that its process may have; then each of the
 * others asked for a little, and new ones came. */
struct leak_facts {
	int others, refused, lost;
	int newcomers, newcomers_served;
};
void verdict_leak(
    struct verdict *out, const struct variant *v, const struct leak_facts *f);

/* One client opened more connections than there were descriptors. */
struct files_facts {
	int wanted, served; /* of that client */
	int others, others_served, lost;
	int after, after_served; /* that came when those had left */
};
void verdict_files(
    struct verdict *out, const struct variant *v, const struct files_facts *f);

/* What a client costs. best: the least that any variant needs. */
struct memory_facts {
	int wanted, reached;
	double per_client; /* KiB of PSS; < 0: could not be told */
	double tables;	   /* KiB of page tables for each */
	double best;
	double rss_by_pss;   /* at the most clients */
	const char *stopped; /* what stopped it short of wanted; or "" */
};
void verdict_memory(
    struct verdict *out, const struct variant *v, const struct memory_facts *f);

/* One value against the best of all, where more (or less) is better: only if
 * the two spreads do not overlap is there a difference. */
struct contest {
	const struct value *own, *best;
	const char *best_name; /* of the variant */
	bool more_is_better;
};

/* The contest of a variant in a figure of e. */
struct contest
contest_of(const struct experiment *e, int figure, int v, bool more_is_better);

void verdict_speed(struct verdict *out, const struct variant *v,
    const struct contest *trips, double cpu_us);
void verdict_start(struct verdict *out, const struct variant *v,
    const struct contest *replaced, double ready_ms);

#endif
