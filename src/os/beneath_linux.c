#define _GNU_SOURCE
#include "beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A rename anywhere in the tree may make the kernel give up a lookup that
 * has a ".." in it, with EAGAIN. */
enum { TRIES = 8 };

int
beneath_open(int root, const char *path, const struct beneath_links *links)
{
	struct open_how how;
	int fd, tries = 0;

	memset(&how, 0, sizeof(how));
	how.flags = O_RDONLY | O_NONBLOCK | O_NOCTTY;
	how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
	if (links != NULL && links->none)
		how.resolve |= RESOLVE_NO_SYMLINKS;
	do
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
	while (fd < 0 && errno == EAGAIN && ++tries < TRIES);
	/* Kernels before 5.6 have no such call; some sandboxes forbid it. */
	if (fd < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
		return beneath_walk(root, path, links);
	/* It knows no path of the root. */
	if (fd < 0 && errno == EXDEV && links != NULL && links->root[0] != NULL)
		return beneath_walk(root, path, links);
	return fd;
}
