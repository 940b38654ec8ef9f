/*
 * image.h - what a server was started with, for a program that goes on in its
 * name: a worker's, started by exec.
 *
 * It holds the inputs, not what was made of them: the arguments, the files that
 * they named, and what only the start could find out. The program that reads it
 * makes its configuration of that by the same code as the start did. There is
 * no pointer in it, it is written once, and nobody can write to it again; it is
 * read with distrust all the same.
 */
#ifndef IMAGE_H
#define IMAGE_H

#include <stdint.h>

#include "contents.h"

/* Raise it whenever anything changes that another program finds: this image,
 * the records of a journal, the scoreboard. Sizes are compared as well. */
enum { IMAGE_VERSION = 7 };

struct image {
	char **argv; /* behind the program's name, NULL last */
	struct contents contents;
	int64_t rereads; /* as on the scoreboard, when they were read */

	/* What was found out. */
	int64_t descriptors; /* the limit in force */
	int64_t max_clients; /* that fit into it */
	int64_t poller;	     /* in poller_names: one that works */
	int64_t listeners;
	int64_t status;	 /* bit i: the status is served at the i-th */
	int64_t adopted; /* the first of them: their files are not ours */
	int64_t auth_ms; /* what a hash costs */
	int64_t log_fd;	 /* where the log goes */

	int64_t standby; /* workers have standbys */
	int64_t keeper;	 /* another master follows one that dies */

	const char *program; /* the path it was started by, NULL: not known */
	const char *service; /* the name of what new clients get */

	/* Absolute paths; NULL: none. */
	const char *log, *access_log;
	const char *root, *only; /* as in struct root */
	uint64_t root_seen;
};

enum { IMAGE_VERSION_TEXT = 32 };

/* A program can go on from what another has left if this is the same in both.
 */
void image_version(char out[IMAGE_VERSION_TEXT]);

/* Writes it to a file without a name, at that descriptor. 0; -1 with errno if
 * this system has no such files, or there is no memory. */
int image_write(struct image *image, int number);

/* Reads it; texts lie in memory of its own, for good. 0; -1: there is none, or
 * it is of another version. */
int image_read(struct image *image, int number);

#endif
