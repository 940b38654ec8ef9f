/* Start: how soon a server, a connection and a successor serve. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "chart.h"
#include "bench/family.h"
#include "lab.h"
#include "probe.h"
#include "verdict.h"

enum { QUICK_TIMES = 3, FULL_TIMES = 11, ANSWER_MS = 10000, STARTS = 3 };
enum { READY, FIRST, REPLACED };

/* From connecting to the first answer, in ms; < 0 if there was none. */
static double
first_answer(struct probes *ps)
{
	int64_t begun = clock_ns();

	if (ps->count == ps->capacity ||
	    probes_connect(ps, 1, ANSWER_MS) != 1 ||
	    probes_ask(ps, ps->count - 1, ps->count, "hello\n", ANSWER_MS) != 1)
		return -1;
	return (double)(clock_ns() - begun) / 1e6;
}

/* One server's life. 0, or -1 if something of it could not be measured. */
static int
live_once(struct instance *s, double ms[STARTS])
{
	struct probes ps;
	pid_t executor;

	ms[READY] = (double)s->ready_ns / 1e6;
	if (probes_open(&ps, &s->dial, 4) != 0)
		return -1;
	(void)first_answer(&ps); /* once, to be warm */
	ms[FIRST] = first_answer(&ps);
	executor = family_child(s->program.pid);
	ms[REPLACED] = -1;
	if (executor > 0 && kill(executor, SIGKILL) == 0)
		ms[REPLACED] = first_answer(&ps);
	probes_close(&ps);
	return ms[FIRST] > 0 && ms[REPLACED] > 0 ? 0 : -1;
}

static void
conclude(const struct lab *lab, struct experiment *e)
{
	struct contest c = {.more_is_better = false};
	struct figure *f = &e->figure[REPLACED];
	int v;

	for (v = 0; v < VARIANTS; v++) {
		if (lab->settings.chosen[v] && f->value[v].samples > 0 &&
		    (c.best == NULL || f->value[v].median < c.best->median)) {
			c.best = &f->value[v];
			c.best_name = variants[v].name;
		}
	}
	for (v = 0; v < VARIANTS; v++) {
		if (!lab->settings.chosen[v] || f->value[v].samples == 0)
			continue;
		c.own = &f->value[v];
		verdict_start(&e->verdict[v], &lab->variant[v], &c,
		    e->figure[READY].value[v].median);
	}
}

static void
measure(struct lab *lab, struct experiment *e, int v, int times)
{
	static const char *const one_worker[] = {"-w", "1", NULL};
	double sample[STARTS][FULL_TIMES], ms[STARTS];
	struct instance s;
	int i, k, n = 0;

	for (i = 0; i < times; i++) {
		if (lab_start(lab, e, v, &s, one_worker, NULL) != 0)
			return;
		if (live_once(&s, ms) == 0) {
			for (k = 0; k < STARTS; k++)
				sample[k][n] = ms[k];
			n++;
		}
		instance_end(&s);
	}
	if (n == 0)
		lab_unknown(e, v, "nobody was served");
	for (k = 0; k < STARTS && n > 0; k++)
		value_from(&e->figure[k].value[v], sample[k], n);
}

void
run_start(struct lab *lab, struct experiment *e)
{
	int v, times = lab->settings.quick ? QUICK_TIMES : FULL_TIMES;

	(void)figure_add(
	    e, "ready_ms", "from its start until it serves", "ms", 1);
	(void)figure_add(e, "first_answer_ms",
	    "from connecting to the first answer", "ms", 2);
	(void)figure_add(e, "replaced_ms",
	    "from the executor's death to an answer", "ms", 1);
	e->chart = &chart_bars;
	say(e->done, DONE_TEXT,
	    "A server with one worker is started %d times. The time until it "
	    "says that it serves; the time a client needs to connect and get its "
	    "first answer; then the master's only child is killed, and at once a "
	    "new client connects: the time until it is answered. (In the models "
	    "with an executor for each client the child is the one that accepts "
	    "them.)",
	    times);
	say(e->commands, DONE_TEXT,
	    "time ./prefork -t                    for comparison\n"
	    "./prefork -p 5000 -w 1 -m MODEL\n"
	    "kill -9 $(pgrep -P MASTER | head -n 1); echo exit | nc localhost "
	    "5000");
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		if (lab->visible)
			measure(lab, e, v, times);
		else
			lab_unknown(
			    e, v, "the pids of the server are not known here");
	}
	conclude(lab, e);
}
