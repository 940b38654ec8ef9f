#include "bench/cleanup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/signals.h"
#include "os/title.h"

/* Also read by the handler of signals. The child is told of a group that came
 * (> 0) or went (< 0). */
static volatile int pipe_end = -1;
static volatile pid_t child;

/* --- the child --- */

static void
take_note(pid_t groups[CLEANUP_GROUPS], int *count, pid_t told)
{
	int i;

	if (told > 0 && *count < CLEANUP_GROUPS) {
		groups[(*count)++] = told;
		return;
	}
	for (i = 0; i < *count; i++)
		if (groups[i] == -told)
			groups[i] = groups[--*count];
}

static void
remove_directory(const char *dir)
{
	char path[CLEANUP_PATH + 300];
	struct dirent *entry;
	DIR *d = opendir(dir);

	while (d != NULL && (entry = readdir(d)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(path, sizeof(path), "%s/%s", dir, entry->d_name);
		(void)unlink(path);
	}
	if (d != NULL)
		(void)closedir(d);
	(void)rmdir(dir);
}

static void
ignore_signals(void)
{
	static const int ignored[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
	    SIGTTIN, SIGTTOU, SIGPIPE, 0};
	int i;

	signals_default(ignored);
	for (i = 0; ignored[i] != 0; i++)
		(void)signal(ignored[i], SIG_IGN);
}

static _Noreturn void
be_child(int fd, const char *dir, void (*also)(void))
{
	pid_t groups[CLEANUP_GROUPS], told;
	int i, count = 0;
	ssize_t n;

	/* A signal to the whole job is not for this process. */
	(void)setpgid(0, 0);
	ignore_signals();
	title_set("prefork: cleanup", "prefork-cleanup");
	while ((n = read(fd, &told, sizeof(told))) != 0) {
		if (n == (ssize_t)sizeof(told))
			take_note(groups, &count, told);
		else if (n > 0 || errno != EINTR)
			break;
	}
	/* At once: another program may wait for the terminal. */
	if (also != NULL)
		also();
	for (i = 0; i < count; i++)
		(void)kill(-groups[i], SIGKILL);
	remove_directory(dir);
	_exit(0);
}

/* --- this program --- */

/* Async-signal-safe. */
void
cleanup_close(void)
{
	pid_t pid = child;
	int fd = pipe_end;

	child = 0;
	pipe_end = -1;
	if (fd >= 0)
		(void)close(fd);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
}

static void
on_signal(int signo)
{
	cleanup_close();
	if (isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0)
		errno = 0;
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

static void
tell(pid_t group)
{
	if (pipe_end >= 0 &&
	    write(pipe_end, &group, sizeof(group)) != (ssize_t)sizeof(group))
		errno = 0; /* it is gone: there is nothing to be done */
}

void
cleanup_watch(pid_t group)
{
	tell(group);
}

void
cleanup_forget(pid_t group)
{
	tell(-group);
}

void
cleanup_on_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaction(ends[i], &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

int
cleanup_open(const char *name, char dir[CLEANUP_PATH], void (*also)(void))
{
	const char *tmp = getenv("TMPDIR");
	int pair[2];
	pid_t pid;

	if (snprintf(dir, CLEANUP_PATH, "%s/%s-XXXXXX",
		tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp",
		name) >= CLEANUP_PATH) {
		errno = ENAMETOOLONG;
		return -1;
	}
	if (mkdtemp(dir) == NULL || pipe(pair) != 0)
		return -1;
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0) {
		(void)close(pair[1]);
		be_child(pair[0], dir, also);
	}
	(void)close(pair[0]);
	(void)fcntl(pair[1], F_SETFD, FD_CLOEXEC);
	child = pid;
	pipe_end = pair[1];
	return 0;
}
