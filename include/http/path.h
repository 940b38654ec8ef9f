/*
 * path.h - from the target of a request to a path below the root. Pure.
 */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H

#include <stdbool.h>
#include <stddef.h>

enum { PATH_BYTES = 4096 }; /* the longest path, with its NUL */

struct path {
	char name[PATH_BYTES]; /* decoded, relative, NUL-terminated; "." = root
				*/
	size_t len;
	bool directory; /* the target ended in '/' */
	bool hidden;	/* a segment begins with '.', /.well-known aside */
	size_t query;	/* offset of '?' in the target, or its length */
};

/* Reads an origin-form ("/a/b?q") or absolute-form ("http://host/a") target
 * (RFC 9112 section 3.2). Percent-decodes once, then resolves "." and ".."
 * and empty segments (RFC 3986 section 5.2.4); a ".." above the root, a NUL,
 * a control byte, a bad or cut percent-encoding, '#' or a byte that no target
 * may contain: 400. A backslash is a byte like any other. A path of PATH_BYTES
 * or more names nothing: 404, and p holds an empty one, of a directory. How
 * long a segment may be the file system knows. Returns 0 or the status. The
 * result never begins with '/', never holds a ".." segment, an empty one or a
 * NUL. */
int path_parse(struct path *p, const char *target, size_t len);

/* Is the target in absolute-form, with the scheme https? */
bool path_is_secured(const char *target, size_t len);

/* Has the last segment an extension: behind a '.' that does not begin it, 1 to
 * 15 letters and digits of ASCII, and a letter among them? So a version
 * ("v1.2") has none, nor have most tokens. */
bool path_has_extension(const char *name);

#endif
