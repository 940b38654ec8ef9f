/* Crash: memory runs out, descriptors run out. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "chart.h"
#include "lab.h"
#include "probe.h"
#include "verdict.h"

enum {
	ANSWER_MS = 10000,
	SOON_MS = 600, /* who is not served by then, waits */
	QUICK_MS = 250,
	OTHERS = 23,
	NEWCOMERS = 4,
	MEMORY_MIB = 512,
	FILES = 160,
	MANY = 200
};

#define MIB INT64_C(1048576)

/* Does its worst to the server of a variant and notes what came of it. 0; or
 * -1 if not all clients were answered. */
typedef int strain_fn(const struct lab *lab, struct experiment *e, int v,
    const struct instance *s);

static void
strain_all(struct lab *lab, struct experiment *e, const char *const more[],
    const struct program_limits *limits, strain_fn *strain)
{
	struct instance s;
	int v;

	e->chart = &chart_stacks;
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v) ||
		    lab_start(lab, e, v, &s, more, limits) != 0)
			continue;
		if (strain(lab, e, v, &s) != 0)
			lab_unknown(e, v, "not all clients were answered");
		instance_end(&s);
	}
}

/* --- memory --- */

static bool
took(const struct probe *p)
{
	return p->answered && strncmp(p->text, "leaked", 6) == 0;
}

/* Takes memory in ever smaller pieces until there is none. 0; -1 if the
 * connection ended. */
static int
leak_all(struct probes *ps)
{
	static const char *const pieces[] = {
	    "!leak 64\n", "!leak 16\n", "!leak 4\n", "!leak 1\n"};
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		do {
			if (probes_ask(ps, 0, 1, pieces[i], ANSWER_MS) != 1)
				return -1;
		} while (took(&ps->probe[0]));
	}
	return 0;
}

static void
leak_figures(const struct lab *lab, struct experiment *e, int v,
    const struct leak_facts *f)
{
	value_set(&e->figure[0].value[v], f->others - f->refused - f->lost);
	value_set(&e->figure[1].value[v], f->refused);
	value_set(&e->figure[2].value[v], f->lost);
	value_set(&e->figure[3].value[v], f->newcomers_served);
	verdict_leak(&e->verdict[v], &lab->variant[v], f);
}

static int
starve(const struct lab *lab, struct experiment *e, int v,
    const struct instance *s)
{
	struct leak_facts f = {.others = OTHERS, .newcomers = NEWCOMERS};
	pid_t pid[1 + OTHERS];
	struct probes ps;
	int i;

	if (probes_gather(&ps, &s->dial, 1 + OTHERS, pid, ANSWER_MS) != 0)
		return -1;
	(void)leak_all(&ps);
	(void)probes_ask(&ps, 1, 1 + OTHERS, "!leak 2\n", ANSWER_MS);
	for (i = 1; i <= OTHERS; i++)
		f.refused +=
		    ps.probe[i].state != PROBE_LOST && !took(&ps.probe[i]);
	f.lost = probes_lost(&ps, 1, 1 + OTHERS);
	(void)probes_connect(&ps, NEWCOMERS, ANSWER_MS);
	f.newcomers_served =
	    probes_ask(&ps, 1 + OTHERS, ps.count, "hello\n", SOON_MS);
	probes_close(&ps);
	leak_figures(lab, e, v, &f);
	return 0;
}

void
run_leak(struct lab *lab, struct experiment *e)
{
	static const char *const more[] = {
	    "-w", "2", "--max-clients", "120", NULL};
	static const struct program_limits limits = {MEMORY_MIB * MIB, -1};
	static struct chart_stack parts = {
	    3, {{"others_fed", "good"}, {"others_refused", "warn"},
		   {"others_lost", "bad"}}};

	(void)figure_add(e, "others_fed", "others who get memory", "", 0);
	(void)figure_add(e, "others_refused", "others who get none", "", 0);
	(void)figure_add(e, "others_lost", "others disconnected", "", 0);
	(void)figure_add(e, "newcomers_served", "new clients served", "", 0);
	e->data = &parts;
	say(e->done, DONE_TEXT,
	    "No process of the server may have more than %d MiB of address "
	    "space (RLIMIT_AS). %d clients are connected; the first leaks (!leak) "
	    "until it is told that no memory is left. Then each of the other %d "
	    "asks for 2 MiB, and %d new clients connect.",
	    MEMORY_MIB, 1 + OTHERS, OTHERS, NEWCOMERS);
	say(e->commands, DONE_TEXT,
	    "(ulimit -v %d; ./prefork --demo -p 5000 -w 2 --max-clients 120 -m "
	    "MODEL)\n"
	    "nc localhost 5000   type: !leak 64, then !leak 1, until it is "
	    "refused\n"
	    "nc localhost 5000   in other terminals, type: !leak 2",
	    MEMORY_MIB * 1024);
	strain_all(lab, e, more, &limits, starve);
}

