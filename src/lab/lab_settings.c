#include "lab.h"

#include <stdio.h>
#include <string.h>

#include "base/arguments.h"

/* What --only knows: the groups of experiments and their ids. */
static const char *const words[] = {"isolation", "crash", "memory", "speed",
    "start", "variable", "scribble", "pages", "segv", "kill", "hang", "leak",
    "files", NULL};

const struct recipe *const recipes[EXPERIMENTS] = {&recipe_variable,
    &recipe_scribble, &recipe_pages, &recipe_segv, &recipe_kill, &recipe_hang,
    &recipe_leak, &recipe_files, &recipe_memory, &recipe_speed, &recipe_start};

/* The names of the variants, in their order. */
static const char *const models[VARIANTS + 1] = {
    "prefork", "no-standby", "prethread", "fork", "thread", NULL};

static void
print_help(const struct arguments *a)
{
	int i;

	arguments_help(a);
	(void)printf("\nExperiments, by group:\n");
	for (i = 0; i < EXPERIMENTS; i++)
		(void)printf("  %-10s %-10s %s\n", recipes[i]->group,
		    recipes[i]->id, recipes[i]->question);
}

#define AT(field) offsetof(struct lab_settings, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "quick", .kind = ARGUMENT_FLAG, .at = AT(quick),
	    .help = "in 30 seconds, with fewer rounds and clients"},
	{.name = "only", .kind = ARGUMENT_SOME, .at = AT(only),
	    .value = "WORDS", .words = words,
	    .otherwise = "all", .help = "some of the experiments, commas between"},
	{.name = "models", .kind = ARGUMENT_SOME, .at = AT(models),
	    .value = "WORDS", .words = models,
	    .preset = "prefork,no-standby,prethread,fork,thread",
	    .help = "some of them"},
	{.name = "report", .kind = ARGUMENT_TEXT, .at = AT(report),
	    .value = "DIR", .preset = "report",
	    .help = "where results.json and index.html go"},
	{.name = "program", .kind = ARGUMENT_TEXT, .at = AT(program),
	    .value = "PATH", .otherwise = "prefork beside this program",
	    .help = "the server"},
	{.name = "client", .kind = ARGUMENT_TEXT, .at = AT(client),
	    .value = "PATH", .otherwise = "prefork-client beside this program",
	    .help = "the load"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = print_help, .help = "print this"},
	{.name = NULL},
};
/* clang-format on */

static const struct arguments arguments = {
    .usage = "usage: prefork-lab [OPTION ...]\n"
	     "Runs the same faults and loads against all models, and reports "
	     "which clients lost what.\n",
    .row = rows,
};

void
lab_settings(struct lab_settings *s, char **argv)
{
	int v;

	memset(s, 0, sizeof(*s));
	(void)arguments_demand(&arguments, s, argv);
	for (v = 0; v < VARIANTS; v++)
		s->chosen[v] = s->models >> v & 1;
}

static bool
is_chosen(uint32_t only, const char *word)
{
	int i;

	for (i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return only >> i & 1;
	return false;
}

bool
lab_wants(const struct lab_settings *s, const struct recipe *r)
{
	return s->only == 0 || is_chosen(s->only, r->group) ||
	       is_chosen(s->only, r->id);
}
