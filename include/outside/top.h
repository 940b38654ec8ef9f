/*
 * top.h - the status of a server in a terminal, where there is no browser:
 *
 *	prefork --top http://127.0.0.1:9100
 *
 *	top.c		asks once a second, and shows it
 *	reading.c	what is told
 *	picture.c	how it looks
 *	json.c		the text it is told in
 */
#ifndef OUTSIDE_TOP_H
#define OUTSIDE_TOP_H

/* Shows what the server's listener for its status tells, until 'q' or a signal
 * comes; where standard output is no terminal, once. url: see fetch.h; its path
 * does not count. The exit status: 0; 1 if it was told nothing. */
int top_show(const char *url);

#endif
