#include "lab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "verdict.h"

enum { LAB_ARGS = 32 };

/* On a free port, for the laboratory. 0, or -1 with the cause. */
static int
start(struct trial *t, char why[INSTANCE_WHY])
{
	const struct lab *lab = t->lab;
	const struct recipe *r = t->experiment->recipe;
	const char *argv[LAB_ARGS] = {lab->settings.program, "-b", "127.0.0.1",
	    "-p", "0", "-r", lab->dir, "--demo", "--traceable", "-m",
	    t->variant->model};
	int i, n = 11;

	if (t->variant->more != NULL)
		argv[n++] = t->variant->more;
	for (i = 0; r->options[i] != NULL; i++)
		argv[n++] = r->options[i];
	if (instance_serve(&t->server, argv, r->limits, why) != 0)
		return -1;
	/* Where there are none, none are promised. */
	if (strstr(t->server.log, "no standbys on this system") != NULL)
		t->lab->variant[t->v].standby = false;
	return 0;
}

static void
unknown(struct experiment *e, int v, const char *why)
{
	e->tried[v] = false;
	experiment_clear(e, v, why);
	verdict_none(&e->verdict[v], why);
}

static const char *
measure(struct trial *t)
{
	const struct recipe *r = t->experiment->recipe;
	const char *why;

	if (r->crowd > 0 && probes_gather(&t->crowd, &t->server.dial, r->crowd,
				t->pid, ANSWER_MS) != 0)
		return LAB_UNANSWERED;
	why = r->measure(t);
	probes_close(&t->crowd);
	return why;
}

static void
try(struct lab *lab, struct experiment *e, int v, int turn)
{
	struct trial t = {.lab = lab,
	    .experiment = e,
	    .v = v,
	    .variant = &lab->variant[v],
	    .verdict = &e->verdict[v],
	    .picture = e->pictures + (size_t)v * e->recipe->chart.picture,
	    .turn = turn};
	char refused[INSTANCE_WHY];
	const char *why = refused;

	if (start(&t, refused) == 0) {
		why = measure(&t);
		instance_end(&t.server);
	}
	if (why != NULL)
		unknown(e, v, why);
}

static void
begin(struct lab *lab, struct experiment *e)
{
	int v;

	e->pictures = calloc(VARIANTS, e->recipe->chart.picture + 1);
	if (e->pictures == NULL)
		die("%s:", e->recipe->id);
	for (v = 0; v < VARIANTS; v++) {
		e->tried[v] = lab->settings.chosen[v];
		if (e->tried[v] && e->recipe->looks && !lab->visible)
			unknown(e, v, "/proc/PID cannot be read here");
	}
}

double
lab_seconds(const struct lab *lab, const struct recipe *r)
{
	return lab->settings.quick ? r->quick : r->full;
}

void
lab_make(struct lab *lab, struct experiment *e)
{
	const struct recipe *r = e->recipe;
	int turns = lab->settings.quick ? r->quick_turns : r->full_turns;
	char what[96];
	int i, v, turn;

	if (turns == 0)
		turns = 1;
	begin(lab, e);
	for (i = 0; i < turns * VARIANTS; i++) {
		/* In each turn another one is the first. */
		turn = i / VARIANTS;
		v = (i + turn) % VARIANTS;
		if (!e->tried[v])
			continue;
		(void)snprintf(what, sizeof(what), "%s: %s", r->title,
		    lab->variant[v].name);
		progress_step(
		    &lab->progress, lab_seconds(lab, r) / turns, what);
		try(lab, e, v, turn);
	}
	for (v = 0; v < VARIANTS; v++)
		if (r->conclude != NULL && e->tried[v])
			r->conclude(lab, e, v);
	e->ran = true;
}
