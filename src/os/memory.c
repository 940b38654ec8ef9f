#include "os/memory.h"

#include <stdlib.h>
#include <unistd.h>

int
memory_unlinked(void)
{
	char name[] = "/tmp/prefork-XXXXXX";
	int fd = mkstemp(name);

	if (fd < 0)
		return -1;
	(void)unlink(name);
	return fd;
}
