/*
 * subject.h - the server that is shown: started, listened to, ended.
 *
 * It has a process group of its own, so that ^C and ^Z are for the show alone,
 * and writes its log to a pipe, which its whole family holds open: the end of
 * the log is the end of them all. The pipe never blocks the server: what does
 * not fit is lost to the show.
 */
#ifndef SHOW_SUBJECT_H
#define SHOW_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct warden;

enum { SUBJECT_LINE = 1100 };

struct subject {
	pid_t pid; /* the master; 0: none */
	int log;   /* to be polled for POLLIN; -1: its end has come */
	char line[SUBJECT_LINE];
	size_t len; /* of the line that is coming */
};

/* argv: ended by NULL; argv[0] is looked for as a shell would. The warden is
 * told of it before there is anything to be cleared away. 0; -1 with errno.
 * That it cannot be executed, its log will tell. */
int
subject_start(struct subject *s, const char *const argv[], struct warden *w);

/* Reads what the log holds now, and calls heard() with each whole line,
 * without its newline. False once its end has come. */
bool subject_read(struct subject *s,
    void (*heard)(void *context, const char *line), void *context);

/* Reaps it: after the end of its log, and soon then. Returns the status as of
 * waitpid(2). */
int subject_reap(struct subject *s);

#endif
