/*
 * program.h - a program that runs and ends, and what it said.
 */
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

enum { PROGRAM_OUTPUT = 32768, PROGRAM_ERRORS = 4096 };

struct result {
	int status; /* its exit status; 256 + signal; -1: killed, too slow */
	char out[PROGRAM_OUTPUT];
	char err[PROGRAM_ERRORS];
};

/* Runs path with arguments up to a NULL, in directory dir (NULL: here), with
 * nothing to read, and waits until it has ended. */
void program_run(struct result *r, const char *dir, const char *path, ...);

#endif
