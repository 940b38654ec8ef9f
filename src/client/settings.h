/*
 * settings.h - what the command line asked for.
 *
 * One table row per option, see base/arguments.h.
 */
#ifndef CLIENT_SETTINGS_H
#define CLIENT_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arguments.h"

/* Texts point into argv; NULL: not given. */
struct settings {
	const char *host, *port;
	bool load; /* else interactive */

	int64_t clients;
	struct sizes {
		int64_t min, max; /* bytes of one message */
	} size;
	int64_t duration; /* ms; -1: until count is reached */
	int64_t count;	  /* round trips; 0: no limit */
	int64_t rate;	  /* round trips per second; 0: no limit */
	int64_t seed;
	int64_t patience; /* ms without an expected byte */

	bool stream, churn, reconnect, idle;
	int64_t window; /* --stream: bytes under way per client */

	const char *get; /* the path; NULL: echo */
	int64_t pipeline;
	const char *sha256;	     /* 64 hexadecimal digits, checked */
	struct argument_list header; /* lines "Name: value", checked */

	bool json, each;
	const char *timeline;
	int poller; /* of poller_names; -1: the best */
};

/* Fills s from argv, which begins behind the program's name; dies or prints as
 * arguments_demand does. */
void settings_parse(struct settings *s, char **argv);

#endif
