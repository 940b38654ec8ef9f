/*
 * fixture.h - the files that a server has to serve to be tried.
 */
#ifndef CONFORM_FIXTURE_H
#define CONFORM_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "answer.h"

/* Writes them below a directory, which is made if it is not there. 0, or -1
 * with errno and, in *what, the name that failed. */
int fixture_write(const char *directory, const char **what);

/* The size of a file by its name; -1 if it is none of ours. */
int64_t fixture_size(const char *name);

/* Are the bytes those of the file from `first` on? */
bool fixture_holds(const char *name, int64_t first, struct text bytes);

#endif
