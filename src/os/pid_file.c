#include "os/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/descriptor.h"

enum {
	TRIES = 16,	/* while one is removed by another */
	TEXT_BYTES = 24 /* of the longest number, and more */
};

enum outcome { TAKEN, REFUSED, AGAIN };

/* Makes the file, or opens one that is there: f->made says which. */
static int
open_file(struct pid_file *f)
{
	const int flags =
	    O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
	int fd = open(f->path, flags | O_CREAT | O_EXCL, 0644);

	f->made = fd >= 0;
	if (fd < 0 && errno == EEXIST)
		fd = open(f->path, flags);
	return fd;
}

/* What stands at the name, if it can be no such file; else the cause. */
static void
explain(const struct pid_file *f, char why[PID_FILE_WHY])
{
	const char *what = strerror(errno);
	struct stat st;

	if (lstat(f->path, &st) == 0 && !S_ISREG(st.st_mode))
		what = S_ISLNK(st.st_mode)   ? "it is a symbolic link"
		       : S_ISDIR(st.st_mode) ? "it is a directory"
					     : "it is not a regular file";
	(void)snprintf(why, PID_FILE_WHY, "%s", what);
}

static bool
is_at_its_name(const struct pid_file *f)
{
	struct stat named, opened;

	return lstat(f->path, &named) == 0 && fstat(f->fd, &opened) == 0 &&
	       named.st_dev == opened.st_dev && named.st_ino == opened.st_ino;
}

/* Of one that was being made, or left by a server that could not remove it,
 * there is nothing. */
static bool
is_pid_file(const struct pid_file *f)
{
	char text[TEXT_BYTES];
	ssize_t len = pread(f->fd, text, sizeof(text) - 1, 0);
	size_t digits;

	if (len <= 0)
		return len == 0;
	text[len] = '\0';
	digits = strspn(text, "0123456789");
	return digits > 0 && digits + 1 == (size_t)len && text[digits] == '\n';
}

/* Finds the process that has locked it. */
static enum outcome
find_holder(struct pid_file *f, char why[PID_FILE_WHY])
{
	struct flock held = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(f->fd, F_GETLK, &held) != 0) {
		explain(f, why);
		return REFUSED;
	}
	if (held.l_type == F_UNLCK)
		return AGAIN;
	f->holder = held.l_pid > 0 ? held.l_pid : PID_FILE_UNSEEN;
	if (f->holder > 0)
		(void)snprintf(why, PID_FILE_WHY, "a server runs, pid %ld",
		    (long)f->holder);
	else
		(void)snprintf(
		    why, PID_FILE_WHY, "a server runs that cannot be seen");
	return REFUSED;
}

static enum outcome
lock_file(struct pid_file *f, char why[PID_FILE_WHY])
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
	struct stat st;

	if (fstat(f->fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		explain(f, why);
		return REFUSED;
	}
	if (fcntl(f->fd, F_SETLK, &whole) != 0) {
		if (errno == EACCES || errno == EAGAIN)
			return find_holder(f, why);
		explain(f, why);
		return REFUSED;
	}
	/* The process that had it may have removed it just now. */
	if (!is_at_its_name(f))
		return AGAIN;
	if (is_pid_file(f))
		return TAKEN;
	(void)snprintf(why, PID_FILE_WHY, "it holds something else than a pid");
	return REFUSED;
}

static void
let_go(struct pid_file *f)
{
	(void)close(f->fd);
	f->fd = -1;
}

static enum outcome
try_to_take(struct pid_file *f, int number, char why[PID_FILE_WHY])
{
	enum outcome outcome = REFUSED;

	/* To its number before there is a lock, which a close would end. */
	f->fd = descriptor_move(open_file(f), number) == 0 ? number : -1;
	if (f->fd < 0)
		explain(f, why);
	else
		outcome = lock_file(f, why);
	if (outcome == TAKEN)
		return TAKEN;
	if (f->made && f->holder == 0 && outcome == REFUSED)
		(void)unlink(f->path);
	if (f->fd >= 0)
		let_go(f);
	return outcome;
}

int
pid_file_take(
    struct pid_file *f, const char *path, int number, char why[PID_FILE_WHY])
{
	enum outcome outcome = AGAIN;
	int tries;

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->owner = getpid();
	(void)snprintf(why, PID_FILE_WHY, "it comes and goes");
	for (tries = 0; tries < TRIES && outcome == AGAIN; tries++)
		outcome = try_to_take(f, number, why);
	return outcome == TAKEN ? 0 : -1;
}

int
pid_file_write(struct pid_file *f)
{
	char text[TEXT_BYTES];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	ssize_t n;

	f->written = true;
	if (ftruncate(f->fd, 0) != 0)
		return -1;
	n = pwrite(f->fd, text, (size_t)len, 0);
	if (n >= 0 && n < len)
		errno = ENOSPC;
	return n == len ? 0 : -1;
}

int
pid_file_inherit(struct pid_file *f)
{
	struct flock whole = {.l_type = F_RDLCK, .l_whence = SEEK_SET};

	/* F_GETLK names the process that set the lock. To set it again as it is
	 * changes nothing, so it is made another kind between. */
	if (fcntl(f->fd, F_SETLK, &whole) != 0)
		return -1;
	whole.l_type = F_WRLCK;
	if (fcntl(f->fd, F_SETLK, &whole) != 0)
		return -1;
	f->owner = getpid();
	return pid_file_write(f);
}

void
pid_file_go_on(struct pid_file *f, const char *path, int number)
{
	struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	memset(f, 0, sizeof(*f));
	f->path = path;
	f->fd = number;
	f->owner = getpid();
	f->written = true;
	/* An exec keeps a lock, unless another shared the descriptors. */
	(void)fcntl(f->fd, F_SETLK, &whole);
}

void
pid_file_remove(struct pid_file *f)
{
	if (f->fd < 0 || f->owner != getpid())
		return;
	if ((f->made || f->written) &&
	    (!is_at_its_name(f) || unlink(f->path) != 0) &&
	    ftruncate(f->fd, 0) != 0)
		errno = 0; /* it is stale all the same */
	let_go(f);
}
