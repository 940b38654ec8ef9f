#include "arguments_file.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 65536 };

static const char blanks[] = " \t\r";

/* The files that were read. They stay for good: values point into them. */
static struct text {
	struct text *next;
	char bytes[FILE_MAX + 1];
} * texts;

/* As read, but what comes out of a pipe is waited for, up to so many ms. No
 * byte at all may mean that nobody has opened the other end yet. */
static ssize_t
read_some(int fd, char *bytes, size_t size, int patience)
{
	struct pollfd set = {.fd = fd, .events = POLLIN};
	int ready;

	do
		ready = poll(&set, 1, patience);
	while (ready < 0 && errno == EINTR);
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? read(fd, bytes, size) : -1;
}

/* 0, or an errno. */
static int
load(struct text *t, int fd, int patience)
{
	size_t len = 0;
	ssize_t n = 1;

	while (n > 0 && len <= FILE_MAX) {
		n = read_some(fd, t->bytes + len, FILE_MAX + 1 - len, patience);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			n = 1;
		else if (n > 0)
			len += (size_t)n;
	}
	if (n < 0)
		return errno;
	if (len > FILE_MAX)
		return E2BIG;
	t->bytes[len] = '\0';
	return strlen(t->bytes) < len ? EINVAL : 0;
}

char *
arguments_file_load(const char *path, int patience)
{
	struct text *t = malloc(sizeof(*t));
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int error = t == NULL || fd < 0 ? errno : load(t, fd, patience);

	if (fd >= 0)
		(void)close(fd);
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
