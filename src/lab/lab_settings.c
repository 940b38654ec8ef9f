#include "lab/lab.h"

#include <stdio.h>
#include <string.h>

/* Is every word of the list one that is known? Else `bad` is the first that is
 * not, and *len its length. */
static bool
are_known(const char *list, bool (*known)(const char *word, size_t len),
    const char **bad, size_t *len)
{
	do {
		*len = strcspn(list, ",");
		*bad = list;
		if (!known(list, *len))
			return false;
		list += *len;
	} while (*list++ == ',');
	return true;
}

static bool
is_experiment(const char *word, size_t len)
{
	int i;

	for (i = 0; i < EXPERIMENTS; i++)
		if ((strlen(recipes[i].id) == len &&
			strncmp(recipes[i].id, word, len) == 0) ||
		    (strlen(recipes[i].group) == len &&
			strncmp(recipes[i].group, word, len) == 0))
			return true;
	return false;
}

static bool
is_variant(const char *word, size_t len)
{
	return variant_named(word, (int)len) >= 0;
}

static int
take_only(struct lab_settings *s, const char *value, char why[LAB_WHY])
{
	const char *bad;
	size_t len;
	int i, n;

	s->only = value;
	if (are_known(value, is_experiment, &bad, &len))
		return 0;
	n = snprintf(why, LAB_WHY,
	    "--only: '%.*s' is not allowed: give some of isolation, crash, "
	    "memory, speed, start; or of",
	    (int)(len < 32 ? len : 32), bad);
	for (i = 0; i < EXPERIMENTS && n < LAB_WHY; i++)
		n += snprintf(why + n, (size_t)(LAB_WHY - n), "%s %s",
		    i > 0 ? "," : "", recipes[i].id);
	return -1;
}

static int
take_models(struct lab_settings *s, const char *value, char why[LAB_WHY])
{
	const char *bad, *at;
	size_t len;
	int v;

	if (!are_known(value, is_variant, &bad, &len)) {
		(void)snprintf(why, LAB_WHY,
		    "--models: '%.*s' is not allowed: give some of prefork, "
		    "no-standby, prethread, fork, thread",
		    (int)(len < 32 ? len : 32), bad);
		return -1;
	}
	for (v = 0; v < VARIANTS; v++)
		s->chosen[v] = false;
	for (at = value; *at != '\0'; at += *at == ',') {
		len = strcspn(at, ",");
		s->chosen[variant_named(at, (int)len)] = true;
		at += len;
	}
	return 0;
}

/* What the options with a value do with it. */
static int
take(struct lab_settings *s, const char *name, const char *value,
    char why[LAB_WHY])
{
	if (strcmp(name, "--only") == 0)
		return take_only(s, value, why);
	if (strcmp(name, "--models") == 0)
		return take_models(s, value, why);
	if (strcmp(name, "--report") == 0)
		s->report = value;
	else if (strcmp(name, "--program") == 0)
		s->program = value;
	else
		s->client = value;
	return 0;
}

static bool
has_value(const char *name)
{
	static const char *const names[] = {
	    "--only", "--models", "--report", "--program", "--client"};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(name, names[i]) == 0)
			return true;
	return false;
}

int
lab_settings(struct lab_settings *s, int argc, char **argv, char why[LAB_WHY])
{
	int i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < VARIANTS; i++)
		s->chosen[i] = true;
	s->report = "report";
	for (i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--quick") == 0) {
			s->quick = true;
		} else if (strcmp(argv[i], "-h") == 0 ||
			   strcmp(argv[i], "--help") == 0) {
			s->help = true;
		} else if (!has_value(argv[i])) {
			(void)snprintf(why, LAB_WHY,
			    "%.64s: no such option; -h lists them", argv[i]);
			return -1;
		} else if (i + 1 == argc || argv[i + 1][0] == '\0') {
			(void)snprintf(
			    why, LAB_WHY, "%s: a value is missing", argv[i]);
			return -1;
		} else {
			if (take(s, argv[i], argv[i + 1], why) != 0)
				return -1;
			i++;
		}
	}
	return 0;
}

void
lab_help(void)
{
	int i;

	(void)printf(
	    "usage: prefork-lab [options]\n"
	    "Runs the same faults and loads against all models, and reports "
	    "who lost what.\n\n"
	    "  --quick          in half a minute, with fewer rounds and "
	    "clients\n"
	    "  --only WORDS     some of the experiments, commas between\n"
	    "  --models WORDS   some of prefork,no-standby,prethread,fork,"
	    "thread\n"
	    "  --report DIR     where results.json and index.html go "
	    "(report)\n"
	    "  --program PATH   the server (prefork beside this program)\n"
	    "  --client PATH    the load (prefork-client beside it)\n"
	    "  -h, --help       print this\n\n"
	    "Experiments, by group:\n");
	for (i = 0; i < EXPERIMENTS; i++)
		(void)printf("  %-10s %-10s %s\n", recipes[i].group,
		    recipes[i].id, recipes[i].question);
}
