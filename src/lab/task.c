#include "lab/task.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { GROUPS_MAX = 32 };

/* What the janitor is told: a group that came (> 0) or went (< 0). */
static volatile int janitor_fd = -1;
static volatile pid_t janitor;

/* --- the janitor --- */

static void
take_note(pid_t groups[GROUPS_MAX], int *count, pid_t word)
{
	int i;

	if (word > 0 && *count < GROUPS_MAX) {
		groups[(*count)++] = word;
		return;
	}
	for (i = 0; i < *count; i++)
		if (groups[i] == -word)
			groups[i] = groups[--*count];
}

/* The directory holds plain files only. */
static void
remove_directory(const char *dir)
{
	char path[TASK_PATH + 300];
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

static _Noreturn void
be_janitor(int fd, const char *dir)
{
	pid_t groups[GROUPS_MAX], word;
	int i, count = 0;
	ssize_t n;

	/* What is typed at the terminal is not for us: we see the end of the
	 * one who is meant. */
	(void)setsid();
	(void)signal(SIGHUP, SIG_IGN);
	for (;;) {
		n = read(fd, &word, sizeof(word));
		if (n < 0 && errno == EINTR)
			continue;
		if (n != (ssize_t)sizeof(word))
			break;
		take_note(groups, &count, word);
	}
	for (i = 0; i < count; i++)
		(void)kill(-groups[i], SIGKILL);
	remove_directory(dir);
	_exit(0);
}

/* Async-signal-safe. */
static void
dismiss_janitor(void)
{
	pid_t pid = janitor;
	int fd = janitor_fd;

	janitor = 0;
	janitor_fd = -1;
	if (fd >= 0)
		(void)close(fd);
	if (pid > 0)
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
}

static void
on_signal(int signo)
{
	dismiss_janitor();
	if (isatty(STDERR_FILENO) && write(STDERR_FILENO, "\n", 1) < 0)
		errno = 0;
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

static void
tell(pid_t word)
{
	if (janitor_fd >= 0 &&
	    write(janitor_fd, &word, sizeof(word)) != (ssize_t)sizeof(word))
		errno = 0; /* it is gone: so is its care */
}

int
task_open(char dir[TASK_PATH])
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP};
	const char *tmp = getenv("TMPDIR");
	struct sigaction action;
	int pair[2];
	size_t i;
	pid_t pid;

	if (snprintf(dir, TASK_PATH, "%s/prefork-lab-XXXXXX",
		tmp != NULL && tmp[0] != '\0' ? tmp : "/tmp") >= TASK_PATH) {
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
		be_janitor(pair[0], dir);
	}
	(void)close(pair[0]);
	(void)fcntl(pair[1], F_SETFD, FD_CLOEXEC);
	janitor = pid;
	janitor_fd = pair[1];
	memset(&action, 0, sizeof(action));
	action.sa_handler = on_signal;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaction(ends[i], &action, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	return 0;
}

void
task_close(void)
{
	dismiss_janitor();
}

/* --- tasks --- */

static void
limit(int what, int64_t most)
{
	struct rlimit rl;

	if (most < 0)
		return;
	rl.rlim_cur = rl.rlim_max = (rlim_t)most;
	(void)setrlimit(what, &rl);
}

static _Noreturn void
be_task(const char *const argv[], int out, int stream,
    const struct task_limits *limits)
{
	int null = open("/dev/null", O_RDWR);

	(void)setpgid(0, 0);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)signal(SIGINT, SIG_DFL);
	(void)signal(SIGTERM, SIG_DFL);
	(void)signal(SIGHUP, SIG_DFL);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(stream == STDOUT_FILENO ? out : null, STDOUT_FILENO);
	(void)dup2(stream == STDERR_FILENO ? out : null, STDERR_FILENO);
	if (limits != NULL) {
		limit(RLIMIT_AS, limits->address_space);
		limit(RLIMIT_NOFILE, limits->files);
	}
	/* exec does not write to them; the type is older than const. */
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

int
task_start(struct task *t, const char *const argv[], int stream,
    const struct task_limits *limits)
{
	int pair[2];

	t->pid = 0;
	t->out = -1;
	if (pipe(pair) != 0)
		return -1;
	(void)fcntl(pair[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(pair[1], F_SETFD, FD_CLOEXEC);
	t->pid = fork();
	if (t->pid == 0)
		be_task(argv, pair[1], stream, limits);
	(void)close(pair[1]);
	if (t->pid < 0) {
		(void)close(pair[0]);
		t->pid = 0;
		return -1;
	}
	/* Both do it, so that it has been done whoever comes first. */
	(void)setpgid(t->pid, t->pid);
	tell(t->pid);
	t->out = pair[0];
	(void)fcntl(t->out, F_SETFL, O_NONBLOCK);
	return 0;
}

static void
forget(struct task *t)
{
	tell(-t->pid);
	t->pid = 0;
	if (t->out >= 0)
		(void)close(t->out);
	t->out = -1;
}

int
task_wait(struct task *t)
{
	int status = 0;

	while (waitpid(t->pid, &status, 0) < 0 && errno == EINTR)
		;
	forget(t);
	return status;
}

int
task_end(struct task *t)
{
	if (t->pid <= 0)
		return 0;
	(void)kill(-t->pid, SIGKILL);
	return task_wait(t);
}
