/*
 * visible.h - which entries of a directory a client gets to see: those that it
 * would be given if it asked for them. For src/service alone.
 */
#ifndef SERVICE_VISIBLE_H
#define SERVICE_VISIBLE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "service/config.h"

/* Is the entry `name` of the open directory `dir` to be seen? path: the
 * directory's, decoded, with a '/' at both ends. What could not be asked for
 * is not (its path would be too long, or holds a control byte), nor is what is
 * hidden, what is neither a file nor a directory, what the permissions keep
 * from this process, or a link that leads to nothing or out of the root.
 * Stores in *st what the entry is, of a link what it leads to. */
bool visible(const struct service_config *config, int dir, const char *path,
    const char *name, struct stat *st);

#endif
