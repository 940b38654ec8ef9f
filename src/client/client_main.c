/* prefork-client: see prefork-client(1). */
#include "base/log.h"
#include "bench/dial.h"
#include "run.h"
#include "talk.h"

int
main(int argc, char **argv)
{
	struct settings settings;
	struct dial dial;
	char why[ARGUMENTS_WHY];
	int fd = -1;

	(void)argc;
	log_init("prefork-client", LOG_NOTE);
	settings_parse(&settings, argv + 1);
	if (dial_resolve(&dial, settings.host, settings.port,
		settings.load ? NULL : &fd, why, sizeof(why)) != 0) {
		log_error("%s", why);
		return EXIT_SYSTEM;
	}
	return settings.load ? load_run(&settings, &dial) : talk(fd);
}
