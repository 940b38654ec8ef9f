/* prefork-show: see prefork-show(1). */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "os/title.h"
#include "show/demo.h"
#include "show/layers.h"

static const struct command {
	const char *name;
	int (*run)(char **argv);
	const char *help;
} commands[] = {
    {"demo", demo_main, "break a server under load while you watch"},
    {"layers", layers_main, "explain a capture of tcpdump's, layer by layer"},
};

enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

static int
help(void)
{
	size_t i;

	(void)printf("usage: prefork-show COMMAND [OPTION ...]\n"
		     "       prefork-show COMMAND --help\n\n");
	for (i = 0; i < COMMANDS; i++)
		(void)printf("  %-8s %s\n", commands[i].name, commands[i].help);
	return 0;
}

int
main(int argc, char **argv)
{
	size_t i;

	title_init(argc, argv);
	log_init("prefork-show", LOG_NOTE);
	if (argc < 2)
		die_usage("a command is missing (try --help)");
	for (i = 0; i < COMMANDS; i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].run(argv + 2);
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		return help();
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0) {
		(void)printf("prefork-show " PACKAGE_VERSION "\n");
		return 0;
	}
	die_usage("'%.32s': no such command (try --help)", argv[1]);
}
