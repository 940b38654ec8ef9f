#include "os/process.h"

#include <errno.h>
#include <stddef.h>
#include <unistd.h>

/* POSIX.1-2008 does not tell how many there are. */
int
process_processors(void)
{
	return 2;
}

void
process_harden(bool traceable)
{
	(void)traceable;
}

/* POSIX.1-2008 cannot change the supplementary groups: where there are any
 * that the new user would keep, refuse rather than pretend. */
int
process_switch(const struct identity *who)
{
	gid_t groups[64];
	int i, n;

	n = getgroups((int)(sizeof(groups) / sizeof(groups[0])), groups);
	if (n < 0)
		return -1;
	for (i = 0; i < n; i++) {
		if (groups[i] != who->gid) {
			errno = EPERM;
			return -1;
		}
	}
	return setgid(who->gid) != 0 ? -1 : setuid(who->uid);
}

/* Not the beginning, but as far from it each time. */
uintptr_t
process_layout(void)
{
	return (uintptr_t)process_layout;
}

pid_t
process_parent(pid_t pid)
{
	(void)pid;
	return 0;
}

bool
process_is_hidden(pid_t pid)
{
	(void)pid;
	return false;
}

bool
process_ended(pid_t pid)
{
	(void)pid;
	return false;
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
process_forget_parent(void)
{
}

void
process_leave_with_parent(unsigned seconds, int lifeline)
{
	(void)seconds;
	(void)lifeline;
}

void
process_end_with(int fd)
{
	(void)fd;
}

void
process_moves(void)
{
}

void
process_batch(bool batch)
{
	(void)batch;
}
