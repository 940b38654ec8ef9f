/* prefork-lab: the same faults and loads against all models. See scripts/
 * compare, which builds it and runs it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/arguments.h"
#include "base/clock.h"
#include "base/log.h"
#include "bench/proc.h"
#include "lab.h"
#include "report.h"
#include "os/process.h"

enum { FILE_BYTES = 1024 };

static void
need_program(const char *path)
{
	if (access(path, X_OK) != 0)
		die("%s:", path);
}

static void
make_file(const struct lab *lab)
{
	char path[CLEANUP_PATH + 16], bytes[FILE_BYTES];
	size_t n;
	FILE *f;

	memset(bytes, 'x', sizeof(bytes));
	(void)snprintf(path, sizeof(path), "%s/file", lab->dir);
	f = fopen(path, "w");
	if (f == NULL)
		die("%s:", path);
	n = fwrite(bytes, 1, sizeof(bytes), f);
	if (fclose(f) != 0 || n != sizeof(bytes))
		die("%s:", path);
}

static void
open_lab(struct lab *lab, const char *self)
{
	struct lab_settings *s = &lab->settings;
	double total = 0;
	int i, v, variants_chosen = 0;

	if (s->program == NULL)
		s->program = program_beside(
		    lab->program, sizeof(lab->program), self, "prefork");
	if (s->client == NULL)
		s->client = program_beside(
		    lab->client, sizeof(lab->client), self, "prefork-client");
	need_program(s->program);
	need_program(s->client);
	if (mkdir(s->report, 0777) != 0 && errno != EEXIST)
		die("--report: %s:", s->report);
	if (cleanup_open("prefork-lab", lab->dir, NULL) != 0)
		die("temporary directory:");
	cleanup_on_signals();
	make_file(lab);
	lab->visible = proc_visible();
	memcpy(lab->variant, variants, sizeof(variants));
	for (v = 0; v < VARIANTS; v++)
		variants_chosen += s->chosen[v];
	for (i = 0; i < EXPERIMENTS; i++)
		if (lab_wants(s, recipes[i]))
			total += variants_chosen * lab_seconds(lab, recipes[i]);
	progress_open(&lab->progress, total);
}

static void
run_all(struct lab *lab)
{
	int i;

	for (i = 0; i < EXPERIMENTS; i++) {
		lab->experiment[i].recipe = recipes[i];
		if (lab_wants(&lab->settings, recipes[i]))
			lab_make(lab, &lab->experiment[i]);
	}
	progress_close(&lab->progress);
}

static void
describe(struct report *r, const struct lab *lab)
{
	int64_t available, total;
	time_t now = time(NULL);
	struct utsname system;
	struct tm tm;

	r->experiment = lab->experiment;
	r->experiments = EXPERIMENTS;
	r->chosen = lab->settings.chosen;
	r->no_standby = !lab->variant[0].standby;
	r->quick = lab->settings.quick;
	r->seconds = (double)(clock_now() - lab->progress.begun) / 1e3;
	(void)strftime(r->date, sizeof(r->date), "%Y-%m-%d %H:%M UTC",
	    gmtime_r(&now, &tm));
	if (uname(&system) != 0)
		(void)snprintf(system.sysname, sizeof(system.sysname), "?");
	if (proc_machine(&available, &total) != 0)
		total = 0;
	(void)snprintf(r->machine, sizeof(r->machine),
	    "%d processors, %.0f GiB of memory, %.40s %.60s, %.20s",
	    process_processors(), (double)total / 1048576, system.sysname,
	    system.release, system.machine);
}

/* Whole or not at all: written beside, and then renamed. */
static void
write_file(const struct report *r, const char *dir, const char *name,
    void (*write_it)(FILE *out, const void *report))
{
	char path[512], fresh[520];
	FILE *f;

	if (snprintf(path, sizeof(path), "%s/%s", dir, name) >=
	    (int)sizeof(path))
		arguments_refuse("--report", dir, "a shorter path");
	(void)snprintf(fresh, sizeof(fresh), "%s.new", path);
	f = fopen(fresh, "w");
	if (f == NULL)
		die("%s:", fresh);
	write_it(f, r);
	if (ferror(f) || fclose(f) != 0 || rename(fresh, path) != 0)
		die("%s:", path);
}

int
main(int argc, char **argv)
{
	static struct lab lab;
	static struct report report;

	(void)argc;
	log_init("prefork-lab", LOG_NOTE);
	lab_settings(&lab.settings, argv + 1);
	open_lab(&lab, argv[0]);
	run_all(&lab);
	cleanup_close();
	describe(&report, &lab);
	write_file(
	    &report, lab.settings.report, "results.json", report_results);
	write_file(&report, lab.settings.report, "index.html", report_page);
	report_terminal(stdout, &report);
	(void)printf("\n%.0f s; %s/results.json, %s/index.html\n",
	    report.seconds, lab.settings.report, lab.settings.report);
	return report_surprises(&report) == 0 ? 0 : 1;
}
