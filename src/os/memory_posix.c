#include "os/memory.h"

#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

/* POSIX.1-2008 has no anonymous mapping: an unlinked file takes its place. */
int
memory_file(void)
{
	return memory_unlinked();
}

static void *
map(size_t size, int whose)
{
	int fd = memory_file();
	void *p;

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)size) != 0) {
		(void)close(fd);
		return NULL;
	}
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, whose, fd, 0);
	(void)close(fd);
	return p == MAP_FAILED ? NULL : p;
}

void *
memory_shared(size_t size)
{
	return map(size, MAP_SHARED);
}

void *
memory_private(size_t size)
{
	return map(size, MAP_PRIVATE);
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

bool
memory_seal(void *p, size_t size)
{
	(void)p;
	(void)size;
	return false;
}

size_t
memory_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}
