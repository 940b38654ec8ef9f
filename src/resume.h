/*
 * resume.h - a program that goes on in the place of another: it makes a worker,
 * a master or a keeper of what it finds at its descriptors. What start.h does
 * once for the server is not done again.
 */
#ifndef RESUME_H
#define RESUME_H

#include "image.h"
#include "master/succeed.h"
#include "worker/renew.h"

struct resumption {
	struct successor successor;
	struct renewal renewal; /* if successor.role is ROLE_NONE */
	struct image image;
};

/* Was the program started to go on, by its arguments, and is there an image?
 * Without one a user has given such arguments, which the options will refuse.
 * For a trial an image is not needed: it is to say what it can find. */
bool resume_is_asked(int argc, char **argv, struct resumption *r);

/* Goes on. Returns the exit status; dies with the cause if it cannot. r lasts
 * as long as the program. */
int resume(int argc, char **argv, struct resumption *r);

#endif
