/*
 * timeline.h - when what happened to which client, one line each.
 *
 * A line is "MS CLIENT EVENT [DETAIL]": milliseconds since the timeline was
 * opened, the client's number from 0, and what happened. The first line is
 * "0 - start EPOCH_MS", so that lines can be set against other clocks.
 * All functions do nothing when t is NULL.
 */
#ifndef CLIENT_TIMELINE_H
#define CLIENT_TIMELINE_H

#include <stdint.h>

struct timeline;

/* Creates or empties the file. NULL with errno. */
struct timeline *timeline_open(const char *path);

/* now: clock_ns(). detail may be NULL. */
void timeline_note(struct timeline *t, int64_t now, int client,
    const char *event, const char *detail);

/* 0, or -1 with errno if something could not be written. */
int timeline_close(struct timeline *t);

#endif