/* --- descriptors --- */

static void
files_figures(const struct lab *lab, struct experiment *e, int v,
    const struct files_facts *f)
{
	value_set(&e->figure[0].value[v], f->served);
	value_set(&e->figure[1].value[v], f->wanted - f->served);
	value_set(&e->figure[2].value[v], f->others_served);
	value_set(&e->figure[3].value[v], f->after_served);
	verdict_files(&e->verdict[v], &lab->variant[v], f);
}

static int
crowd_in(const struct lab *lab, struct experiment *e, int v,
    const struct instance *s)
{
	struct files_facts f = {
	    .wanted = MANY, .others = OTHERS, .after = OTHERS};
	int soon_ms = lab->settings.quick ? QUICK_MS : SOON_MS;
	int first = OTHERS, last = OTHERS + MANY;
	struct probes ps;

	if (probes_open(&ps, &s->dial, OTHERS + MANY + OTHERS) != 0)
		return -1;
	if (probes_connect(&ps, OTHERS, ANSWER_MS) < OTHERS ||
	    probes_ask(&ps, 0, OTHERS, "hello\n", ANSWER_MS) < OTHERS) {
		probes_close(&ps);
		return -1;
	}
	(void)probes_connect(&ps, MANY, ANSWER_MS);
	f.served = probes_ask(&ps, first, last, "hello\n", soon_ms);
	f.others_served = probes_ask(&ps, 0, first, "hello\n", ANSWER_MS);
	f.lost = probes_lost(&ps, 0, first);
	probes_drop(&ps, first, last);
	(void)probes_connect(&ps, OTHERS, ANSWER_MS);
	f.after_served = probes_ask(&ps, last, ps.count, "hello\n", ANSWER_MS);
	probes_close(&ps);
	files_figures(lab, e, v, &f);
	return 0;
}

void
run_files(struct lab *lab, struct experiment *e)
{
	/* All come from one address, and are slow on purpose. */
	static const char *const more[] = {"-w", "2",
	    "--max-clients-per-address", "1000", "--min-rate", "0", NULL};
	static const struct program_limits limits = {-1, FILES};
	static struct chart_stack parts = {
	    2, {{"served", "good"}, {"waiting", "warn"}}};

	(void)figure_add(e, "served", "of 200 served at once", "", 0);
	(void)figure_add(e, "waiting", "of 200 waiting", "", 0);
	(void)figure_add(e, "others_served", "of 23 still served", "", 0);
	(void)figure_add(e, "after_served", "of 23 served afterwards", "", 0);
	e->data = &parts;
	say(e->done, DONE_TEXT,
	    "No process of the server may have more than %d descriptors "
	    "(RLIMIT_NOFILE). %d clients are connected and served. Somebody opens "
	    "%d more connections and speaks on each; then the first %d speak "
	    "again. When the many have left, %d others come.",
	    FILES, OTHERS, MANY, OTHERS, OTHERS);
	say(e->commands, DONE_TEXT,
	    "(ulimit -n %d; ./prefork -p 5000 -w 2 --min-rate 0 "
	    "--max-clients-per-address 1000 -m MODEL)\n"
	    "./prefork-client localhost 5000        type something\n"
	    "./prefork-client --idle --clients %d --seconds 5 --patience 2 "
	    "localhost 5000",
	    FILES, MANY);
	strain_all(lab, e, more, &limits, crowd_in);
}
