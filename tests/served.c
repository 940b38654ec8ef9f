#include "served.h"

#include <string.h>

#include "base/log.h"
#include "options.h"
#include "os/signals.h"
#include "os/title.h"
#include "resume.h"
#include "service/registry.h"
#include "start.h"

int
served_main(const struct service *service, int argc, char **argv)
{
	static struct resumption resumption;
	struct options options;

	if (service_add(service) != 0)
		die("a service of that name or number is there");
	if (resume_is_asked(argc, argv, &resumption))
		return resume(argc, argv, &resumption);
	signals_begin();
	title_init(argc, argv);
	log_init("prefork", LOG_NOTE);
	options_parse(&options, argv + 1);
	options.service = 0;
	while (strcmp(service_words[options.service], service->name) != 0)
		options.service++;
	return start(&options, argv + 1);
}
