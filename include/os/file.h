/*
 * file.h - from a file to a socket.
 */
#ifndef OS_FILE_H
#define OS_FILE_H

#include <stdint.h>
#include <sys/types.h>

/* Sends up to len bytes of file from offset to the non-blocking socket: with
 * sendfile(2), or through a small buffer. Returns the bytes sent; 0 when the
 * file has ended before offset; -1 with errno (EAGAIN: the socket is full). */
ssize_t file_send(int socket, int file, int64_t offset, int64_t len);

/* The same through a buffer: the twin, and what Linux falls back on for
 * files that sendfile(2) does not do. */
ssize_t file_copy(int socket, int file, int64_t offset, int64_t len);

#endif
