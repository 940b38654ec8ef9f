#include "os/process.h"

#include <errno.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

/* POSIX.1-2008 does not tell how many there are. */
int
process_processors(void)
{
	return 2;
}

/* POSIX.1-2008 cannot change the supplementary groups: where there are any
 * that the new user would keep, refuse rather than pretend. */
int
process_become(const char *user)
{
	struct passwd *pw;
	gid_t groups[64];
	int i, n;

	errno = 0;
	pw = getpwnam(user);
	if (pw == NULL) {
		if (errno == 0)
			errno = ENOENT;
		return -1;
	}
	n = getgroups((int)(sizeof(groups) / sizeof(groups[0])), groups);
	if (n < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (groups[i] != pw->pw_gid) {
			errno = EPERM;
			return -1;
		}
	}
	if (setgid(pw->pw_gid) != 0 || setuid(pw->pw_uid) != 0)
		return -1;
	if (pw->pw_uid != 0 && setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

void
process_close_from(int low)
{
	long i, most = sysconf(_SC_OPEN_MAX);

	for (i = low; i < most; i++)
		(void)close((int)i);
}

void
process_expendable(void)
{
}

void
process_leave_with_parent(unsigned seconds)
{
	(void)seconds;
}

void
process_batch(bool batch)
{
	(void)batch;
}
