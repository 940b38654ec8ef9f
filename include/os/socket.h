/*
 * socket.h - what is done with a client's socket, apart from polling.
 *
 * Nothing here blocks: sockets are non-blocking from their first moment.
 */
#ifndef OS_SOCKET_H
#define OS_SOCKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Where a client is: enough for a log line, without padding or pointers. */
struct peer {
	uint8_t address[16]; /* IPv4: the first four bytes */
	uint16_t port;	     /* host order */
	uint8_t family;	     /* 4, 6, PEER_UNIX, or 0: not known */
	uint8_t pad;
};
enum { PEER_UNIX = 1 }; /* it has no address */

/* Accepts one client from a listener of os/listener.h: non-blocking, open over
 * an exec, prepared. The descriptor, or -1 with errno (EAGAIN: no client
 * waits).
 */
int socket_accept(int listener, struct peer *peer);

/* The same by accept(2): the twin, and what Linux falls back on. */
int socket_accept_plainly(int listener, struct peer *peer);

/* Why a client was not accepted, by errno, and so what to do. */
enum socket_failure {
	SOCKET_NOBODY, /* waits: until the listener is ready */
	SOCKET_GONE,   /* a client that waited is, or a signal came: the next */
	SOCKET_SCARCE, /* no descriptor or memory to be had: after a pause */
	SOCKET_DENIED, /* by a container or a firewall: after a pause */
	SOCKET_NO_LISTENER /* not any more: after a pause */
};

enum socket_failure socket_judge(int error);

/* What every client has: TCP_NODELAY, since answers are written whole,
 * SO_KEEPALIVE, so that dead ones are found, and SO_OOBINLINE, so that urgent
 * bytes are bytes like others. Where clients inherit these from the listener
 * (TCP on Linux) it is the one that is prepared. Asking again flushes
 * what waits for more. Failures are of no consequence and are ignored. */
void socket_prepare(int fd);

/* Of the bytes written, how many the peer has not acknowledged; 0 where the
 * system does not tell. */
int64_t socket_unsent(int fd);

/* From now on close(2) resets the connection and drops what was not sent. */
void socket_reset(int fd);

/* Before it connects: asks for a small receive buffer and for small segments,
 * so that the peer can send little ahead, as to a client that is slow. */
void socket_narrow(int fd);

/* send(2) without SIGPIPE. more: further bytes follow at once, so a short
 * segment may wait for them (a hint; the POSIX twin ignores it). */
ssize_t socket_send(int fd, const void *data, size_t len, bool more);

/* "127.0.0.1:5000", "[::1]:5000", "unix:" or "?". */
enum { PEER_TEXT = 56 };
void peer_format(char out[PEER_TEXT], const struct peer *peer);

/* The same without the port: "127.0.0.1", "::1", "unix:" or "?".
 */
void peer_address(char out[PEER_TEXT], const struct peer *peer);

/* Its network as one number: the IPv4 address, or of IPv6 the first 64 bits,
 * since a host has as many of the others as it likes. 0: not known. */
uint64_t peer_network(const struct peer *peer);

/* A peer of that network, for peer_address(). */
void peer_of_network(struct peer *peer, uint64_t network);

/* The peer with that address; of another family than AF_INET, AF_INET6 and
 * AF_UNIX it is not known. */
void peer_from(struct peer *peer, const struct sockaddr_storage *address);

#endif
