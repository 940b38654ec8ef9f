#include "os/memory.h"

#include <stdlib.h>
#include <sys/mman.h>
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

void
memory_drop(void *p, size_t size)
{
	if (p != NULL)
		(void)munmap(p, size);
}

int
memory_read_only(void *p, size_t size)
{
	return mprotect(p, size, PROT_READ);
}
