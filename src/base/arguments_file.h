/*
 * arguments_file.h - options from a file, one a line: its long name and behind
 * blanks, or a =, its value, which goes to the end of the line without the
 * blanks there. Lines with nothing but blanks, and those that begin with a #,
 * are skipped.
 */
#ifndef BASE_ARGUMENTS_FILE_H
#define BASE_ARGUMENTS_FILE_H

#include <stdbool.h>

/* The whole file as text, which stays in memory for good: values point into it.
 * patience: if it is a pipe, how many ms to wait for each part of it. NULL with
 * errno: E2BIG if it is too long, EINVAL if a byte in it is NUL, ETIMEDOUT if
 * neither a byte nor the end comes in time. */
char *arguments_file_load(const char *path, int patience);

/* A line that gives an option. Its texts are parts of the file's. */
struct arguments_line {
	const char *name;
	const char *value; /* "": none */
	int number;	   /* from 1 on */
};

/* Reads the next such line at *rest, which moves behind it, and writes NULs
 * into the text. line->number has to be that of the line before. False: there
 * is none. */
bool arguments_file_next(struct arguments_line *line, char **rest);

#endif
