#include "outside/health.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "outside/fetch.h"

enum { PATIENCE_MS = 5000, STATUS_END = 12 /* "HTTP/1.1 200" */ };

static bool
is_well(const char *answer)
{
	int major, minor, status;

	return sscanf(answer, "HTTP/%1d.%1d %3d", &major, &minor, &status) ==
		   3 &&
	       status >= 200 && status < 400;
}

int
health_check(const char *url)
{
	const struct fetch_patience patience = {
	    clock_now() + PATIENCE_MS, NULL};
	char answer[STATUS_END + 1] = "", shown[4 * STATUS_END + 1];
	const char *why = NULL;
	int fd = fetch_ask(url, NULL, &patience, &why);
	ssize_t n = -1;

	if (fd >= 0) {
		n = fetch_read(fd, answer, STATUS_END, &patience, &why);
		(void)close(fd);
	}
	if (n >= 0 && n < STATUS_END) {
		why = "the connection ended without an answer";
	} else if (n >= 0 && !is_well(answer)) {
		(void)escape_text(shown, sizeof(shown), answer, STATUS_END);
		why = shown;
	}
	if (why != NULL)
		log_error("%s: %s", url, why);
	return why != NULL;
}
