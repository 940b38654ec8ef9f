/*
 * root.h - what is served: a directory, or one file in it.
 *
 * It is a path, not the directory that was found there once: one that is made
 * anew, moved into its place, or that a symbolic link has been switched to is
 * opened when it is seen. The descriptor keeps its number, so all that share
 * the table (a standby, other threads) see the change with it; files that are
 * open stay what they are.
 *
 * One struct for a process and its threads. A child has a copy of its own,
 * which is as old as its birth: it is to forget what it knew (root_forget) if
 * it shares the table.
 */
#ifndef OS_ROOT_H
#define OS_ROOT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { ROOT_MS = 1000 };

/* Which symbolic links below it are followed: of those that stay there. */
enum root_links {
	ROOT_NO_LINKS,
	ROOT_RELATIVE_LINKS,
	ROOT_LINKS /* absolute ones too */
};

struct root {
	int fd;
	const char *path; /* absolute, of the directory; NULL: what is open, as
			   * the path is not known */
	enum root_links links;
	const char *only;	 /* the name of the one file; NULL: all */
	_Atomic int64_t next;	 /* clock_now() when it is looked at again */
	_Atomic uint32_t change; /* another number: not what it was */
	_Atomic bool missing;
	_Atomic uint64_t seen;	 /* what was there, as a number, */
	_Atomic int64_t seen_at; /* and clock_now() then; 0: at the start */
};

/* Opens what lies at the path at descriptor number fd, and finds out how it is
 * to be found again from anywhere. Relative paths count from the directory in
 * which the program was started, by the name it was entered by ($PWD, as of
 * pwd(1)), which may be a symbolic link too. Allocates, for good. 0, or -1 with
 * errno: ENOTDIR if it is neither a directory nor a regular file. */
int root_open(struct root *root, const char *path, int fd);

/* Looks at the path, if that was not done in the last ROOT_MS, and opens what
 * is there if it is another directory. Where nothing is to be found it is
 * missing. Where this process may not look (it has dropped its rights) or has
 * no descriptor left, what is open stays. now: clock_now(). */
void root_look(struct root *root, int64_t now);

/* Tells the log what was seen, after something else before. To be called by
 * one process for all. The numbers may be hostile: more than a false alarm they
 * cannot give. */
void root_say(const struct root *root, uint64_t before, uint64_t seen);

/* The next root_look looks, whenever that was last done. */
void root_forget(struct root *root);

/* As beneath_open; ESTALE if the root is missing, or has just been removed. */
int root_open_beneath(const struct root *root, const char *name);

/* The one file; the path may lead out by symbolic links, since it was given.
 * A descriptor, or -1 with errno: ESTALE if it is not there. */
int root_open_only(const struct root *root);

#endif
