/*
 * The walk. Every component is opened with O_NOFOLLOW, so the kernel follows
 * no link; links are read and their text put in place of the component. The
 * directories on the way down are kept open: ".." goes back to the one we
 * came from, which a rename meanwhile cannot turn into one outside.
 */
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum { WALK_BYTES = 4096, WALK_DEPTH = 64, WALK_LINKS = 40 };

struct walk {
	int root;
	const struct beneath_links *link;
	int depth;	       /* directories open below root */
	int dir[WALK_DEPTH];   /* dir[depth - 1]: where we are */
	int links;	       /* links followed so far */
	char rest[WALK_BYTES]; /* what is still to be walked */
};

static int
here(const struct walk *w)
{
	return w->depth > 0 ? w->dir[w->depth - 1] : w->root;
}

static int
fail(int error)
{
	errno = error;
	return -1;
}

/* Where the text of an absolute link goes on behind a path of the root; NULL if
 * it leads elsewhere. */
static const char *
inside(const struct walk *w, const char *text)
{
	size_t i, len;

	for (i = 0; w->link != NULL && i < 2 && w->link->root[i] != NULL; i++) {
		len = strlen(w->link->root[i]);
		while (len > 0 && w->link->root[i][len - 1] == '/')
			len--;
		if (strncmp(text, w->link->root[i], len) == 0 &&
		    (text[len] == '/' || text[len] == '\0'))
			return text + len + strspn(text + len, "/");
	}
	return NULL;
}

/* Back to the root, for the rest of an absolute link. */
static int
restart(struct walk *w, char text[WALK_BYTES])
{
	const char *rest = inside(w, text);

	if (rest == NULL)
		return fail(EXDEV);
	memmove(text, *rest != '\0' ? rest : ".",
	    *rest != '\0' ? strlen(rest) + 1 : 2);
	while (w->depth > 0)
		(void)close(w->dir[--w->depth]);
	return 0;
}

/* Puts the text of the link `name` before what is left of the path. */
static int
follow(struct walk *w, const char *name, const char *after)
{
	char target[WALK_BYTES];
	size_t tail = strlen(after);
	ssize_t n;

	if (++w->links > WALK_LINKS || (w->link != NULL && w->link->none))
		return fail(ELOOP);
	n = readlinkat(here(w), name, target, sizeof(target) - 1);
	if (n < 0)
		return -1;
	if (n == 0)
		return fail(ENOENT);
	target[n] = '\0';
	if (target[0] == '/') {
		if (restart(w, target) != 0)
			return -1;
		n = (ssize_t)strlen(target);
	}
	if ((size_t)n + 1 + tail + 1 > sizeof(w->rest))
		return fail(ENAMETOOLONG);
	/* after points into rest: move it out of the way first. */
	memmove(w->rest + n + 1, after, tail + 1);
	memcpy(w->rest, target, (size_t)n);
	w->rest[n] = tail > 0 ? '/' : '\0';
	return 0;
}

static int
descend(struct walk *w, int fd)
{
	if (w->depth == WALK_DEPTH) {
		(void)close(fd);
		return fail(ENAMETOOLONG);
	}
	w->dir[w->depth++] = fd;
	return 0;
}

static int
ascend(struct walk *w)
{
	if (w->depth == 0)
		return fail(EXDEV);
	(void)close(w->dir[--w->depth]);
	return 0;
}

/* Opens one component; ELOOP (EMLINK, EFTYPE elsewhere) if it is a link. */
static int
open_component(const struct walk *w, const char *name, bool last)
{
	int flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

	return openat(here(w), name, last ? flags : flags | O_DIRECTORY);
}

static bool
is_link(const struct walk *w, const char *name)
{
	char byte;
	int saved = errno;
	ssize_t n = readlinkat(here(w), name, &byte, 1);

	errno = saved;
	return n >= 0;
}

/* Takes the first component off rest. Returns -2 to go on, else the result:
 * the descriptor or -1. */
static int
step(struct walk *w)
{
	char name[256];
	const char *after = w->rest + strcspn(w->rest, "/");
	size_t len = (size_t)(after - w->rest);
	bool slash = *after == '/', last;
	int fd;

	if (len >= sizeof(name))
		return fail(ENAMETOOLONG);
	memcpy(name, w->rest, len);
	name[len] = '\0';
	after += strspn(after, "/");
	last = *after == '\0';
	if (len == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		if (len == 2 && ascend(w) != 0)
			return -1;
		if (last)
			return openat(
			    here(w), ".", O_RDONLY | O_DIRECTORY | O_NONBLOCK);
		memmove(w->rest, after, strlen(after) + 1);
		return -2;
	}
	fd = open_component(w, name, last && !slash);
	if (fd < 0) {
		if (!is_link(w, name))
			return -1;
		return follow(w, name, slash && last ? "." : after) == 0 ? -2
									 : -1;
	}
	if (last)
		return fd;
	if (descend(w, fd) != 0)
		return -1;
	memmove(w->rest, after, strlen(after) + 1);
	return -2;
}

int
beneath_walk(int root, const char *path, const struct beneath_links *links)
{
	struct walk w;
	int fd, saved;

	if (path[0] == '\0')
		return fail(ENOENT);
	if (path[0] == '/')
		return fail(EXDEV);
	if (strlen(path) >= sizeof(w.rest))
		return fail(ENAMETOOLONG);
	w.root = root;
	w.link = links;
	w.depth = 0;
	w.links = 0;
	memcpy(w.rest, path, strlen(path) + 1);
	do
		fd = step(&w);
	while (fd == -2);
	saved = errno;
	while (w.depth > 0)
		(void)ascend(&w);
	errno = saved;
	return fd;
}
