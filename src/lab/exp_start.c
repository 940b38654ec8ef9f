/* Start: how soon a server, a connection and a successor serve. */
#include <signal.h>

#include "base/clock.h"
#include "bench/proc.h"
#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

/* Where the figures are that are looked at again. */
enum { READY = 0, REPLACED = 2 };

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

/* One server's life; of one that does not serve nothing is known. */
static const char *
measure_start(struct trial *t)
{
	struct probes ps;
	double first, replaced = -1;
	pid_t executor;

	if (probes_open(&ps, &t->server.dial, 4) != 0)
		return NULL;
	(void)first_answer(&ps); /* once, to be warm */
	first = first_answer(&ps);
	executor = proc_worker(t->server.program.pid);
	if (executor > 0 && kill(executor, SIGKILL) == 0)
		replaced = first_answer(&ps);
	probes_close(&ps);
	if (first > 0 && replaced > 0)
		experiment_add(t->experiment, t->v,
		    (const double[]){
			(double)t->server.ready_ns / 1e6, first, replaced});
	return NULL;
}

static void
conclude_start(const struct lab *lab, struct experiment *e, int v)
{
	struct contest c = contest_of(e, REPLACED, v, false);

	if (c.own->samples == 0)
		experiment_clear(e, v, "no client was served");
	verdict_start(
	    &e->verdict[v], &lab->variant[v], &c, e->value[READY][v].median);
}

const struct recipe recipe_start = {
    .id = "start",
    .group = "start",
    .title = "How soon",
    .question = START_QUESTION,
    .done = START_DONE,
    .by_hand = START_BY_HAND,
    .figure = {{"ready_ms", "from its start until it serves", "ms", 1},
	{"first_answer_ms", "from connecting to the first answer", "ms", 2},
	{"replaced_ms", "from the executor's death to an answer", "ms", 1}},
    .chart = {.kind = "bars"},
    .quick = 0.4,
    .full = 1.5,
    .quick_turns = 3,
    .full_turns = SAMPLES_MAX,
    .looks = true,
    .options = {"-w", "1"},
    .measure = measure_start,
    .conclude = conclude_start,
};
