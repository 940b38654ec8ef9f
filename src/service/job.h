/*
 * job.h - the making of a directory page, a slice at a time, so that a large
 * directory keeps no other client waiting. For src/service alone.
 *
 * The page goes into a file without a name and is then sent like any other.
 * A job is private to the process: after a takeover the request, which is
 * not answered yet, simply starts it anew.
 */
#ifndef SERVICE_JOB_H
#define SERVICE_JOB_H

#include <stdint.h>

#include "http/listing.h"
#include "service/conn.h"

struct job;

/* Begins a page for the directory `dir` (taken over, closed in any case).
 * path: decoded, with '/' at both ends. dotfiles: list names with a dot too.
 * NULL with errno. */
struct job *job_new(int root, int dir, const char *path,
    const struct listing_view *view, bool dotfiles);
enum listing_format job_format(const struct job *job);
void job_free(struct job *job);

/* Does a slice of the work. 0: more to do; 1: done; -1 with errno. */
int job_run(struct job *job);

/* The finished page: a descriptor (the caller's from now on), its length. */
int job_result(struct job *job, int64_t *length);

#endif
