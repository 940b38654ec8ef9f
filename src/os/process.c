#include "os/process.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/num.h"

int
process_raise_descriptors(int most)
{
	struct rlimit rl;
	rlim_t want;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return 256;
	want = rl.rlim_max;
	if (want == RLIM_INFINITY || want > (rlim_t)most)
		want = (rlim_t)most;
	if (rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur < want ||
	    rl.rlim_cur > (rlim_t)most) {
		rl.rlim_cur = want;
		(void)setrlimit(RLIMIT_NOFILE, &rl);
		if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
			return 256;
	}
	return rl.rlim_cur > (rlim_t)most ? most : (int)rl.rlim_cur;
}

void
process_no_core(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_CORE, &rl) != 0)
		return;
	rl.rlim_cur = 0;
	(void)setrlimit(RLIMIT_CORE, &rl);
}

/* The number that the text is; -1: it is none. All ones mean "no change" to
 * the system, and are none. */
static int64_t
number_of(const char *text)
{
	int64_t n;

	return num_parse(text, 0, UINT32_MAX - 1, &n) == 0 ? n : -1;
}

static int
find_user(struct identity *who, const char *name)
{
	int64_t number = number_of(name);
	const struct passwd *pw;

	errno = 0;
	pw = number >= 0 ? getpwuid((uid_t)number) : getpwnam(name);
	if (pw == NULL && number < 0)
		return -1;
	who->name = pw == NULL ? NULL : number < 0 ? name : pw->pw_name;
	who->uid = pw != NULL ? pw->pw_uid : (uid_t)number;
	who->gid = pw != NULL ? pw->pw_gid : (gid_t)number;
	return 0;
}

static int
find_group(struct identity *who, const char *name)
{
	int64_t number = number_of(name);
	const struct group *group;

	who->name = NULL;
	who->gid = (gid_t)number;
	if (number >= 0)
		return 0;
	errno = 0;
	group = getgrnam(name);
	if (group == NULL)
		return -1;
	who->gid = group->gr_gid;
	return 0;
}

enum { NAME_BYTES = 256 };

/* Finds USER[:GROUP]. who->name points into name. */
static int
find(struct identity *who, const char *user, char name[NAME_BYTES])
{
	const size_t len = strcspn(user, ":");

	if (len >= NAME_BYTES) {
		errno = ENOENT;
		return -1;
	}
	memcpy(name, user, len);
	name[len] = '\0';
	if (find_user(who, name) == 0 &&
	    (user[len] != ':' || find_group(who, user + len + 1) == 0))
		return 0;
	if (errno == 0)
		errno = ENOENT;
	return -1;
}

int
process_find(const char *user, uid_t *uid, gid_t *gid)
{
	struct identity who;
	char name[NAME_BYTES];

	if (find(&who, user, name) != 0)
		return -1;
	*uid = who.uid;
	*gid = who.gid;
	return 0;
}

int
process_become(const char *user)
{
	struct identity who;
	char name[NAME_BYTES];

	if (find(&who, user, name) != 0 || process_switch(&who) != 0)
		return -1;
	/* Believe it only when the way back is shut. */
	if (who.uid != 0 && setuid(0) == 0) {
		errno = EPERM;
		return -1;
	}
	return 0;
}

int
process_outcome(pid_t pid)
{
	int status = 0;

	if (pid < 0)
		return -1;
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	errno = EPERM;
	return status == 0 ? 0 : -1;
}

bool
process_is_child(pid_t pid)
{
	siginfo_t info;

	return pid > 0 && waitid(P_PID, (id_t)pid, &info,
			      WEXITED | WNOHANG | WNOWAIT) == 0;
}
