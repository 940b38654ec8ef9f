/*
 * chart.h - what the charts of an experiment are drawn from, for one variant,
 * and how it is written to results.json. Pure: the page (bench/page.html)
 * draws.
 */
#ifndef LAB_CHART_H
#define LAB_CHART_H

#include <stdbool.h>
#include <sys/types.h>

#include "bench/proc.h"
#include "bench/json.h"

/* A crowd of clients as dots, grouped by the process that serves them; the
 * first is the one that did it. */
enum { CHART_CROWD = 24 };
struct chart_crowd {
	pid_t server[CHART_CROWD];
	bool hit[CHART_CROWD];
};
void chart_crowd(struct json *j, const char *key, const void *picture);

/* Of a struct steady (steady.h): a row for each client over time. */
void chart_strip(struct json *j, const char *key, const void *picture);

/* A curve of memory over clients, both logarithmic. */
enum { CURVE_POINTS = 8 };
struct chart_curve {
	int points;
	int clients[CURVE_POINTS];
	struct proc_memory memory[CURVE_POINTS];
};
void chart_curve(struct json *j, const char *key, const void *picture);

/* An address space as a table of its ranges. */
enum { PAGES_RANGES = 512 };
struct chart_pages {
	int ranges;
	struct proc_range range[PAGES_RANGES];
};
void chart_pages(struct json *j, const char *key, const void *picture);

#endif
