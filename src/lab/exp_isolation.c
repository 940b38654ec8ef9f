/* Isolation: a variable, a stray write. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

enum { CROWD = 24, SEEDS = 3 };

static_assert(CROWD == 24, "the texts say so");

/* --- a variable --- */

/* The clients as dots, grouped by the process that serves them; the first is
 * the one that did it. */
struct crowd_picture {
	pid_t server[CROWD];
	bool hit[CROWD];
};

static void
draw_crowd(struct json *j, const char *key, const void *picture)
{
	const struct crowd_picture *crowd = picture;
	int i;

	json_begin(j, key, '{');
	probes_tell(j, crowd->server, CROWD);
	json_begin(j, "hit", '[');
	for (i = 0; i < CROWD; i++)
		json_bool(j, NULL, crowd->hit[i]);
	json_end(j, ']');
	json_end(j, '}');
}

static const char *
measure_variable(struct trial *t)
{
	struct crowd_picture *picture = t->picture;
	struct variable_facts f = {0};
	const pid_t *pid = t->pid;
	struct probes *ps = &t->crowd;
	bool same, saw;
	int i;

	memcpy(picture->server, pid, sizeof(picture->server));
	(void)probes_ask(ps, 0, 1, "!set here-I-am\n", ANSWER_MS);
	(void)probes_ask(ps, 1, CROWD, "!get\n", ANSWER_MS);
	f.processes = 1;
	for (i = 1; i < CROWD; i++) {
		f.processes += pid[i] != pid[i - 1];
		same = pid[i] == pid[0];
		saw = ps->probe[i].answered &&
		      strcmp(ps->probe[i].text, "here-I-am") == 0;
		picture->hit[i] = saw;
		f.same += same;
		f.other += !same;
		f.same_saw += same && saw;
		f.other_saw += !same && saw;
	}
	experiment_add(t->experiment, t->v,
	    (const double[]){
		f.same_saw + f.other_saw, f.other_saw, f.processes});
	verdict_variable(t->verdict, t->variant, &f);
	return NULL;
}

const struct recipe recipe_variable = {
    .id = "variable",
    .group = "isolation",
    .title = "One client sets a variable",
    .question = VARIABLE_QUESTION,
    .done = VARIABLE_DONE,
    .by_hand = VARIABLE_BY_HAND,
    .figure = {{"seen_by", "others that see it", "", 0},
	{"seen_in_other_processes", "... in other processes", "", 0},
	{"processes", "processes that serve", "", 0}},
    .chart = {.kind = "crowds",
	.picture = sizeof(struct crowd_picture),
	.draw = draw_crowd},
    .quick = 0.4,
    .full = 0.4,
    .options = {"-w", "4", "--max-clients", "200"},
    .crowd = CROWD,
    .measure = measure_variable,
};

/* --- a stray write --- */

/* Each of the others has a part of a line with the server, which has surely
 * read it: it came together with a question that is answered. */
static void
deposit(struct probes *ps)
{
	char text[PROBE_TEXT];
	int i;

	for (i = 1; i < CROWD; i++) {
		(void)snprintf(
		    text, sizeof(text), "!get\nclient %02d wants ", i);
		probes_send(ps, i, i + 1, text);
	}
	(void)probes_await(ps, 1, CROWD, ANSWER_MS);
}

static void
count_one(const struct probe *p, int i, bool same, struct scribble_facts *f)
{
	char whole[PROBE_TEXT];

	(void)snprintf(
	    whole, sizeof(whole), "client %02d wants its line back", i);
	f->same += same;
	f->other += !same;
	if (!p->answered) {
		f->same_lost += same;
		f->other_lost += !same;
	} else if (strcmp(p->text, whole) != 0) {
		f->same_changed += same;
		f->other_changed += !same;
	}
}

static void
scribble(struct probes *ps, int seed)
{
	char order[32];
	int i;

	deposit(ps);
	(void)snprintf(order, sizeof(order), "!scribble %d\n", seed);
	(void)probes_ask(ps, 0, 1, order, ANSWER_MS);
	for (i = 1; i < CROWD; i++)
		ps->probe[i].answered = false;
	probes_send(ps, 1, CROWD, "its line back\n");
	(void)probes_await(ps, 1, CROWD, ANSWER_MS);
}

/* The picture is the sum of all turns. */
static const char *
measure_scribble(struct trial *t)
{
	struct scribble_facts *f = t->picture;
	int i, changed, lost;

	scribble(&t->crowd, t->turn + 1);
	for (i = 1; i < CROWD; i++)
		count_one(&t->crowd.probe[i], i, t->pid[i] == t->pid[0], f);
	changed = f->same_changed + f->other_changed;
	lost = f->same_lost + f->other_lost;
	experiment_clear(t->experiment, t->v, "");
	experiment_add(t->experiment, t->v,
	    (const double[]){f->same + f->other - lost - changed, lost, changed,
		f->other_lost + f->other_changed});
	verdict_scribble(t->verdict, t->variant, f);
	return NULL;
}

const struct recipe recipe_scribble = {
    .id = "scribble",
    .group = "isolation",
    .title = "A stray write",
    .question = SCRIBBLE_QUESTION,
    .done = SCRIBBLE_DONE,
    .by_hand = SCRIBBLE_BY_HAND,
    .figure = {{"intact", "lines that came back whole", "", 0},
	{"lost", "lost with the connection", "", 0},
	{"changed", "came back wrong", "", 0},
	{"hurt_in_other_processes", "hurt in other processes", "", 0}},
    .chart = {.kind = "stacks",
	.part = {{"intact", "good"}, {"lost", "warn"}, {"changed", "bad"}},
	.picture = sizeof(struct scribble_facts)},
    .quick = 0.4,
    .full = 1.5,
    .full_turns = SEEDS,
    .options = {"-w", "4", "--max-clients", "200"},
    .crowd = CROWD,
    .measure = measure_scribble,
};
