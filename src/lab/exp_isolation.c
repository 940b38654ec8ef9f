/* Isolation: a variable, a stray write. */
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "chart.h"
#include "lab.h"
#include "probe.h"
#include "verdict.h"

enum { CROWD = CHART_CROWD, ANSWER_MS = 10000, SEEDS = 3 };

static const char *const four_workers[] = {
    "-w", "4", "--max-clients", "200", NULL};

/* A server of four workers, and a crowd whose servers are known. 0, or -1 with
 * the cause noted. */
static int
gather(struct lab *lab, struct experiment *e, int variant, struct instance *s,
    struct probes *ps, pid_t pid[CROWD])
{
	if (lab_start(lab, e, variant, s, four_workers, NULL) != 0)
		return -1;
	if (probes_gather(ps, &s->dial, CROWD, pid, ANSWER_MS) == 0)
		return 0;
	instance_end(s);
	lab_unknown(e, variant, "not all clients were answered");
	return -1;
}

static int
count_distinct(const pid_t *pid, int n)
{
	int i, k, distinct = 0;

	for (i = 0; i < n; i++) {
		for (k = 0; k < i && pid[k] != pid[i]; k++)
			;
		distinct += k == i;
	}
	return distinct;
}

/* --- a variable --- */

static void
look_who_sees(struct probes *ps, const pid_t pid[CROWD],
    struct variable_facts *f, struct chart_crowd *picture)
{
	static const char word[] = "here-I-am";
	int i;

	memset(f, 0, sizeof(*f));
	(void)probes_ask(ps, 0, 1, "!set here-I-am\n", ANSWER_MS);
	(void)probes_ask(ps, 1, CROWD, "!get\n", ANSWER_MS);
	f->processes = count_distinct(pid, CROWD);
	for (i = 0; i < CROWD; i++) {
		bool same = pid[i] == pid[0];
		bool saw = i > 0 && ps->probe[i].answered &&
			   strcmp(ps->probe[i].text, word) == 0;

		picture->server[i] = pid[i];
		picture->hit[i] = saw;
		if (i == 0)
			continue;
		f->same += same;
		f->other += !same;
		f->same_saw += same && saw;
		f->other_saw += !same && saw;
	}
	picture->known = true;
}

void
run_variable(struct lab *lab, struct experiment *e)
{
	struct figure *saw =
	    figure_add(e, "seen_by", "others who see it", "", 0);
	struct figure *elsewhere = figure_add(
	    e, "seen_in_other_processes", "... in other processes", "", 0);
	struct figure *processes =
	    figure_add(e, "processes", "processes that serve", "", 0);
	struct chart_crowd *pictures = calloc(VARIANTS, sizeof(*pictures));
	struct variable_facts f;
	struct instance s;
	struct probes ps;
	pid_t pid[CROWD];
	int v;

	e->data = pictures;
	e->chart = &chart_crowds;
	say(e->done, DONE_TEXT,
	    "%d clients of a server with four workers, evenly spread; each has "
	    "asked which process serves it (!pid). Then the first sets a variable in "
	    "the server's memory (!set), and all others read it (!get).",
	    CROWD);
	say(e->commands, DONE_TEXT,
	    "./prefork --demo -p 5000 -w 4 -m MODEL\n"
	    "nc localhost 5000   then type: !pid, and !set here-I-am\n"
	    "nc localhost 5000   in other terminals, type: !pid, and !get");
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		if (pictures == NULL || gather(lab, e, v, &s, &ps, pid) != 0)
			continue;
		look_who_sees(&ps, pid, &f, &pictures[v]);
		probes_close(&ps);
		instance_end(&s);
		value_set(&saw->value[v], f.same_saw + f.other_saw);
		value_set(&elsewhere->value[v], f.other_saw);
		value_set(&processes->value[v], f.processes);
		verdict_variable(&e->verdict[v], &lab->variant[v], &f);
	}
}

/* --- a stray write --- */

/* Each of the others has half a line with the server, which has surely read it:
 * it came together with a question that is answered. */
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
scribble_once(struct probes *ps, const pid_t pid[CROWD], int seed,
    struct scribble_facts *f)
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
	for (i = 1; i < CROWD; i++)
		count_one(&ps->probe[i], i, pid[i] == pid[0], f);
}

static void
scribble_figures(const struct lab *lab, struct experiment *e, int v,
    const struct scribble_facts *f)
{
	int all = f->same + f->other,
	    changed = f->same_changed + f->other_changed;
	int lost = f->same_lost + f->other_lost;

	value_set(&e->figure[0].value[v], all - lost - changed);
	value_set(&e->figure[1].value[v], lost);
	value_set(&e->figure[2].value[v], changed);
	value_set(&e->figure[3].value[v], f->other_lost + f->other_changed);
	verdict_scribble(&e->verdict[v], &lab->variant[v], f);
}

void
run_scribble(struct lab *lab, struct experiment *e)
{
	static struct chart_stack parts = {
	    3, {{"intact", "good"}, {"lost", "warn"}, {"changed", "bad"}}};
	int v, seed, seeds = lab->settings.quick ? 1 : SEEDS;
	struct scribble_facts f;
	struct instance s;
	struct probes ps;
	pid_t pid[CROWD];

	(void)figure_add(e, "intact", "lines that came back whole", "", 0);
	(void)figure_add(e, "lost", "lost with the connection", "", 0);
	(void)figure_add(e, "changed", "came back wrong", "", 0);
	(void)figure_add(
	    e, "hurt_in_other_processes", "hurt in other processes", "", 0);
	e->data = &parts;
	e->chart = &chart_stacks;
	say(e->done, DONE_TEXT,
	    "%d clients of a server with four workers; all but the first "
	    "send half a line, which the server "
	    "keeps until its end comes. Then the first makes its executor write "
	    "random bytes at hundreds of places of all memory it can write "
	    "(!scribble), until it dies. Then the others send the second half, "
	    "and look at what comes back.%s",
	    CROWD,
	    seeds == 1 ? ""
		       : " Done three times, with other bytes and a fresh "
			 "server each; the figures are the sum.");
	say(e->commands, DONE_TEXT,
	    "./prefork --demo -p 5000 -w 4 -m MODEL\n"
	    "nc localhost 5000   type: !get, then half a line and Ctrl-D\n"
	    "nc localhost 5000   in another terminal, type: !scribble 1\n"
	    "                    then end the line in the first");
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		memset(&f, 0, sizeof(f));
		for (seed = 1; seed <= seeds; seed++) {
			if (gather(lab, e, v, &s, &ps, pid) != 0)
				break;
			scribble_once(&ps, pid, seed, &f);
			probes_close(&ps);
			instance_end(&s);
		}
		if (seed > seeds)
			scribble_figures(lab, e, v, &f);
	}
}
