/*
 * beneath.h - opening what lies beneath a directory, and nothing else.
 */
#ifndef OS_BENEATH_H
#define OS_BENEATH_H

#include <stdbool.h>

/* Which symbolic links are followed, beside those that are relative. */
struct beneath_links {
	bool none;	     /* not even those: ELOOP */
	const char *root[2]; /* absolute paths of the root, or NULL: a link
			      * whose text begins with one leads into it */
};

/* Opens path, relative to the directory root, for reading: non-blocking (a
 * FIFO never waits), open over an exec, never a controlling terminal. Whatever
 * the path and the symbolic links on its way say, the result lies beneath
 * root: a ".." or a link that leads out, even if back in again, and every
 * other absolute link are refused with EXDEV. links: NULL for those that are
 * relative. Other errors are those of openat(2). Returns a descriptor, or -1
 * with errno. */
int beneath_open(int root, const char *path, const struct beneath_links *links);

/* The same, one component at a time, with POSIX alone: the twin, and what
 * Linux falls back on where openat2(2) is not to be had. More than 64
 * directories deep it gives up with ENAMETOOLONG: it keeps each of them open.
 */
int beneath_walk(int root, const char *path, const struct beneath_links *links);

#endif
