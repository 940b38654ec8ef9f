#include "os/random.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"

uint64_t
random_number(void)
{
	uint64_t number = (uint64_t)clock_ns() ^ (uint64_t)getpid() << 40 ^
			  (uint64_t)(uintptr_t)&number;
	int fd = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
	uint64_t random;

	if (fd >= 0) {
		if (read(fd, &random, sizeof(random)) == sizeof(random))
			number ^= random;
		(void)close(fd);
	}
	return number;
}
