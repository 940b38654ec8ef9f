/*
 * tar.h - the format of archives: ustar, with pax headers for what does not
 * fit (POSIX.1-2008, pax, "ustar Interchange Format" and "pax Header Block").
 * Pure.
 *
 * An archive is, for each entry, its head, its bytes and as many zeros as
 * tar_padding() says; and then tar_end().
 */
#ifndef HTTP_TAR_H
#define HTTP_TAR_H

#include <stdbool.h>
#include <stdint.h>

#include "http/out.h"

enum {
	TAR_BLOCK = 512,
	TAR_HEAD_BYTES = 8192, /* the longest head is shorter */
	TAR_END_BYTES = 2 * TAR_BLOCK
};

struct tar_entry {
	const char *path; /* any bytes but NUL; of a directory, with a '/' at
			   * its end. Shorter than PATH_BYTES. */
	int64_t size;	  /* bytes; 0 for a directory */
	int64_t mtime;	  /* seconds since the Epoch */
};

/* Renders the head of an entry. How long it is follows from the entry alone. */
void tar_head(struct out *o, const struct tar_entry *e);

/* How many zeros follow so many bytes of an entry: less than TAR_BLOCK. */
int tar_padding(int64_t size);

/* Renders n zeros, at most TAR_BLOCK. */
void tar_zeros(struct out *o, int n);

/* Renders the end of an archive: TAR_END_BYTES. */
void tar_end(struct out *o);

#endif
