/*
 * dial.h - names to addresses, and connecting to them.
 */
#ifndef BENCH_DIAL_H
#define BENCH_DIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* The one address all connections of a run go to. */
struct dial {
	struct sockaddr_storage address;
	socklen_t len;
	int family;
	bool narrow;   /* see socket_narrow(); the caller may set it */
	char text[64]; /* "127.0.0.1:5000", "[::1]:5000": also a Host field */
};

/* Starts connecting: a non-blocking socket, ready for writing when the
 * connection stands or has failed (see dial_result). -1 with errno if it
 * fails at once; EADDRNOTAVAIL: there is no source port left. */
int dial_start(const struct dial *d);

/* 0 if the connection of fd stands, else its errno. */
int dial_result(int fd);

/* Waits until it is known. 0, or -1 with errno (ETIMEDOUT after ms). */
int dial_wait(int fd, int ms);

/* Resolves host and port; blocks on the resolver. If there is more than one
 * address, the first is taken that accepts a connection. If connected is not
 * NULL, a connection to it is made in any case and stored there. 0; or -1
 * with one line in why. */
int dial_resolve(struct dial *d, const char *host, const char *port,
    int *connected, char *why, size_t whysize);

#endif
