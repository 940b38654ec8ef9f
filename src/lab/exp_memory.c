/* Memory: of the whole server, with ever more clients. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <errno.h>

#include "chart.h"
#include "bench/family.h"
#include "lab.h"
#include "probe.h"
#include "verdict.h"

enum { BATCH = 250, ANSWER_MS = 6000, SMALL_CLIENTS = 1000 };

static const int steps[] = {0, 100, 1000, 10000};
enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

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
	struct rlimit files;
	const char *line;
	long pids = limit_of("/sys/fs/cgroup/pids.max");

	instance_listen(s);
	line = strstr(s->log, "cannot start a ");
	if (line != NULL) {
		say(why, NOTE_TEXT, "%.*s (kernel.pid_max %ld%s)",
		    (int)strcspn(line, "\n") < 90 ? (int)strcspn(line, "\n")
						  : 90,
		    line, limit_of("/proc/sys/kernel/pid_max"),
		    pids > 0 ? ", and a cgroup's pids.max" : "");
		return;
	}
	line = strstr(s->log, "--max-clients: ");
	if (line != NULL) {
		say(why, NOTE_TEXT, "%.*s",
		    (int)strcspn(line, "\n") < 120 ? (int)strcspn(line, "\n")
						   : 120,
		    line);
		return;
	}
	if (getrlimit(RLIMIT_NOFILE, &files) != 0)
		files.rlim_max = 0;
	say(why, NOTE_TEXT,
	    "the next were not served within %d s (descriptors: ulimit -Hn "
	    "%lld)",
	    ANSWER_MS / 1000, (long long)files.rlim_max);
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
		if (probes_connect(ps, more, ANSWER_MS) < more ||
		    probes_ask(ps, first, ps->count, "hello\n", ANSWER_MS) <
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
climb(struct instance *s, int most, struct chart_curve *curve,
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
		if (family_memory(
			s->program.pid, &curve->memory[curve->points]) == 0)
			curve->points++;
	}
	probes_close(&ps);
	return reached;
}

static double
per_client(const struct chart_curve *c, bool tables)
{
	const struct family_memory *none = &c->memory[0];
	const struct family_memory *all = &c->memory[c->points - 1];
	int clients = c->clients[c->points - 1];

	return (double)(tables ? all->tables - none->tables
			       : all->pss - none->pss) /
	       clients;
}

static void
memory_figures(struct experiment *e, int v, const struct chart_curve *c,
    int reached, const char *why)
{
	const struct family_memory *all = &c->memory[c->points - 1];
	double value[] = {reached, per_client(c, false), per_client(c, true),
	    (double)c->memory[0].pss / 1024, (double)all->rss / 1024,
	    (double)all->pss / 1024, (double)all->uss / 1024, all->processes};
	int i;

	for (i = 0; i < e->figures; i++)
		value_set(&e->figure[i].value[v], value[i]);
	say(e->figure[0].value[v].note, NOTE_TEXT, "%s", why);
}

/* Verdicts compare, so they come when all is known. */
static void
memory_verdicts(const struct lab *lab, struct experiment *e, int wanted)
{
	const struct figure *f = e->figure;
	struct memory_facts facts;
	double best = -1, all;
	int v;

	for (v = 0; v < VARIANTS; v++) {
		if (!lab->settings.chosen[v] || f[1].value[v].samples == 0)
			continue;
		all = f[1].value[v].median + f[2].value[v].median;
		if (best < 0 || all < best)
			best = all;
	}
	for (v = 0; v < VARIANTS; v++) {
		if (!lab->settings.chosen[v] || f[1].value[v].samples == 0)
			continue;
		facts = (struct memory_facts){.wanted = wanted,
		    .reached = (int)f[0].value[v].median,
		    .per_client = f[1].value[v].median,
		    .tables = f[2].value[v].median,
		    .best = best,
		    .rss_by_pss = f[4].value[v].median / f[5].value[v].median,
		    .stopped = f[0].value[v].note};
		verdict_memory(&e->verdict[v], &lab->variant[v], &facts);
	}
}

static void
memory_texts(struct experiment *e, int most)
{
	(void)figure_add(e, "clients", "clients at once", "", 0);
	(void)figure_add(e, "pss_per_client_kib", "PSS for each", "KiB", 2);
	(void)figure_add(
	    e, "tables_per_client_kib", "page tables for each", "KiB", 2);
	(void)figure_add(e, "pss_idle_mib", "PSS without clients", "MiB", 2);
	(void)figure_add(e, "rss_mib", "RSS with all", "MiB", 1);
	(void)figure_add(e, "pss_mib", "PSS with all", "MiB", 1);
	(void)figure_add(e, "uss_mib", "USS with all", "MiB", 1);
	(void)figure_add(e, "processes", "processes", "", 0);
	e->figures_say =
	    "RSS, the figure of ps and top, counts a page once for every "
	    "process that maps it: a hundred processes of one program seem to "
	    "need its code a hundred times. PSS counts a page shared by n "
	    "processes as one n-th in each, so the sum over a family is what it "
	    "really occupies. USS counts only the pages that nobody else maps: "
	    "what would be free if this process alone went. None of them counts "
	    "page tables, sockets and what else the kernel keeps.";
	say(e->done, DONE_TEXT,
	    "A server with two workers gets 0, 100%s clients; each "
	    "says hello, is answered, and then stays silent. With every number "
	    "the memory of all its processes (master, workers, standbys, "
	    "processes for clients) is summed up from /proc/PID/smaps_rollup.",
	    most == SMALL_CLIENTS ? " and 1,000" : ", 1,000 and 10,000");
	say(e->commands, DONE_TEXT,
	    "./prefork -p 5000 -w 2 --max-clients %d -m MODEL\n"
	    "./prefork-client --idle --clients %d --seconds 30 localhost 5000\n"
	    "cat /proc/PID/smaps_rollup      of each: pgrep -g MASTER",
	    most + 100, most);
}

void
run_memory(struct lab *lab, struct experiment *e)
{
	struct chart_curve *curves = calloc(VARIANTS, sizeof(*curves));
	int v, reached, most = lab->settings.quick ? SMALL_CLIENTS : 10000;
	const char *more[] = {"-w", "2", "--max-clients", NULL, NULL};
	char clients[16], why[NOTE_TEXT];
	struct instance s;

	e->data = curves;
	e->chart = &chart_curves;
	memory_texts(e, most);
	(void)snprintf(clients, sizeof(clients), "%d", most + 100);
	more[3] = clients;
	for (v = 0; v < VARIANTS; v++) {
		if (!lab_turn(lab, e, v))
			continue;
		if (!lab->visible || curves == NULL) {
			lab_unknown(
			    e, v, "/proc/PID/smaps cannot be read here");
			continue;
		}
		if (lab_start(lab, e, v, &s, more, NULL) != 0)
			continue;
		why[0] = '\0';
		reached = climb(&s, most, &curves[v], why);
		if (reached > 0 && curves[v].points > 1)
			memory_figures(e, v, &curves[v], reached, why);
		else
			lab_unknown(
			    e, v, why[0] != '\0' ? why : "nobody was served");
		instance_end(&s);
	}
	memory_verdicts(lab, e, most);
}
