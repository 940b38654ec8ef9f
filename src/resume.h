/*
 * resume.h - a worker's program that goes on: from what is at its descriptors
 * to a worker. What start.h does once for the server, and no more than that.
 */
#ifndef RESUME_H
#define RESUME_H

#include "image.h"
#include "worker/worker.h"

/* Was the program started to go on? The image is for resume(). A
 * worker_goes_on() without an image was started by a user, who is told by the
 * options. */
bool resume_is_asked(
    int argc, char **argv, struct renewal *renewal, struct image *image);

/* Goes on. Returns the exit status; dies with the cause if it cannot. */
int resume(
    int argc, char **argv, const struct renewal *renewal, struct image *image);

#endif
