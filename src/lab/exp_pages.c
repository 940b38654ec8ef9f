/* Isolation: which pages are shared, and which process can write them. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/proc.h"
#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

enum { VISITORS = 24, RANGES = 512 };

static_assert(VISITORS == 24, "the text says so");

struct address_space {
	int ranges;
	struct proc_range range[RANGES];
};

/* What a range is, in words; paths are shortened to the file's name. */
static const char *
what_is(const struct proc_range *r)
{
	const char *slash = strrchr(r->name, '/');

	if (r->mode[3] == 's')
		return "memory shared on purpose";
	if (r->name[0] == '\0')
		return "memory without a name (heap, stacks of threads)";
	return slash != NULL ? slash + 1 : r->name;
}

static void
draw_pages(struct json *j, const char *key, const void *picture)
{
	const struct address_space *pages = picture;
	const struct proc_range *r;
	char addresses[48];

	json_begin(j, key, '[');
	for (r = pages->range; r < pages->range + pages->ranges; r++) {
		(void)snprintf(addresses, sizeof(addresses), "%llx-%llx",
		    (unsigned long long)r->begin, (unsigned long long)r->end);
		json_begin(j, NULL, '{');
		json_text(j, "addresses", addresses);
		json_text(j, "mode", r->mode);
		json_count(j, "resident_kib", r->rss);
		json_count(j, "shared_kib", r->shared);
		json_count(j, "private_kib", r->private);
		json_text(j, "what", what_is(r));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
tell(struct trial *t, const struct address_space *one, int64_t both, bool same)
{
	struct pages_facts facts = {.one_process = same, .both_write = both};
	int64_t shared = 0, private = 0;
	int i;

	for (i = 0; i < one->ranges; i++) {
		facts.resident += one->range[i].rss;
		shared += one->range[i].shared;
		private += one->range[i].private;
	}
	/* Among threads everything is common, whatever smaps calls it, since
	 * that speaks of processes. */
	if (same) {
		shared = facts.resident;
		private = 0;
	}
	experiment_add(t->experiment, t->v,
	    (const double[]){(double)both, (double)(shared - both),
		(double)private, (double)facts.resident});
	verdict_pages(t->verdict, t->variant, &facts);
}

static const char *
measure_pages(struct trial *t)
{
	struct address_space *one = t->picture, *two = malloc(sizeof(*two));
	/* Another one than the first, unless one serves them all. */
	pid_t other = t->pid[VISITORS - 1];
	const char *why = "/proc/PID/smaps cannot be read here";

	if (two == NULL)
		return why;
	one->ranges = proc_ranges(t->pid[0], one->range, RANGES);
	two->ranges = proc_ranges(other, two->range, RANGES);
	if (one->ranges > 0 && two->ranges > 0) {
		why = NULL;
		tell(t, one,
		    proc_both_write(one->range, one->ranges, two->range,
			two->ranges, other == t->pid[0]),
		    other == t->pid[0]);
	}
	free(two);
	return why;
}

const struct recipe recipe_pages = {
    .id = "pages",
    .group = "isolation",
    .title = "Shared pages",
    .question = PAGES_QUESTION,
    .done = PAGES_DONE,
    .by_hand = PAGES_BY_HAND,
    .figure = {{"both_write_kib", "both can write", "KiB", 0},
	{"shared_kib", "shared, read-only or copied at a write", "KiB", 0},
	{"private_kib", "mapped by this process alone", "KiB", 0},
	{"resident_kib", "resident in one executor", "KiB", 0}},
    .chart = {.kind = "pages",
	.part = {{"both_write_kib", "bad"}, {"shared_kib", "plain"},
	    {"private_kib", "good"}},
	.picture = sizeof(struct address_space),
	.draw = draw_pages},
    .quick = 0.3,
    .full = 0.3,
    .options = {"-w", "2", "--max-clients", "1000"},
    .crowd = VISITORS,
    .measure = measure_pages,
};
