#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "verdict.h"

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

void
lab_step(struct lab *lab, const struct experiment *e, int variant, double share)
{
	char what[96];

	(void)snprintf(
	    what, sizeof(what), "%s: %s", e->title, variants[variant].name);
	progress_step(&lab->progress, share * e->seconds, what);
}

bool
lab_turn(struct lab *lab, const struct experiment *e, int variant)
{
	if (!lab->settings.chosen[variant])
		return false;
	lab_step(lab, e, variant, 1);
	return true;
}
