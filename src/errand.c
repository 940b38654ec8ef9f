#include "errand.h"

#include "base/log.h"
#include "outside/health.h"
#include "outside/top.h"
#include "start.h"
#include "upgrade_wait.h"

int
errand_or_start(const struct options *o, char **argv)
{
	if (o->verbose)
		log_init("prefork", LOG_DEBUG);
	if (o->upgrade != NULL)
		return upgrade_wait(o->upgrade);
	if (o->check_url != NULL)
		return health_check(o->check_url);
	if (o->top_url != NULL)
		return top_show(o->top_url);
	return start(o, argv);
}
