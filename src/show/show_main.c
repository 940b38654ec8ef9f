/* prefork-show: see prefork-show(1). */
#include <stdio.h>
#include <string.h>

#include "base/arguments.h"
#include "base/log.h"
#include "os/title.h"
#include "demo.h"
#include "layers.h"

/* What follows a command is its own. */
static int (*const run[])(char **argv) = {demo_main, layers_main};
static const char *const words[] = {"demo", "layers", NULL};

/* clang-format off */
static const struct argument rows[] = {
	{.name = "version", .letter = 'V', .kind = ARGUMENT_PRINT,
	    .print = arguments_version, .help = "print the version"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};

static const struct argument operands[] = {
	{.name = "COMMAND", .kind = ARGUMENT_CHOICE, .words = words},
	{.name = NULL},
};
/* clang-format on */

static const struct arguments arguments = {
    .usage = "usage: prefork-show COMMAND [OPTION ...]\n"
	     "       prefork-show COMMAND --help\n\n"
	     "  demo    break a server under load while you watch\n"
	     "  layers  explain a capture of tcpdump's, layer by layer\n",
    .row = rows,
    .operand = operands,
};

int
main(int argc, char **argv)
{
	int command = 0;

	title_init(argc, argv);
	log_init("prefork-show", LOG_NOTE);
	while (argc > 1 && words[command] != NULL &&
	       strcmp(argv[1], words[command]) != 0)
		command++;
	if (argc > 1 && words[command] != NULL)
		return run[command](argv + 2);
	(void)arguments_demand(&arguments, &command, argv + 1);
	return run[command](argv + argc);
}
