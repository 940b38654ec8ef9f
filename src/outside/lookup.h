/*
 * lookup.h - what addresses a host has, asked by a thread: a server of names
 * may take longer than its user has patience for, and a call of getaddrinfo
 * cannot be called off.
 */
#ifndef OUTSIDE_LOOKUP_H
#define OUTSIDE_LOOKUP_H

#include <netdb.h>

/* Begins. A descriptor that can be read when the answer is there; close it to
 * hear no more of it. -1 with errno. */
int lookup_begin(const char *host, const char *port);

/* When it can be read: 0, and *list is the caller's, or an EAI_ error. */
int lookup_end(int fd, struct addrinfo **list);

#endif
