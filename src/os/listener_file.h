/*
 * listener_file.h - a listener that has a file for its address (unix(7)). For
 * os/listener.c alone.
 */
#ifndef OS_LISTENER_FILE_H
#define OS_LISTENER_FILE_H

#include "os/listener.h"

/* Binds a new socket to the path, gives its file these rights and listens.
 * Stores which file it is. The descriptor; -1 with errno, and no file left. */
int listener_file_open(struct listener_file *file, const char *path,
    const struct listener_rights *rights, int backlog);

/* Could a file be made there, or is a socket there, that a server may have? It
 * is left as it is. 0; -1 with errno. */
int listener_file_try(const char *path);

/* The file of a listener that is open. False: it has none. */
bool listener_file_find(struct listener_file *file, int fd);

/* Removes it, if it is still that one. */
void listener_file_remove(const struct listener_file *file);

#endif
