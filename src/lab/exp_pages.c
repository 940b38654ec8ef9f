/* Isolation: which pages are shared, and who can write them. */
#include <stdio.h>
#include <stdlib.h>

#include "chart.h"
#include "bench/family.h"
#include "lab.h"
#include "probe.h"
#include "verdict.h"

enum { VISITORS = 24, ANSWER_MS = 10000 };

static const char *const few_workers[] = {
    "-w", "2", "--max-clients", "1000", NULL};

/* Another process than the first that serves one of them; the same if there
 * is none. */
static pid_t
other_server(const pid_t pid[VISITORS])
{
	int i;

	for (i = 1; i < VISITORS; i++)
		if (pid[i] != pid[0] && pid[i] != 0)
			return pid[i];
	return pid[0];
}

/* Reads the ranges of two executors. 0, or -1 with the cause. */
static int
look(struct instance *s, struct chart_pages *one, struct chart_pages *two,
    bool *same, const char **why)
{
	struct probes ps;
	pid_t pid[VISITORS], other;

	*why = "not all clients were answered";
	if (probes_gather(&ps, &s->dial, VISITORS, pid, ANSWER_MS) != 0)
		return -1;
	other = other_server(pid);
	*same = other == pid[0];
	*why = "/proc/PID/smaps cannot be read here";
	one->ranges = family_ranges(pid[0], one->range, PAGES_RANGES);
	two->ranges = family_ranges(other, two->range, PAGES_RANGES);
	probes_close(&ps);
	if (one->ranges > 0 && two->ranges > 0)
		return 0;
	one->ranges = 0;
	return -1;
}

static void
pages_figures(const struct lab *lab, struct experiment *e, int v,
    const struct chart_pages *one, int64_t both, bool same)
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
	value_set(&e->figure[0].value[v], (double)both);
	value_set(&e->figure[1].value[v],
	    (double)(same ? facts.resident - both : shared - both));
	value_set(&e->figure[2].value[v], same ? 0 : (double)private);
	value_set(&e->figure[3].value[v], (double)facts.resident);
	verdict_pages(&e->verdict[v], &lab->variant[v], &facts);
}

void
run_pages(struct lab *lab, struct experiment *e)
{
	struct chart_pages *pages = calloc(VARIANTS, sizeof(*pages));
	struct chart_pages *two = calloc(1, sizeof(*two));
	const char *why;
	struct instance s;
	bool same;
	int v;

	(void)figure_add(e, "both_write_kib", "both can write", "KiB", 0);
	(void)figure_add(e, "shared_kib",
	    "shared, read-only or copied at a write", "KiB", 0);
	(void)figure_add(
	    e, "private_kib", "mapped by this process alone", "KiB", 0);
	(void)figure_add(
	    e, "resident_kib", "resident in one executor", "KiB", 0);
	e->data = pages;
	e->chart = &chart_pages;
	say(e->done, DONE_TEXT,
	    "%d clients connect to a server with two workers. Of two different "
	    "executors the ranges of addresses are read from /proc/PID/smaps. "
	    "A page that both can write is one in a range that both map shared "
	    "and writable (rw-s), of the same file or memory; among threads, "
	    "any writable page.",
	    VISITORS);
	say(e->commands, DONE_TEXT,
	    "./prefork --demo -p 5000 -w 2 --max-clients 1000 -m MODEL\n"
	    "nc localhost 5000       type: !pid\n"
	    "less /proc/PID/smaps\n"
	    "grep rw-s /proc/PID/maps");
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		if (pages == NULL || two == NULL ||
		    lab_start(lab, e, v, &s, few_workers, NULL) != 0)
			continue;
		if (look(&s, &pages[v], two, &same, &why) == 0)
			pages_figures(lab, e, v, &pages[v],
			    family_both_write(pages[v].range, pages[v].ranges,
				two->range, two->ranges, same),
			    same);
		else
			lab_unknown(e, v, why);
		instance_end(&s);
	}
	free(two);
}
