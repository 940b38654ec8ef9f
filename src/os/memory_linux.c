#define _GNU_SOURCE
#include "os/memory.h"

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

/* mseal(2), younger than most headers; new calls have one number everywhere. */
enum { CALL_MSEAL = 462 };

static void *
map(size_t size, int whose)
{
	const int flags = whose | MAP_ANONYMOUS | MAP_NORESERVE;
	/* cppcheck-suppress invalidFunctionArg ; -1 is what mmap(2) asks for */
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	return p;
}

void *
memory_shared(size_t size)
{
	void *p = map(size, MAP_SHARED);

	if (p != NULL)
		(void)madvise(p, size, MADV_DONTDUMP);
	return p;
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
	return syscall(CALL_MSEAL, p, size, 0UL) == 0;
}

size_t
memory_page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int
memory_file(void)
{
	int fd = memfd_create("prefork", MFD_CLOEXEC);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return memory_unlinked();
	return fd;
}
