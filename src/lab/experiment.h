/*
 * experiment.h - what was measured, and what was concluded from it: all that
 * the report is made of. Pure.
 *
 * An experiment is a recipe, which the laboratory follows (lab.h), with one
 * value of each figure for every variant, and a verdict for every variant,
 * which is computed from those (verdict.h).
 */
#ifndef LAB_EXPERIMENT_H
#define LAB_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/json.h"
#include "bench/program.h"

enum {
	FIGURES_MAX = 8,
	SAMPLES_MAX = 11,
	CHART_PARTS = 3,
	NOTE_TEXT = 160,
	VERDICT_TEXT = 200,
	WHY_TEXT = 700
};

/* The ways of serving that are compared: the models, and prefork once more
 * without its standbys, as textbooks have it. */
enum { VARIANTS = 5 };

struct variant {
	const char *name;  /* as --models and the report call it */
	const char *model; /* what -m of prefork is given */
	const char *more;  /* one more option, or NULL */
	bool threads;	   /* executors share one address space */
	bool per_client;   /* an executor for each client */
	bool standby;	   /* clients are meant to survive a crash */
	const char *who;   /* what serves */
	const char *known; /* software of this kind */
};

extern const struct variant variants[VARIANTS];

struct lab;
struct trial;
struct experiment;

struct figure {
	const char *key;  /* in results.json; NULL: no more */
	const char *name; /* in tables */
	const char *unit; /* "": a number of things */
	int decimals;
};

/* What the page draws for an experiment, beside its figures. */
struct chart {
	const char *kind; /* what bench/page.html calls it */
	struct {
		const char *figure; /* NULL: no more */
		const char *look;   /* good, warn, bad, plain */
	} part[CHART_PARTS];	    /* parts of a whole: a bar each */
	size_t picture; /* bytes of what a variant's is drawn from */
	/* Writes a picture as one value with this key. */
	void (*draw)(struct json *j, const char *key, const void *picture);
};

struct recipe {
	const char *id;	   /* also its anchor on the page */
	const char *group; /* what --only calls it */
	const char *title, *question;
	const char *done;	 /* what is done */
	const char *by_hand;	 /* to repeat it, a line each */
	const char *figures_say; /* how to read the figures, or NULL */
	struct figure figure[FIGURES_MAX + 1];
	struct chart chart;
	double quick, full;	     /* seconds it takes for each variant */
	int quick_turns, full_turns; /* a fresh server each; 0: once */
	bool looks;		     /* it needs proc_visible() */
	const char *options[8];	     /* of the servers; ended by NULL */
	const struct program_limits *limits; /* of the servers, or NULL */
	const void *with;		     /* whatever else measure() wants */
	int crowd; /* connections that are gathered first (probe.h) */
	/* What is done with one server. NULL; or why nothing is known. */
	const char *(*measure)(struct trial *t);
	/* For a verdict that compares, when all was measured; may be NULL. */
	void (*conclude)(const struct lab *lab, struct experiment *e, int v);
};

/* The median of some samples and how far they lie apart. */
struct value {
	int samples; /* 0: not known, and `note` says why */
	double median, low, high;
	char note[NOTE_TEXT]; /* "": nothing to add */
};

/* Sorts the samples. */
void value_from(struct value *v, double *sample, int samples);

enum opinion { OPINION_NONE, OPINION_GOOD, OPINION_MIXED, OPINION_BAD };

struct verdict {
	enum opinion opinion;
	bool surprise; /* it contradicts what the model promises */
	char text[VERDICT_TEXT];
	char why[WHY_TEXT];
};

struct experiment {
	const struct recipe *recipe;
	bool ran;
	bool tried[VARIANTS]; /* and nothing stood in the way */
	struct value value[FIGURES_MAX][VARIANTS];
	double sample[FIGURES_MAX][VARIANTS][SAMPLES_MAX];
	struct verdict verdict[VARIANTS];
	char *pictures; /* VARIANTS times chart.picture bytes */
};

/* One more sample of every figure; NAN: none of this one. */
void experiment_add(struct experiment *e, int variant, const double *sample);

/* No samples: each figure gets the note instead. */
void experiment_clear(struct experiment *e, int variant, const char *note);

/* The values of a figure; the figure must be there. */
const struct value *
experiment_values(const struct experiment *e, const char *key);

/* printf into a text; what does not fit is an error of ours. */
void say(char *text, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

const char *opinion_name(enum opinion opinion);

#endif
