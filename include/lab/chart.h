/*
 * chart.h - SVG charts of an experiment, and what they are drawn from. Pure:
 * they only write. Small pictures side by side, each narrow enough for a
 * telephone; colours are classes of the page's style (page.c).
 */
#ifndef LAB_CHART_H
#define LAB_CHART_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "lab/kin.h"
#include "lab/pulse.h"
#include "lab/sheet.h"

/* e->data: VARIANTS of them. A crowd of clients as dots, grouped by who serves
 * them; the first is who did it. */
enum { CHART_CROWD = 24 };
struct chart_crowd {
	bool known;
	pid_t server[CHART_CROWD];
	bool hit[CHART_CROWD];
};
sheet_part chart_crowds;

/* e->data: the parts of a whole, which are figures of e; a bar each. */
struct chart_stack {
	int parts;
	struct {
		const char *key;  /* of the figure */
		const char *look; /* a class: good, warn, bad, plain */
	} part[4];
};
sheet_part chart_stacks;

/* e->data: VARIANTS runs of pulses; a row for each client over time. */
struct chart_strip {
	bool known;
	struct pulse pulse;
};
sheet_part chart_strips, chart_strips_json;

/* A picture for each figure of e, a bar for each variant, and its spread. */
sheet_part chart_bars;

/* e->data: VARIANTS curves of memory over clients, both logarithmic. */
enum { CURVE_POINTS = 8 };
struct chart_curve {
	int points;
	int clients[CURVE_POINTS];
	struct kin_memory memory[CURVE_POINTS];
};
sheet_part chart_curves, chart_curves_json;

/* e->data: VARIANTS address spaces; a bar each, and a table of the ranges. */
enum { PAGES_RANGES = 512 };
struct chart_pages {
	int ranges;
	struct kin_range range[PAGES_RANGES];
};
sheet_part chart_pages, chart_pages_json;

/* For those who draw: text with & < > " escaped; the frame of a picture. */
void chart_text(FILE *out, const char *text);
void chart_begin(
    FILE *out, int width, int height, const char *title, const char *label);
void chart_end(FILE *out);

/* 1, 2 or 5 times a power of ten, not below x > 0. */
double chart_round_up(double x);

#endif
