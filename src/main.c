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
	options_parse(&options, argv + 1);
	if (options.verbose)
		log_init("prefork", LOG_DEBUG);
	return start(&options);
}
