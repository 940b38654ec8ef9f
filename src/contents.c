#include "contents.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

static void
read_file(struct content *file, const char *what, size_t most)
{
	int fd = open(file->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = malloc(most + 1);
	ssize_t n = 0;

	if (fd < 0 || text == NULL || fstat(fd, &file->st) != 0)
		die("%s %s:", what, file->name);
	if (!S_ISREG(file->st.st_mode))
		die("%s %s: not a regular file", what, file->name);
	for (file->len = 0; file->len <= most; file->len += (size_t)n) {
		n = read(fd, text + file->len, most + 1 - file->len);
		if (n < 0)
			die("%s %s:", what, file->name);
		if (n == 0)
			break;
	}
	if (file->len > most)
		die("%s %s: more than %lu bytes", what, file->name,
		    (unsigned long)most);
	(void)close(fd);
	text[file->len] = '\0';
	file->text = realloc(text, file->len + 1);
	if (file->text == NULL)
		die("%s %s:", what, file->name);
}

const struct content *
contents_of(struct contents *c, const char *what, const char *name, size_t most)
{
	struct content *file;
	int i;

	for (i = 0; i < c->count; i++)
		if (strcmp(c->file[i].name, name) == 0 &&
		    c->file[i].len <= most)
			return &c->file[i];
	if (c->whole || c->count == CONTENTS_MAX)
		die("%s %s: it was not there at the start", what, name);
	file = &c->file[c->count++];
	file->name = name;
	read_file(file, what, most);
	return file;
}
