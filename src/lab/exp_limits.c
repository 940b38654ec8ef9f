/* Crash: memory runs out, descriptors run out. */
#include <assert.h>
#include <string.h>

#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

enum {
	SOON_MS = 600, /* a client not served by then waits */
	QUICK_MS = 250,
	OTHERS = 23,
	NEWCOMERS = 4,
	MEMORY_MIB = 512,
	FILES = 160,
	MANY = 200
};

static_assert(OTHERS == 23 && NEWCOMERS == 4 && MEMORY_MIB == 512 &&
		  FILES == 160 && MANY == 200,
    "the texts say so");

/* --- memory --- */

static bool
took(const struct probe *p)
{
	return p->answered && strncmp(p->text, "leaked", 6) == 0;
}

/* Takes memory in ever smaller pieces until there is none, or until the
 * connection ends. */
static void
leak_all(struct probes *ps)
{
	static const char *const pieces[] = {
	    "!leak 64\n", "!leak 16\n", "!leak 4\n", "!leak 1\n"};
	size_t i;

	for (i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		do {
			if (probes_ask(ps, 0, 1, pieces[i], ANSWER_MS) != 1)
				return;
		} while (took(&ps->probe[0]));
	}
}

static const char *
measure_leak(struct trial *t)
{
	struct leak_facts f = {.others = OTHERS, .newcomers = NEWCOMERS};
	struct probes *ps = &t->crowd;
	int i;

	leak_all(ps);
	(void)probes_ask(ps, 1, 1 + OTHERS, "!leak 2\n", ANSWER_MS);
	for (i = 1; i <= OTHERS; i++)
		f.refused +=
		    ps->probe[i].state != PROBE_LOST && !took(&ps->probe[i]);
	f.lost = probes_lost(ps, 1, 1 + OTHERS);
	(void)probes_connect(ps, NEWCOMERS, ANSWER_MS);
	f.newcomers_served =
	    probes_ask(ps, 1 + OTHERS, ps->count, "hello\n", SOON_MS);
	experiment_add(t->experiment, t->v,
	    (const double[]){f.others - f.refused - f.lost, f.refused, f.lost,
		f.newcomers_served});
	verdict_leak(t->verdict, t->variant, &f);
	return NULL;
}

const struct recipe recipe_leak = {
    .id = "leak",
    .group = "crash",
    .title = "Memory runs out",
    .question = LEAK_QUESTION,
    .done = LEAK_DONE,
    .by_hand = LEAK_BY_HAND,
    .figure = {{"others_fed", "others that get memory", "", 0},
	{"others_refused", "others that get none", "", 0},
	{"others_lost", "others disconnected", "", 0},
	{"newcomers_served", "new clients served", "", 0}},
    .chart = {.kind = "stacks",
	.part = {{"others_fed", "good"}, {"others_refused", "warn"},
	    {"others_lost", "bad"}}},
    .quick = 0.6,
    .full = 0.6,
    .options = {"-w", "2", "--max-clients", "120"},
    .limits = &(const struct program_limits){MEMORY_MIB * INT64_C(1048576), -1},
    .crowd = 1 + OTHERS,
    .measure = measure_leak,
};

/* --- descriptors --- */

static const char *
measure_files(struct trial *t)
{
	struct files_facts f = {
	    .wanted = MANY, .others = OTHERS, .after = OTHERS};
	int soon_ms = t->lab->settings.quick ? QUICK_MS : SOON_MS;
	int first = OTHERS, last = OTHERS + MANY;
	struct probes ps;

	if (probes_open(&ps, &t->server.dial, OTHERS + MANY + OTHERS) != 0)
		return LAB_UNANSWERED;
	if (probes_connect(&ps, OTHERS, ANSWER_MS) < OTHERS ||
	    probes_ask(&ps, 0, OTHERS, "hello\n", ANSWER_MS) < OTHERS) {
		probes_close(&ps);
		return LAB_UNANSWERED;
	}
	(void)probes_connect(&ps, MANY, ANSWER_MS);
	f.served = probes_ask(&ps, first, last, "hello\n", soon_ms);
	f.others_served = probes_ask(&ps, 0, first, "hello\n", ANSWER_MS);
	f.lost = probes_lost(&ps, 0, first);
	probes_drop(&ps, first, last);
	(void)probes_connect(&ps, OTHERS, ANSWER_MS);
	f.after_served = probes_ask(&ps, last, ps.count, "hello\n", ANSWER_MS);
	probes_close(&ps);
	experiment_add(t->experiment, t->v,
	    (const double[]){f.served, f.wanted - f.served, f.others_served,
		f.after_served});
	verdict_files(t->verdict, t->variant, &f);
	return NULL;
}

const struct recipe recipe_files = {
    .id = "files",
    .group = "crash",
    .title = "Descriptors run out",
    .question = FILES_QUESTION,
    .done = FILES_DONE,
    .by_hand = FILES_BY_HAND,
    .figure = {{"served", "of 200 served at once", "", 0},
	{"waiting", "of 200 waiting", "", 0},
	{"others_served", "of 23 still served", "", 0},
	{"after_served", "of 23 served afterwards", "", 0}},
    .chart = {.kind = "stacks",
	.part = {{"served", "good"}, {"waiting", "warn"}}},
    .quick = 0.9,
    .full = 1.5,
    /* All come from one address, and are slow on purpose. */
    .options = {"-w", "2", "--max-clients-per-address", "1000", "--min-rate",
	"0"},
    .limits = &(const struct program_limits){-1, FILES},
    .measure = measure_files,
};
