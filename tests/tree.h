/*
 * tree.h - a directory for a test, gone when the test is.
 */
#ifndef TESTS_TREE_H
#define TESTS_TREE_H

#include <stddef.h>
#include <stdint.h>

struct tree {
	char path[128];
};

void tree_make(struct tree *t);
void tree_remove(struct tree *t);

/* The path of a name below the tree; valid until the next eight calls. */
const char *tree_path(const struct tree *t, const char *name);

/* All of these make what they are called; name is below the tree. */
void tree_dir(const struct tree *t, const char *name);
void tree_file(const struct tree *t, const char *name, const char *text);
void tree_link(const struct tree *t, const char *name, const char *to);
void tree_fifo(const struct tree *t, const char *name);

/* A file of `size` bytes; the byte at x is pattern_byte(x). */
void tree_pattern(const struct tree *t, const char *name, size_t size);
unsigned char pattern_byte(uint64_t x);

#endif
