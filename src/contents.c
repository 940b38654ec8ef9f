#include "contents.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

/* Reads all of it, and a byte more if it is too long: that shows it. Returns
 * the bytes, or -1 with errno. */
static ssize_t
read_all(int fd, char *text, size_t most)
{
	size_t len = 0;
	ssize_t n = 1;

	while (len <= most && n > 0) {
		n = read(fd, text + len, most + 1 - len);
		if (n > 0)
			len += (size_t)n;
	}
	return n < 0 ? -1 : (ssize_t)len;
}

/* Makes that text the file's, in memory that is no larger than it has to be. */
static void
take_text(struct content *file, char *text, size_t len)
{
	char *less = realloc(text, len + 1);

	file->own = less != NULL ? less : text;
	file->own[len] = '\0';
	file->text = file->own;
	file->len = len;
	/* cppcheck-suppress memleak ; it is the file's now */
}

/* Reads the file. 0; -1, why says the cause. */
static int
read_file(struct content *file, char why[CONTENTS_WHY])
{
	int fd = open(file->name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = malloc(file->most + 1);
	ssize_t len = -1;

	if (fd >= 0 && text != NULL && fstat(fd, &file->st) == 0 &&
	    S_ISREG(file->st.st_mode))
		len = read_all(fd, text, file->most);
	(void)snprintf(why, CONTENTS_WHY, "%s", strerror(errno));
	if (fd >= 0 && text != NULL && !S_ISREG(file->st.st_mode))
		(void)snprintf(why, CONTENTS_WHY, "not a regular file");
	if (len > (ssize_t)file->most)
		(void)snprintf(why, CONTENTS_WHY, "more than %lu bytes",
		    (unsigned long)file->most);
	if (fd >= 0)
		(void)close(fd);
	if (len >= 0 && len <= (ssize_t)file->most)
		take_text(file, text, (size_t)len);
	else
		free(text);
	return file->own != NULL ? 0 : -1;
}

struct content *
contents_of(struct contents *c, const char *what, const char *name, size_t most)
{
	char why[CONTENTS_WHY];
	struct content *file;
	int i;

	for (i = 0; i < c->count; i++) {
		file = &c->file[i];
		if (strcmp(file->name, name) != 0 || file->len > most)
			continue;
		if (file->most == 0 || file->most > most)
			file->most = most;
		return file;
	}
	if (c->whole || c->count == CONTENTS_MAX)
		die("%s %s: it was not there at the start", what, name);
	file = &c->file[c->count++];
	file->name = name;
	file->most = most;
	if (read_file(file, why) != 0)
		die("%s %s: %s", what, name, why);
	return file;
}

static bool
is_unchanged(const struct content *file)
{
	const struct stat *was = &file->st;
	struct stat is;

	return stat(file->name, &is) == 0 && is.st_dev == was->st_dev &&
	       is.st_ino == was->st_ino && is.st_size == was->st_size &&
	       is.st_ctim.tv_sec == was->st_ctim.tv_sec &&
	       is.st_ctim.tv_nsec == was->st_ctim.tv_nsec;
}

int
contents_again(
    const struct content *file, struct content *now, char why[CONTENTS_WHY])
{
	if (is_unchanged(file))
		return 0;
	*now = (struct content){.name = file->name, .most = file->most};
	return read_file(now, why) == 0 ? 1 : -1;
}

void
contents_replace(struct content *file, const struct content *now)
{
	free(file->own);
	*file = *now;
}

void
contents_discard(struct content *now)
{
	free(now->own);
	now->own = NULL;
}
