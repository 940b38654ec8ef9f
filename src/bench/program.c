#include "bench/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "base/log.h"
#include "bench/cleanup.h"
#include "os/process.h"
#include "os/signals.h"

const char *
program_beside(char *out, size_t size, const char *self, const char *name)
{
	const char *slash = strrchr(self, '/');
	int len = slash != NULL ? (int)(slash - self) : 1;

	if (snprintf(out, size, "%.*s/%s", len, slash != NULL ? self : ".",
		name) >= (int)size)
		die_usage("the path to this program is too long");
	return out;
}

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
be_program(const char *const argv[], int out, int streams,
    const struct program_limits *limits)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
	    SIGCONT, SIGPIPE, SIGTTOU, 0};
	int null = descriptor_nothing();

	/* Before there is anything to be cleared away. */
	(void)setpgid(0, 0);
	cleanup_watch(getpid());
	signals_default(signals);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(streams & PROGRAM_OUT ? out : null, STDOUT_FILENO);
	(void)dup2(streams & PROGRAM_ERR ? out : null, STDERR_FILENO);
	process_close_from(STDERR_FILENO + 1);
	if (limits != NULL) {
		limit(RLIMIT_AS, limits->address_space);
		limit(RLIMIT_NOFILE, limits->files);
	}
	/* exec does not write to them; the type is older than const. */
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	(void)dprintf(
	    STDERR_FILENO, "cannot execute %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int
program_start(struct program *p, const char *const argv[], int streams,
    const struct program_limits *limits)
{
	int ends[2], saved;

	p->pid = 0;
	p->out = -1;
	if (pipe_nonblocking(ends) != 0)
		return -1;
	p->pid = fork();
	if (p->pid == 0)
		be_program(argv, ends[1], streams, limits);
	saved = errno;
	(void)close(ends[1]);
	if (p->pid < 0) {
		(void)close(ends[0]);
		p->pid = 0;
		errno = saved;
		return -1;
	}
	/* Both do it, so that it is done whichever runs first. */
	(void)setpgid(p->pid, p->pid);
	p->out = ends[0];
	return 0;
}

int
program_reap(struct program *p)
{
	int status = -1;

	if (p->pid <= 0)
		return status;
	while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
		;
	cleanup_forget(p->pid);
	p->pid = 0;
	return status;
}

void
program_end(struct program *p)
{
	if (p->pid > 0)
		(void)kill(-p->pid, SIGKILL);
	(void)program_reap(p);
	if (p->out >= 0)
		(void)close(p->out);
	p->out = -1;
}

ssize_t
program_read(struct program *p, void *bytes, size_t size, int64_t ms)
{
	struct pollfd set = {.fd = p->out, .events = POLLIN};
	ssize_t n;

	if (p->out < 0)
		return -1;
	if (poll(&set, 1, ms > 0 ? (int)ms : 0) <= 0)
		return 0;
	n = read(p->out, bytes, size);
	if (n > 0)
		return n;
	return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}
