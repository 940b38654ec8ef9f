/*
 * reading.h - what a server says of itself in /status.json, as of one moment.
 */
#ifndef OUTSIDE_READING_H
#define OUTSIDE_READING_H

#include <stdbool.h>
#include <stdint.h>

enum { WORD_BYTES = 32, SLOTS_MAX = 512 };

struct slot_reading {
	char state[WORD_BYTES];
	int64_t slot, worker, standby, age_ms, clients;
	int64_t requests, bytes_in, bytes_out;
	int64_t takeovers, kept, dropped, blamed;
	int64_t took_us; /* the last takeover; 0: none */
};

struct reading {
	char version[WORD_BYTES], model[WORD_BYTES], readiness[WORD_BYTES];
	int64_t uptime_ms, requests, bytes_in, bytes_out;
	int64_t takeovers, kept, dropped, blamed;
	int64_t unlogged, unheard;
	int64_t answers[4];	   /* by class: 2xx, 3xx, 4xx, 5xx */
	int64_t refused;	   /* by all limits */
	int64_t masters;	   /* that died, */
	int64_t workers, standbys; /* of whatever causes */
	int slots;
	struct slot_reading slot[SLOTS_MAX];
};

/* Reads it: what is not there is 0. Texts are cut and have no byte that a
 * terminal would obey. false: it is no JSON, or names no version and model. */
bool reading_parse(struct reading *r, const char *json);

#endif
