#define _GNU_SOURCE
#include "os/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

/* mseal(2), younger than most headers; new calls have one number everywhere. */
enum { CALL_MSEAL = 462 };

/* The flag that nothing in it is a program, younger than most headers too. */
enum { NO_PROGRAM = 0x8 };

enum {
	SIZE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL,
	ALL_SEALS = SIZE_SEALS | F_SEAL_WRITE
};

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

static int
make_sealable(void)
{
	const unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
	int fd = memfd_create("prefork", flags | NO_PROGRAM);

	return fd < 0 && errno == EINVAL ? memfd_create("prefork", flags) : fd;
}

/* Linux before 6.7 takes a shared mapping for one that may be written to
 * later, and refuses it of a file that cannot be. */
static void *
map_file(int fd, size_t size, bool shared)
{
	const int prot = shared ? PROT_READ | PROT_WRITE : PROT_READ;
	const int whose = shared ? MAP_SHARED : MAP_PRIVATE;
	void *p = mmap(NULL, size, prot, whose | MAP_NORESERVE, fd, 0);

	if (p == MAP_FAILED)
		return NULL;
	(void)madvise(p, size, MADV_DONTDUMP);
	return p;
}

void *
memory_kept(size_t size, int number)
{
	void *p = NULL;
	int fd = make_sealable();

	if (fd < 0)
		return NULL;
	if (ftruncate(fd, (off_t)size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, SIZE_SEALS) == 0)
		p = map_file(fd, size, true);
	if (p == NULL) {
		(void)close(fd);
		return NULL;
	}
	if (descriptor_move(fd, number) != 0) {
		memory_drop(p, size);
		return NULL;
	}
	return p;
}

/* Has the file these seals and no others? Its size, -1 with errno if not. */
static off_t
sealed_size(int fd, int seals)
{
	int has = fcntl(fd, F_GET_SEALS);
	struct stat st;

	if (has >= 0 && (has & ALL_SEALS) == seals && fstat(fd, &st) == 0)
		return st.st_size;
	errno = EINVAL;
	return -1;
}

void *
memory_found(size_t size, int number)
{
	if (sealed_size(number, SIZE_SEALS) == (off_t)size)
		return map_file(number, size, true);
	errno = EINVAL;
	return NULL;
}

static int
write_all(int fd, const char *bytes, size_t size)
{
	ssize_t n;

	for (; size > 0; bytes += n, size -= (size_t)n) {
		n = write(fd, bytes, size);
		if (n <= 0)
			return -1;
	}
	return 0;
}

int
memory_write_once(const void *bytes, size_t size, int number)
{
	int fd = make_sealable();

	if (fd < 0)
		return -1;
	if (write_all(fd, bytes, size) == 0 &&
	    fcntl(fd, F_ADD_SEALS, ALL_SEALS) == 0)
		return descriptor_move(fd, number);
	(void)close(fd);
	return -1;
}

const void *
memory_read_back(size_t *size, int number)
{
	off_t length = sealed_size(number, ALL_SEALS);

	if (length <= 0)
		return NULL;
	*size = (size_t)length;
	return map_file(number, *size, false);
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
	int fd = memfd_create("prefork", 0);

	if (fd < 0 && (errno == ENOSYS || errno == EPERM))
		return memory_unlinked();
	return fd;
}
