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

/* Does a final answer follow this one (RFC 9110, 15.2)? */
static bool
is_interim(const char *answer)
{
	int version, status;

	return sscanf(answer, "HTTP/1.%1d %3d", &version, &status) == 2 &&
	       status >= 100 && status < 200 && status != 101;
}

/* To the end of a head. False: it has none. */
static bool
pass_head(int fd, const struct fetch_patience *patience, const char **why)
{
	static const char end[] = "\r\n\r\n";
	int met = 0;
	char c;

	while (end[met] != '\0' && fetch_read(fd, &c, 1, patience, why) == 1)
		met = c == end[met] ? met + 1 : c == end[0];
	return end[met] == '\0';
}

/* The first bytes of the final answer, or of what there is instead. */
static ssize_t
read_status(int fd, char *answer, const struct fetch_patience *patience,
    const char **why)
{
	ssize_t n;

	do
		n = fetch_read(fd, answer, STATUS_END, patience, why);
	while (n == STATUS_END && is_interim(answer) &&
	       pass_head(fd, patience, why));
	return n;
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
		n = read_status(fd, answer, &patience, &why);
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
