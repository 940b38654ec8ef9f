#include "matrix.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"
#include "server.h"

struct cell {
	const char *model;
	const char *poller;
};

static const struct cell all[] = {
    {"prefork", "epoll"},
    {"prefork", "poll"},
    {"prethread", "epoll"},
    {"prethread", "poll"},
    {"fork", "poll"},
    {"thread", "poll"},
};

enum { ALL = sizeof(all) / sizeof(all[0]) };

static struct cell cells[ALL];
static int count = -1;

/* Is the word in the list, whose words are parted by spaces? */
static bool
is_listed(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *p = list;

	while ((p = strstr(p, word)) != NULL) {
		if ((p == list || p[-1] == ' ') &&
		    (p[len] == ' ' || p[len] == '\0' || p[len] == '\n'))
			return true;
		p += len;
	}
	return false;
}

/* Once: as a rule in the parent of all tests, which says how many there are. */
static void
fill(void)
{
	static struct result version;
	const char *models = getenv("PREFORK_TEST_MODELS"), *pollers;
	int i;

	if (count >= 0)
		return;
	count = 0;
	program_run(&version, NULL, server_program(), "-V", NULL);
	pollers = strstr(version.out, "\npollers:");
	for (i = 0; i < ALL; i++)
		if ((models == NULL || models[0] == '\0' ||
			is_listed(models, all[i].model)) &&
		    pollers != NULL && is_listed(pollers + 1, all[i].poller))
			cells[count++] = all[i];
}

int
matrix_cells(void)
{
	fill();
	return count;
}

int
matrix_pools(void)
{
	int n = 0;

	while (n < matrix_cells() && strcmp(cells[n].model, "prefork") == 0)
		n++;
	return n;
}

bool
matrix_has(const char *model)
{
	int i;

	for (i = 0; i < matrix_cells(); i++)
		if (strcmp(cells[i].model, model) == 0)
			return true;
	return false;
}

const char *
matrix_model(int cell)
{
	fill();
	return cells[cell].model;
}

int
matrix_arguments(int cell, const char **args)
{
	args[0] = "-m";
	args[1] = cells[cell].model;
	args[2] = "--poller";
	args[3] = cells[cell].poller;
	return 4;
}

const char *
without_standby(void)
{
	static struct result help;

	if (help.out[0] == '\0')
		program_run(&help, NULL, server_program(), "-h", NULL);
	return strstr(help.out, "--no-standby") != NULL ? "--no-standby" : NULL;
}
