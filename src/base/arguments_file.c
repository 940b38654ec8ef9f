#include "arguments_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 65536 };

static const char blanks[] = " \t\r";

/* Those that values lie in, for good. */
static struct text {
	struct text *next;
	char bytes[FILE_MAX + 1];
} * texts;

/* 0, or an errno. */
static int
load(struct text *t, FILE *f)
{
	size_t len = fread(t->bytes, 1, FILE_MAX, f);

	t->bytes[len] = '\0';
	if (ferror(f))
		return errno;
	if (getc(f) != EOF)
		return E2BIG;
	return strlen(t->bytes) < len ? EINVAL : 0;
}

char *
arguments_file_load(const char *path)
{
	struct text *t = malloc(sizeof(*t));
	FILE *f = fopen(path, "re");
	int error = t == NULL || f == NULL ? errno : load(t, f);

	if (f != NULL)
		(void)fclose(f);
	if (t == NULL || error != 0) {
		free(t);
		errno = error;
		return NULL;
	}
	t->next = texts;
	texts = t;
	return t->bytes;
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
