/* prefork_main: the main of a program with a service of its own. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "errand.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "prefork/service.h"
#include "resume.h"
#include "service/program.h"

/* Clients speak http, unless another service is asked for behind that: a client
 * that sends something else gets an error, no echo. The array lasts for good;
 * NULL: no memory. */
static char **
arguments(int argc, char **argv)
{
	static char speaks[] = "--service=http";
	char **all = calloc((size_t)argc + 2, sizeof(*all));

	if (all == NULL)
		return NULL;
	all[0] = speaks;
	memcpy(all + 1, argv, (size_t)argc * sizeof(*argv));
	return all;
}

int
prefork_main(int argc, char **argv, const struct pf_service *service)
{
	static struct resumption resumption; /* as long as the program */
	struct options options;
	char **all;

	log_init("prefork", LOG_NOTE);
	program_offer(service);
	/* First: its signals are as they were before. */
	if (resume_is_asked(argc, argv, &resumption))
		return resume(argc, argv, &resumption);
	signals_begin();
	title_init(argc, argv);
	all = arguments(argc > 0 ? argc - 1 : 0, argv + 1);
	if (all == NULL)
		die("no memory:");
	options_parse(&options, all);
	return errand_or_start(&options, all);
}
