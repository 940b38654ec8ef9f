#include <stdio.h>

#include "base/log.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "start.h"

int
main(int argc, char **argv)
{
	struct options options;

	signals_begin();
	title_init(argc, argv);
	log_init("prefork", LOG_NOTE);
	options_parse(&options, argc, argv);
	if (options.verbose)
		log_init("prefork", LOG_DEBUG);
	if (options.help || options.version) {
		if (options.help)
			options_help();
		else
			options_version();
		if (fflush(stdout) != 0)
			die("write:");
		return 0;
	}
	return start(&options);
}
