#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int
descriptor_move(int fd, int number)
{
	int moved, saved;

	if (fd < 0)
		return -1;
	if (fd != number) {
		moved = dup2(fd, number);
		saved = errno;
		(void)close(fd);
		errno = saved;
		if (moved < 0)
			return -1;
	}
	(void)fcntl(number, F_SETFD, FD_CLOEXEC);
	return 0;
}
