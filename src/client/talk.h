/*
 * talk.h - one connection between a person, or a pipe, and a server.
 */
#ifndef CLIENT_TALK_H
#define CLIENT_TALK_H

/* Copies standard input to fd and fd to standard output, byte for byte, until
 * the server closes; the end of standard input is passed on as the end of
 * what we send. Blocks. fd is non-blocking, and closed on return. Returns the
 * exit status: 0 if the connection ended in order, 1 if not. */
int talk(int fd);

#endif
