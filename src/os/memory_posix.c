#include "os/memory.h"

#include <errno.h>
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

/* POSIX.1-2008 has no file whose size stays what it is. */
void *
memory_kept(size_t size, int number)
{
	(void)size;
	(void)number;
	errno = ENOSYS;
	return NULL;
}

void *
memory_found(size_t size, int number)
{
	return memory_kept(size, number);
}

int
memory_write_once(const void *bytes, size_t size, int number)
{
	(void)bytes;
	(void)size;
	(void)number;
	errno = ENOSYS;
	return -1;
}

const void *
memory_read_back(size_t *size, int number)
{
	return memory_kept(*size, number);
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
