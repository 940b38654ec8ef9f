/*
 * report.h - what the laboratory tells: a table on the terminal, results.json
 * and index.html. Pure, but for the files.
 */
#ifndef LAB_REPORT_H
#define LAB_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#include "experiment.h"

enum { MACHINE_TEXT = 160 };

struct report {
	const struct experiment *experiment;
	int experiments;
	const bool *chosen; /* VARIANTS of them */
	bool quick;
	bool no_standby;	    /* this system has none */
	char date[32];		    /* "2026-11-23 12:00 UTC" */
	char machine[MACHINE_TEXT]; /* processors, memory, system; no name */
	double seconds;		    /* that it took */
};

void report_terminal(FILE *out, const struct report *r);

/* results.json, and the page with the same inside. report: a struct report. */
void report_results(FILE *out, const void *report);
void report_page(FILE *out, const void *report);

/* How many verdicts are a surprise. */
int report_surprises(const struct report *r);

/* The closing table, "which for what": rows of cells, each of which rests on
 * an experiment, and says "not measured" where that one was not made. */
struct closing_row {
	const char *title;
	const char *id;	 /* of the experiment */
	bool by_verdict; /* coloured as the experiment's verdict */
	/* The first counts whose figure is above this; no figure: always. In
	 * the text "{KEY:N}" is a figure with N decimals, "{KEY+KEY:N}" a sum.
	 * NULL: what is known of such software. */
	struct {
		const char *figure;
		double above;
		const char *text;
	} say[3];
};
enum { CLOSING_ROWS = 8, CLOSING_TEXT = 200 };
extern const struct closing_row closing_rows[CLOSING_ROWS];

/* The text of one cell. Returns out. */
char *closing_cell(char out[CLOSING_TEXT], const struct report *r,
    const struct closing_row *row, int variant);

#endif
