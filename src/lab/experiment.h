/*
 * experiment.h - what was measured, and what was concluded from it: all that
 * the report is made of. Pure.
 *
 * An experiment has figures, one value of each for every variant, and a
 * verdict for every variant, which is computed from those (verdict.h).
 */
#ifndef LAB_EXPERIMENT_H
#define LAB_EXPERIMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bench/json.h"
#include "variant.h"

enum {
	FIGURES_MAX = 8,
	NOTE_TEXT = 160,
	VERDICT_TEXT = 200,
	WHY_TEXT = 700,
	DONE_TEXT = 1600
};

/* The median of some samples and how far they lie apart. */
struct value {
	int samples; /* 0: not known, and `note` says why */
	double median, low, high;
	char note[NOTE_TEXT]; /* "": nothing to add */
};

/* Sorts the samples. */
void value_from(struct value *v, double *sample, int samples);
void value_set(struct value *v, double only);

struct figure {
	const char *key;  /* in results.json */
	const char *name; /* in tables */
	const char *unit; /* "": a number of things */
	int decimals;
	struct value value[VARIANTS];
};

enum opinion { OPINION_NONE, OPINION_GOOD, OPINION_MIXED, OPINION_BAD };

struct verdict {
	enum opinion opinion;
	bool surprise; /* it contradicts what the model promises */
	char text[VERDICT_TEXT];
	char why[WHY_TEXT];
};

struct experiment;

/* What the page draws for an experiment, beside its figures. write: adds the
 * keys of its own to the experiment's object; chosen: VARIANTS; may be NULL. */
struct chart {
	const char *kind; /* what bench/page.html calls it */
	void (*write)(
	    struct json *j, const struct experiment *e, const bool *chosen);
};

struct experiment {
	const char *id;	   /* also its anchor on the page */
	const char *group; /* what --only calls it */
	const char *title;
	const char *question;
	const char *figures_say;  /* how to read the figures, or NULL */
	char done[DONE_TEXT];	  /* what was done */
	char commands[DONE_TEXT]; /* to repeat it by hand, a line each */
	struct figure figure[FIGURES_MAX];
	int figures;
	struct verdict verdict[VARIANTS];
	void *data; /* that the chart writes */
	const struct chart *chart;
	double seconds; /* that it takes for each variant, as estimated */
	bool ran;
};

/* Adds a figure without values. */
struct figure *figure_add(struct experiment *e, const char *key,
    const char *name, const char *unit, int decimals);

const struct figure *figure_find(const struct experiment *e, const char *key);

/* "1234", "12.5 [11.9 - 13.1]" or "-"; spread: with the latter. Returns out. */
enum { VALUE_TEXT = 64 };
char *value_text(
    char out[VALUE_TEXT], const struct figure *f, int variant, bool spread);

/* printf into a text; what does not fit is an error of ours. */
void say(char *text, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

const char *opinion_name(enum opinion opinion);

#endif
