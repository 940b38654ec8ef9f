#include "base/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
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

/* Not a pipe: that takes two numbers, and there may be room for one alone. */
int
descriptor_nothing(void)
{
	int fd = open("/dev/null", O_RDWR);

	if (fd >= 0)
		return fd;
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	/* It has no peer: a reader finds the end. */
	if (fd >= 0)
		(void)shutdown(fd, SHUT_RDWR);
	return fd;
}
