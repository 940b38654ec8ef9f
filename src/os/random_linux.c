#define _GNU_SOURCE
#include "random_call.h"

#include <linux/random.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of 256 and fewer it never gives a part. */
bool
random_call(void *bytes, size_t len)
{
	return syscall(SYS_getrandom, bytes, len, GRND_NONBLOCK) == (long)len;
}
