/*
 * results_page.h - the page that draws the charts of a report: one file that
 * needs no network and no other file. It is bench/page.html with the results
 * inside. Pure: it only writes.
 */
#ifndef BENCH_RESULTS_PAGE_H
#define BENCH_RESULTS_PAGE_H

#include <stdio.h>

/* Calls results() to write the JSON where it belongs. scripts/bench fills the
 * same page with sed. */
void page_write(FILE *out, void (*results)(FILE *out, const void *context),
    const void *context);

#endif
