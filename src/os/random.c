#include "os/random.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "random_call.h"

bool
random_bytes(void *bytes, size_t len)
{
	int fd;
	bool all;

	if (random_call(bytes, len))
		return true;
	fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	all = read(fd, bytes, len) == (ssize_t)len;
	(void)close(fd);
	return all;
}

uint64_t
random_number(void)
{
	uint64_t number = (uint64_t)clock_ns() ^ (uint64_t)getpid() << 40 ^
			  (uint64_t)(uintptr_t)&number;
	uint64_t random;

	if (random_bytes(&random, sizeof(random)))
		number ^= random;
	return number;
}
