/*
 * resume.h - a program that goes on in the place of another: from what is at
 * its descriptors to a worker, to a master or to a keeper. What start.h does
 * once for the server, and no more than that.
 */
#ifndef RESUME_H
#define RESUME_H

#include "image.h"
#include "master/master.h"
#include "worker/worker.h"

struct resumption {
	struct successor successor;
	struct renewal renewal; /* if successor.role is ROLE_NONE */
	struct image image;
};

/* Was the program started to go on? One that only looks so, without an image,
 * was started by a user, who is told by the options; but a trial is to say what
 * it can find. */
bool resume_is_asked(int argc, char **argv, struct resumption *r);

/* Goes on. Returns the exit status; dies with the cause if it cannot. r lasts
 * as long as the program. */
int resume(int argc, char **argv, struct resumption *r);

#endif
