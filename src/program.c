#include <string.h>

#include "base/log.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "prefork/service.h"
#include "resume.h"
#include "service/program.h"
#include "service/registry.h"
#include "start.h"
#include "upgrade_wait.h"

/* Clients speak http, unless something else but auto was asked for: who does
 * not begin so is told, and hears no echo. */
static void
choose_service(struct options *o)
{
	if (service_find(service_words[o->service]) != services[SPEAKS_AUTO])
		return;
	for (o->service = 0; service_words[o->service] != NULL; o->service++)
		if (strcmp(service_words[o->service],
			services[SPEAKS_HTTP]->name) == 0)
			return;
}

int
prefork_main(int argc, char **argv, const struct pf_service *service)
{
	static struct resumption resumption; /* as long as the program */
	struct options options;

	log_init("prefork", LOG_NOTE);
	program_offer(service);
	/* First: its signals are as they were before. */
	if (resume_is_asked(argc, argv, &resumption))
		return resume(argc, argv, &resumption);
	signals_begin();
	title_init(argc, argv);
	options_parse(&options, argv + 1);
	if (options.verbose)
		log_init("prefork", LOG_DEBUG);
	if (options.upgrade != NULL)
		return upgrade_wait(options.upgrade);
	choose_service(&options);
	return start(&options, argv + 1);
}
