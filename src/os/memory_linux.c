#define _GNU_SOURCE
#include "os/memory.h"

#include <sys/mman.h>
#include <unistd.h>

void *
memory_shared(size_t size)
{
	const int flags = MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE;
	/* cppcheck-suppress invalidFunctionArg ; -1 is what mmap(2) asks for */
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

void
memory_drop(void *p, size_t size)
{
	(void)munmap(p, size);
}

int
memory_read_only(void *p, size_t size)
{
	return mprotect(p, size, PROT_READ);
}

size_t
memory_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int
memory_file(void)
{
	return memfd_create("prefork", MFD_CLOEXEC);
}
