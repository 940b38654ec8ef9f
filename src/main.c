#include "base/log.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "resume.h"
#include "start.h"

int
main(int argc, char **argv)
{
	static struct image image; /* as long as the program */
	struct renewal renewal;
	struct options options;

	/* First: its signals are as they were before. */
	if (resume_is_asked(argc, argv, &renewal, &image))
		return resume(argc, argv, &renewal, &image);
	signals_begin();
	title_init(argc, argv);
	log_init("prefork", LOG_NOTE);
	options_parse(&options, argv + 1);
	if (options.verbose)
		log_init("prefork", LOG_DEBUG);
	return start(&options, argv + 1);
}
