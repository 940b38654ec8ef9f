#define _GNU_SOURCE
#include "os/file.h"

#include <errno.h>
#include <sys/sendfile.h>

ssize_t
file_send(int socket, int file, int64_t offset, int64_t len)
{
	/* The kernel cuts at 2 GiB less a page by itself. */
	const int64_t most = 1 << 30;
	off_t at = (off_t)offset;
	ssize_t n;

	n = sendfile(socket, file, &at, (size_t)(len < most ? len : most));
	/* Not for this file, not in this kernel, not in this container. */
	if (n < 0 && (errno == EINVAL || errno == ENOSYS || errno == EPERM))
		return file_copy(socket, file, offset, len);
	return n;
}
