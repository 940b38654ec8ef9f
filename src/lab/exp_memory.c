/* Memory: of the whole server, with ever more clients. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "bench/proc.h"
#include "lab.h"
#include "verdict.h"
#include "src/lab/texts.inc"

enum {
	BATCH = 250,
	SERVED_MS = 6000,
	SMALL_CLIENTS = 1000,
	MOST_CLIENTS = 10000
};

/* Where the figures are that are looked at again. */
enum { CLIENTS = 0, EACH = 1, TABLES = 2, RSS = 4, PSS = 5 };

static const int steps[] = {0, 100, 1000, MOST_CLIENTS};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* Memory over clients, both logarithmic. */
struct memory_curve {
	int points;
	int clients[STEPS];
	struct proc_memory memory[STEPS];
};

static void
draw_curve(struct json *j, const char *key, const void *picture)
{
	const struct memory_curve *curve = picture;
	const struct proc_memory *m = curve->memory;
	int i;

	json_begin(j, key, '[');
	for (i = 0; i < curve->points; i++, m++) {
		json_begin(j, NULL, '{');
		json_count(j, "clients", curve->clients[i]);
		json_count(j, "rss_kib", m->rss);
		json_count(j, "pss_kib", m->pss);
		json_count(j, "uss_kib", m->uss);
		json_count(j, "tables_kib", m->tables);
		json_count(j, "processes", m->processes);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static long
limit_of(const char *path)
{
	FILE *f = fopen(path, "r");
	long n = -1;

	if (f != NULL && fscanf(f, "%ld", &n) != 1)
		n = -1;
	if (f != NULL)
		(void)fclose(f);
	return n;
}

/* Why the last of them were not served, as far as anybody says. */
static void
say_what_stopped(struct instance *s, char why[NOTE_TEXT])
{
	static const char *const causes[] = {
	    "cannot start a ", "--max-clients: "};
	struct rlimit files;
	const char *line;
	int i, len;

	instance_listen(s);
	for (i = 0; i < 2; i++) {
		line = strstr(s->log, causes[i]);
		if (line == NULL)
			continue;
		len = (int)strcspn(line, "\n");
		say(why, NOTE_TEXT, "%.*s", len < 90 ? len : 90, line);
		if (i == 0)
			say(why + strlen(why), NOTE_TEXT - strlen(why),
			    " (kernel.pid_max %ld%s)",
			    limit_of("/proc/sys/kernel/pid_max"),
			    limit_of("/sys/fs/cgroup/pids.max") > 0
				? ", and a cgroup's pids.max"
				: "");
		return;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		files.rlim_max = 0;
	say(why, NOTE_TEXT,
	    "the next were not served within %d s (descriptors: ulimit -Hn "
	    "%lld)",
	    SERVED_MS / 1000, (long long)files.rlim_max);
}

/* As many clients as wanted, each of which was answered once. Returns how many
 * there are; if fewer, why says what stopped it. */
static int
grow(struct instance *s, struct probes *ps, int wanted, char why[NOTE_TEXT])
{
	int64_t available, total;
	int more, first;

	while (ps->count < wanted) {
		if (proc_machine(&available, &total) == 0 &&
		    available < total / 5) {
			say(why, NOTE_TEXT,
			    "stopped by the laboratory: four fifths of this "
			    "machine's memory are in use");
			return ps->count;
		}
		first = ps->count;
		more = wanted - first < BATCH ? wanted - first : BATCH;
		if (probes_connect(ps, more, SERVED_MS) < more ||
		    probes_ask(ps, first, ps->count, "hello\n", SERVED_MS) <
			more) {
			if (ps->error == EADDRNOTAVAIL || ps->error == EMFILE)
				say(why, NOTE_TEXT, "the laboratory itself: %s",
				    strerror(ps->error));
			else
				say_what_stopped(s, why);
			return first;
		}
	}
	return ps->count;
}

/* Fills the curve of one variant. Returns how many clients there were. */
static int
climb(struct instance *s, int most, struct memory_curve *curve,
    char why[NOTE_TEXT])
{
	struct probes ps;
	int i, reached = 0;

	if (probes_open(&ps, &s->dial, most) != 0) {
		struct rlimit rl = {0, 0};

		(void)getrlimit(RLIMIT_NOFILE, &rl);
		say(why, NOTE_TEXT,
		    "the laboratory itself may have %lld descriptors only "
		    "(ulimit -Hn)",
		    (long long)rl.rlim_max);
		most = (int)rl.rlim_max - 200;
		if (most < 1 || probes_open(&ps, &s->dial, most) != 0)
			return 0;
	}
	for (i = 0; i < STEPS && reached >= (i > 0 ? steps[i - 1] : 0); i++) {
		if (steps[i] > most && reached == most)
			break;
		reached = grow(s, &ps, steps[i] < most ? steps[i] : most, why);
		if (curve->points > 0 &&
		    reached == curve->clients[curve->points - 1])
			break;
		curve->clients[curve->points] = reached;
		if (proc_memory(
			s->program.pid, &curve->memory[curve->points]) == 0)
			curve->points++;
	}
	probes_close(&ps);
	return reached;
}

static double
per_client(const struct memory_curve *c, bool tables)
{
	const struct proc_memory *none = &c->memory[0];
	const struct proc_memory *all = &c->memory[c->points - 1];
	int clients = c->clients[c->points - 1];

	return (double)(tables ? all->tables - none->tables
			       : all->pss - none->pss) /
	       clients;
}

static const char *
measure_memory(struct trial *t)
{
	struct memory_curve *c = t->picture;
	int most = t->lab->settings.quick ? SMALL_CLIENTS : MOST_CLIENTS;
	int reached = climb(&t->server, most, c, t->why);
	const struct proc_memory *all;

	if (reached == 0 || c->points < 2)
		return t->why[0] != '\0' ? t->why : "no client was served";
	all = &c->memory[c->points - 1];
	experiment_add(t->experiment, t->v,
	    (const double[FIGURES_MAX]){reached, per_client(c, false),
		per_client(c, true), (double)c->memory[0].pss / 1024,
		(double)all->rss / 1024, (double)all->pss / 1024,
		(double)all->uss / 1024, all->processes});
	say(t->experiment->value[CLIENTS][t->v].note, NOTE_TEXT, "%s", t->why);
	return NULL;
}

static double
whole_client(const struct experiment *e, int v)
{
	return e->value[EACH][v].median + e->value[TABLES][v].median;
}

static void
conclude_memory(const struct lab *lab, struct experiment *e, int v)
{
	const struct value(*of)[VARIANTS] = e->value;
	struct memory_facts facts = {
	    .wanted = lab->settings.quick ? SMALL_CLIENTS : MOST_CLIENTS,
	    .reached = (int)of[CLIENTS][v].median,
	    .per_client = of[EACH][v].median,
	    .tables = of[TABLES][v].median,
	    .best = whole_client(e, v),
	    .rss_by_pss = of[RSS][v].median / of[PSS][v].median,
	    .stopped = of[CLIENTS][v].note};
	int i;

	for (i = 0; i < VARIANTS; i++)
		if (e->tried[i] && whole_client(e, i) < facts.best)
			facts.best = whole_client(e, i);
	verdict_memory(&e->verdict[v], &lab->variant[v], &facts);
}

const struct recipe recipe_memory = {
    .id = "memory",
    .group = "memory",
    .title = "What a client costs",
    .question = MEMORY_QUESTION,
    .done = MEMORY_DONE,
    .by_hand = MEMORY_BY_HAND,
    .figures_say = MEMORY_FIGURES,
    .figure = {{"clients", "clients at once", "", 0},
	{"pss_per_client_kib", "PSS for each", "KiB", 2},
	{"tables_per_client_kib", "page tables for each", "KiB", 2},
	{"pss_idle_mib", "PSS without clients", "MiB", 2},
	{"rss_mib", "RSS with all", "MiB", 1},
	{"pss_mib", "PSS with all", "MiB", 1},
	{"uss_mib", "USS with all", "MiB", 1},
	{"processes", "processes", "", 0}},
    .chart = {.kind = "curves",
	.picture = sizeof(struct memory_curve),
	.draw = draw_curve},
    .quick = 1.2,
    .full = 5,
    .looks = true,
    .options = {"-w", "2", "--max-clients", "10100"},
    .measure = measure_memory,
    .conclude = conclude_memory,
};
