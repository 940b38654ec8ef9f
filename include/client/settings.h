/*
 * settings.h - what the command line asked for.
 *
 * One table row per option: it is parsed, bounded and explained there, and
 * --help prints it.
 */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include <stddef.h>
#include <stdint.h>

enum { SETTINGS_HEADERS = 16 };

/* Numbers are all int64_t, so that a row can say where its value goes; flags
 * are 0 or 1. Texts point into argv; NULL: not given. */
struct settings {
	const char *host, *port;
	int64_t load; /* 0: interactive */
	int64_t help, version;

	int64_t clients;
	int64_t size_min, size_max; /* bytes of one message */
	int64_t duration;	    /* ms; -1: until count is reached */
	int64_t count;		    /* round trips; 0: no limit */
	int64_t rate;		    /* round trips per second; 0: no limit */
	int64_t seed;
	int64_t patience; /* ms without an expected byte */

	int64_t stream, churn, reconnect, idle;
	int64_t window; /* --stream: bytes under way per client */

	const char *get; /* the path; NULL: echo */
	int64_t pipeline;
	const char *sha256; /* 64 hexadecimal digits, checked */
	/* Field lines "Name: value", checked; NULL behind the last. */
	const char *header[SETTINGS_HEADERS + 1];

	int64_t json, each;
	const char *timeline;
	const char *poller;
};

enum { SETTINGS_WHY = 256 };

/* Fills s. 0; or -1 with one line in why that names the option, its value
 * and what is allowed. When help or version is set nothing else is. */
int settings_parse(
    struct settings *s, int argc, char **argv, char why[SETTINGS_WHY]);

/* Writes the help to standard output. */
void settings_help(void);

#endif
