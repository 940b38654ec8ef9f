/* Crash: a fault, a kill, a hang, as the other clients see it. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chart.h"
#include "lab.h"
#include "steady.h"
#include "verdict.h"

enum { MOST_MS = 8000 };

/* What is done, and for how long it is looked at. */
struct mishap {
	enum fault fault;
	const char *command; /* NULL: the process is killed from outside */
	const char *by_hand;
	/* After the moment; before: a fifth. For the culprit: up to so long. */
	int quick_ms, full_ms, patient_ms;
	const char *timeout;
};

static const struct mishap mishaps[FAULTS] = {
    {FAULT_SEGV, "!segv\n", "nc localhost 5000       type: !segv", 250, 1500, 0,
	"10"},
    {FAULT_KILL, NULL,
	"nc localhost 5000       type: !pid\n"
	"kill -9 PID             in another terminal",
	250, 1500, 0, "10"},
    {FAULT_HANG, "!hang\n", "nc localhost 5000       type: !hang", 1400, 3000,
	2500, "1"},
};

/* Did the server name the client whose request it was? */
static bool
is_named(struct instance *s, unsigned port)
{
	char name[48];

	instance_listen(s);
	(void)snprintf(name, sizeof(name), "127.0.0.1:%u", port);
	return strstr(s->log, name) != NULL;
}

static int
suffer(struct instance *s, const struct mishap *m, int ms, struct steady *p,
    struct crash_facts *f)
{
	struct steady_sum sum;

	if (steady_begin(p, &s->dial, ms / 5) != 0) {
		steady_end(p);
		return -1;
	}
	if (m->command != NULL) {
		steady_command(p, m->command);
	} else {
		steady_fault(p);
		(void)kill(p->server[0], SIGKILL);
	}
	steady_go_on(p, ms, m->patient_ms, MOST_MS);
	steady_end(p);
	steady_sum(p, &sum);
	memset(f, 0, sizeof(*f));
	f->fault = m->fault;
	f->others = sum.others;
	f->lost = sum.lost;
	f->wrong = sum.wrong;
	f->unheard = sum.unheard;
	f->longest = sum.longest;
	f->culprit_lost = sum.culprit_lost;
	f->blamed = is_named(s, p->culprit_port);
	return 0;
}

static void
crash_texts(struct experiment *e, const struct mishap *m)
{
	(void)figure_add(e, "others_lost", "others disconnected", "", 0);
	(void)figure_add(
	    e, "longest_wait_ms", "their longest wait for an answer", "ms", 1);
	(void)figure_add(e, "wrong_answers", "wrong answers", "", 0);
	(void)figure_add(
	    e, "culprit_lost", "the one itself disconnected (1: yes)", "", 0);
	(void)figure_add(
	    e, "culprit_named", "named in the log (1: yes)", "", 0);
	say(e->done, DONE_TEXT,
	    "%d clients of a server with four workers send a line every %d ms "
	    "and compare what comes back. Then %s. Who is disconnected connects "
	    "again at once and repeats what was not answered. A wait counts from "
	    "when a line was first sent until it was answered, on whichever "
	    "connection. In the pictures each row is a client, the first the "
	    "one at the top; the vertical line is the moment it happens.",
	    STEADY_CLIENTS, STEADY_PERIOD_MS,
	    m->fault == FAULT_SEGV ? "the first sends !segv"
	    : m->fault == FAULT_KILL
		? "the process that serves the first gets SIGKILL"
		: "the first sends !hang, which loops for ever; a worker that "
		  "does not move for --timeout is replaced");
	say(e->commands, DONE_TEXT,
	    "./prefork --demo -p 5000 -w 4 --timeout %s -m MODEL\n"
	    "./prefork-client --load --clients %d --rate %d --reconnect "
	    "localhost 5000\n%s",
	    m->timeout, STEADY_CLIENTS,
	    STEADY_CLIENTS * 1000 / STEADY_PERIOD_MS, m->by_hand);
}

static void
crash_figures(const struct lab *lab, struct experiment *e, int v,
    const struct crash_facts *f)
{
	value_set(&e->figure[0].value[v], f->lost);
	value_set(&e->figure[1].value[v], f->longest);
	value_set(&e->figure[2].value[v], f->wrong);
	value_set(&e->figure[3].value[v], f->culprit_lost);
	value_set(&e->figure[4].value[v], f->blamed);
	verdict_crash(&e->verdict[v], &lab->variant[v], f);
}

static void
run_mishap(struct lab *lab, struct experiment *e, const struct mishap *m)
{
	bool quick = lab->settings.quick;
	const char *const more[] = {"-w", "4", "--timeout", m->timeout, NULL};
	struct chart_strip *strips = calloc(VARIANTS, sizeof(*strips));
	struct crash_facts facts;
	struct instance s;
	int v;

	e->data = strips;
	e->chart = &chart_strips;
	crash_texts(e, m);
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		if (strips == NULL || lab_start(lab, e, v, &s, more, NULL) != 0)
			continue;
		strips[v].known =
		    suffer(&s, m, quick ? m->quick_ms : m->full_ms,
			&strips[v].run, &facts) == 0;
		if (strips[v].known)
			crash_figures(lab, e, v, &facts);
		else
			lab_unknown(e, v, "not all clients were answered");
		instance_end(&s);
	}
}

void
run_segv(struct lab *lab, struct experiment *e)
{
	run_mishap(lab, e, &mishaps[FAULT_SEGV]);
}

void
run_kill(struct lab *lab, struct experiment *e)
{
	run_mishap(lab, e, &mishaps[FAULT_KILL]);
}

void
run_hang(struct lab *lab, struct experiment *e)
{
	run_mishap(lab, e, &mishaps[FAULT_HANG]);
}
