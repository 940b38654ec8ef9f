#include "arguments_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 65536 };

static const char blanks[] = " \t\r";

char *
arguments_file_load(const char *path)
{
	char *text = malloc(FILE_MAX + 1);
	FILE *f = fopen(path, "re");
	size_t len = 0;
	int error = errno;

	if (f != NULL && text != NULL) {
		len = fread(text, 1, FILE_MAX, f);
		error = ferror(f)			  ? errno
			: getc(f) != EOF		  ? E2BIG
			: memchr(text, '\0', len) != NULL ? EINVAL
							  : 0;
		text[len] = '\0';
	}
	if (f != NULL)
		(void)fclose(f);
	if (text != NULL && error == 0 && f != NULL)
		return text;
	free(text);
	errno = error;
	return NULL;
}

/* Ends it before the blanks at its end. */
static void
trim(char *text)
{
	size_t len = strlen(text);

	while (len > 0 && strchr(blanks, text[len - 1]) != NULL)
		text[--len] = '\0';
}

static void
split(struct arguments_line *line, char *text)
{
	char *end = text + strcspn(text, " \t=");
	char *value = end + strspn(end, blanks);

	if (*value == '=')
		value += 1 + strspn(value + 1, blanks);
	*end = '\0';
	line->name = text;
	line->value = value;
}

bool
arguments_file_next(struct arguments_line *line, char **rest)
{
	char *text, *end;

	while (**rest != '\0') {
		text = *rest;
		end = text + strcspn(text, "\n");
		*rest = *end == '\0' ? end : end + 1;
		*end = '\0';
		line->number++;
		text += strspn(text, blanks);
		trim(text);
		if (*text == '\0' || *text == '#')
			continue;
		split(line, text);
		return true;
	}
	return false;
}
