#include "base/log.h"
#include "errand.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "resume.h"

int
main(int argc, char **argv)
{
	static struct resumption resumption; /* as long as the program */
	struct options options;

	/* First: its signals are as they were before. */
	if (resume_is_asked(argc, argv, &resumption))
		return resume(argc, argv, &resumption);
	signals_begin();
	title_init(argc, argv);
	log_init("prefork", LOG_NOTE);
	options_parse(&options, argv + 1);
	return errand_or_start(&options, argv + 1);
}
