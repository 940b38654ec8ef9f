/*
 * job.h - the making of a directory page, a slice at a time, so that a large
 * directory keeps no other client waiting. For src/service/pages.c alone.
 *
 * The page goes into a file without a name and is then sent like any other.
 * A job is private to the process: after a takeover the requests, which are
 * not answered yet, simply start it anew.
 */
#ifndef SERVICE_JOB_H
#define SERVICE_JOB_H

#include <stdint.h>

#include "http/listing.h"
#include "service/config.h"

struct job;

/* Begins a page for the directory `dir` (taken over, closed in any case).
 * path: decoded, with '/' at both ends. like: a page made before that may well
 * be the same and stays open meanwhile, or -1. NULL with errno. */
struct job *job_new(const struct service_config *config, int dir,
    const char *path, const struct listing_view *view, int like);
void job_free(struct job *job);

/* As job_free(), but closes no descriptor: in a takeover their numbers may be
 * others' by now. */
void job_abandon(struct job *job);

/* Does a slice of the work. 0: more to do; 1: done; -1 with errno. */
int job_run(struct job *job);

/* The memory that it holds, page included. */
size_t job_bytes(const struct job *job);

/* The finished page: a descriptor (the caller's from now on), its length. -1:
 * it came out just like the one before, byte for byte. */
int job_result(struct job *job, int64_t *length);

#endif
