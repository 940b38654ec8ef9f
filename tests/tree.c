#include "tree.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guard.h"

void
tree_make(struct tree *t)
{
	const char *tmp = getenv("TMPDIR");

	(void)snprintf(t->path, sizeof(t->path), "%s/prefork-test-XXXXXX",
	    tmp != NULL && strlen(tmp) < 64 ? tmp : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(t->path));
	guard_tree(t->path);
	/* A server that gives up root must still get at it. */
	ck_assert_int_eq(chmod(t->path, 0755), 0);
}

void
tree_remove(struct tree *t)
{
	ck_assert_int_eq(remove_tree(t->path), 0);
	guard_tree_gone(t->path);
}

const char *
tree_path(const struct tree *t, const char *name)
{
	static char paths[8][512];
	static unsigned turn;
	char *path = paths[turn++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", t->path, name);
	return path;
}

void
tree_dir(const struct tree *t, const char *name)
{
	ck_assert_int_eq(mkdir(tree_path(t, name), 0755), 0);
}

static FILE *
create(const struct tree *t, const char *name)
{
	FILE *f = fopen(tree_path(t, name), "w");

	ck_assert_msg(f != NULL, "cannot make %s", name);
	return f;
}

void
tree_file(const struct tree *t, const char *name, const char *text)
{
	FILE *f = create(t, name);

	ck_assert_int_ge(fputs(text, f), 0);
	ck_assert_int_eq(fclose(f), 0);
}

void
tree_link(const struct tree *t, const char *name, const char *to)
{
	ck_assert_int_eq(symlink(to, tree_path(t, name)), 0);
}

void
tree_fifo(const struct tree *t, const char *name)
{
	ck_assert_int_eq(mkfifo(tree_path(t, name), 0644), 0);
}

/* A multiplicative hash: no period that a buffer's size could be. */
unsigned char
pattern_byte(uint64_t x)
{
	return (unsigned char)((x * UINT64_C(0x9e3779b97f4a7c15)) >> 56);
}

void
tree_pattern(const struct tree *t, const char *name, size_t size)
{
	FILE *f = create(t, name);
	unsigned char bytes[4096];
	size_t x, n;

	for (x = 0; x < size; x += n) {
		for (n = 0; n < sizeof(bytes) && x + n < size; n++)
			bytes[n] = pattern_byte(x + n);
		/* An assertion of Check's writes to a pipe: not here. */
		/* cppcheck-suppress uninitvar ; filled above */
		if (fwrite(bytes, 1, n, f) != n)
			break;
	}
	ck_assert_uint_eq(x, size);
	ck_assert_int_eq(fclose(f), 0);
}
