/*
 * chart.h - what the charts of an experiment are drawn from, and how it is
 * written to results.json. Pure: the page (bench/page.html) draws.
 */
#ifndef LAB_CHART_H
#define LAB_CHART_H

#include <stdbool.h>
#include <sys/types.h>

#include "experiment.h"
#include "bench/family.h"
#include "steady.h"

/* e->data: VARIANTS of them. A crowd of clients as dots, grouped by the process
 * that serves them; the first is the one that did it. */
enum { CHART_CROWD = 24 };
struct chart_crowd {
	bool known;
	pid_t server[CHART_CROWD];
	bool hit[CHART_CROWD];
};
extern const struct chart chart_crowds;

/* e->data: the parts of a whole, which are figures of e; a bar each. */
struct chart_stack {
	int parts;
	struct {
		const char *key;  /* of the figure */
		const char *look; /* good, warn, bad, plain */
	} part[4];
};
extern const struct chart chart_stacks;

/* e->data: VARIANTS runs of steady clients; a row for each client over time. */
struct chart_strip {
	bool known;
	struct steady run;
};
extern const struct chart chart_strips;

/* A picture for each figure of e, a bar for each variant, and its spread. */
extern const struct chart chart_bars;

/* e->data: VARIANTS curves of memory over clients, both logarithmic. */
enum { CURVE_POINTS = 8 };
struct chart_curve {
	int points;
	int clients[CURVE_POINTS];
	struct family_memory memory[CURVE_POINTS];
};
extern const struct chart chart_curves;

/* e->data: VARIANTS address spaces; a bar each, and a table of the ranges. */
enum { PAGES_RANGES = 512 };
struct chart_pages {
	int ranges;
	struct family_range range[PAGES_RANGES];
};
extern const struct chart chart_pages;

#endif
