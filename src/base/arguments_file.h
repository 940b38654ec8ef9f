/*
 * arguments_file.h - options from a file, one a line: its long name and behind
 * blanks, or a =, its value, which goes to the end of the line without the
 * blanks there. Lines with nothing but blanks, and those that begin with a #,
 * say nothing.
 */
#ifndef BASE_ARGUMENTS_FILE_H
#define BASE_ARGUMENTS_FILE_H

#include <stdbool.h>

/* The whole file as text, which stays for good: values lie in it. It may be a
 * pipe, of which each byte must come within so many ms. NULL with errno: E2BIG
 * if it is too long, EINVAL if a byte in it is NUL, ETIMEDOUT if no more comes
 * and no end. */
char *arguments_file_load(const char *path, int patience);

/* A line that says something, in text of its own. */
struct arguments_line {
	const char *name;
	const char *value; /* "": none */
	int number;	   /* from 1 on */
};

/* Takes the next such line off *rest, where number was the one before, and
 * writes NULs into it. False: there is none. */
bool arguments_file_next(struct arguments_line *line, char **rest);

#endif
