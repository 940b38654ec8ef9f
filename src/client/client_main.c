/* prefork-client: see prefork-client(1). */
#include "config.h"

#include "base/log.h"
#include "client/dial.h"
#include "client/load.h"
#include "client/settings.h"
#include "client/talk.h"

#include <stdio.h>

int
main(int argc, char **argv)
{
	struct settings settings;
	struct dial dial;
	char why[ARGUMENTS_WHY];
	int fd = -1;

	(void)argc;
	log_init("prefork-client", LOG_NOTE);
	if (settings_parse(&settings, argv + 1, why) != 0)
		die_usage("%s", why);
	if (settings.help)
		settings_help();
	else if (settings.version)
		printf("prefork-client " PACKAGE_VERSION "\n");
	if (settings.help || settings.version)
		return 0;
	if (dial_resolve(&dial, settings.host, settings.port,
		settings.load ? NULL : &fd, why, sizeof(why)) != 0) {
		log_error("%s", why);
		return EXIT_SYSTEM;
	}
	return settings.load ? load_run(&settings, &dial) : talk(fd);
}
