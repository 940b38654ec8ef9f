#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "verdict.h"

const struct recipe recipes[EXPERIMENTS] = {
    {"variable", "isolation", "One client sets a variable",
	"One client writes to a variable of the server. Which other clients "
	"see it?",
	0.4, 0.4, run_variable},
    {"scribble", "isolation", "A stray write",
	"A bug writes random bytes all over the memory it can reach. Whose "
	"data is damaged?",
	0.4, 1.5, run_scribble},
    {"pages", "isolation", "Shared pages",
	"Which pages of memory do two executors share, and which can both of "
	"them write?",
	0.3, 0.3, run_pages},
    {"segv", "crash", "A crash",
	"One of 24 clients makes its executor write through a null pointer. "
	"Who is disconnected, and when is service back?",
	1.3, 2.2, run_segv},
    {"kill", "crash", "A kill from outside",
	"The process that serves one of 24 clients is killed by SIGKILL. Who "
	"is disconnected, and when is service back?",
	1.3, 2.2, run_kill},
    {"hang", "crash", "A hang",
	"One of 24 clients sends its executor into an endless loop. Who has to "
	"wait, and for how long?",
	2.2, 3.8, run_hang},
    {"leak", "crash", "Memory runs out",
	"One client's requests leak memory until the process has reached its "
	"limit. Who else gets none?",
	0.6, 0.6, run_leak},
    {"files", "crash", "Descriptors run out",
	"Somebody opens more connections than the server may have "
	"descriptors. What happens to those who were there before?",
	0.9, 1.5, run_files},
    {"memory", "memory", "What a client costs",
	"How much memory does the whole server need for ever more clients, "
	"and what stops it?",
	1.2, 5, run_memory},
    {"speed", "speed", "How fast",
	"How many round trips, connections and files per second, and how much "
	"processor time for each?",
	1.6, 15, run_speed},
    {"start", "start", "How soon",
	"How long until the server serves, until a client has its first "
	"answer, and until a dead executor is replaced?",
	0.4, 1.5, run_start},
};

void
lab_unknown(struct experiment *e, int variant, const char *why)
{
	int i;

	for (i = 0; i < e->figures; i++) {
		e->figure[i].value[variant].samples = 0;
		say(e->figure[i].value[variant].note, NOTE_TEXT, "%s", why);
	}
	verdict_none(&e->verdict[variant], why);
}

int
lab_start(struct lab *lab, struct experiment *e, int variant,
    struct instance *server, const char *const more[],
    const struct program_limits *limits)
{
	const struct variant *v = &lab->variant[variant];
	const char *argv[LAB_ARGS] = {lab->settings.program, "-b", "127.0.0.1",
	    "-p", "0", "-r", lab->dir, "--demo", "--traceable", "-m", v->model};
	char why[INSTANCE_WHY];
	int i, n = 11;

	if (v->more != NULL)
		argv[n++] = v->more;
	for (i = 0; more[i] != NULL && n < LAB_ARGS - 1; i++)
		argv[n++] = more[i];
	memset(server, 0, sizeof(*server));
	if (instance_serve(server, argv, limits, why) != 0) {
		lab_unknown(e, variant, why);
		return -1;
	}
	/* Where there are none, none are promised. */
	if (strstr(server->log, "no standbys on this system") != NULL)
		lab->variant[variant].standby = false;
	return 0;
}

static const struct recipe *
recipe_of(const struct experiment *e)
{
	const struct recipe *r = recipes;

	while (strcmp(r->id, e->id) != 0)
		r++;
	return r;
}

void
lab_step(struct lab *lab, const struct experiment *e, int variant, double share)
{
	const struct recipe *r = recipe_of(e);
	char what[96];

	(void)snprintf(
	    what, sizeof(what), "%s: %s", e->title, variants[variant].name);
	plan_step(&lab->plan,
	    share * (lab->settings.quick ? r->quick : r->full), what);
}

bool
lab_turn(struct lab *lab, const struct experiment *e, int variant)
{
	if (!lab->settings.chosen[variant])
		return false;
	lab_step(lab, e, variant, 1);
	return true;
}
