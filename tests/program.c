#include "program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "fail.h"

enum { ARGS_MAX = 32 };

/* Also called outside of tests, where Check's assertions do not work. */
static void
must(bool is_so)
{
	if (!is_so) {
		perror("cannot run a program");
		abort();
	}
}

static _Noreturn void
be_program(const char *dir, const char *const args[], int out, int err)
{
	int fd, null = open("/dev/null", O_RDWR);

	(void)setpgid(0, 0);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	for (fd = STDERR_FILENO + 1; fd < 256; fd++)
		(void)close(fd);
	if (dir != NULL && chdir(dir) != 0)
		_exit(126);
	/* exec does not write to them; the type is older than const. */
	(void)execv(args[0], (char *const *)(uintptr_t)args);
	_exit(127);
}

/* Reads both streams to their ends. Returns false if the time was over. */
static bool
read_both(struct result *r, const int fd[2])
{
	char *text[2] = {r->out, r->err}, waste[512];
	size_t used[2] = {0, 0}, size[2] = {sizeof(r->out), sizeof(r->err)};
	struct pollfd set[2];
	int64_t until = deadline(), now;
	int i, open = 2;

	for (i = 0; i < 2; i++) {
		set[i].fd = fd[i];
		set[i].events = POLLIN;
	}
	while (open > 0 && (now = clock_now()) < until) {
		if (poll(set, 2, (int)(until - now)) <= 0)
			continue;
		for (i = 0; i < 2; i++) {
			size_t room = size[i] - 1 - used[i];
			ssize_t n;

			if (set[i].fd < 0 || set[i].revents == 0)
				continue;
			n = room > 0 ? read(fd[i], text[i] + used[i], room)
				     : read(fd[i], waste, sizeof(waste));
			if (n > 0 && room > 0)
				used[i] += (size_t)n;
			if (n <= 0) {
				set[i].fd = -1;
				open--;
			}
		}
	}
	text[0][used[0]] = text[1][used[1]] = '\0';
	return open == 0;
}

void
program_run(struct result *r, const char *dir, const char *path, ...)
{
	const char *args[ARGS_MAX + 1];
	int out[2], err[2], status, n = 0;
	va_list ap;
	pid_t pid;

	args[n++] = path;
	va_start(ap, path);
	do
		args[n] = va_arg(ap, const char *);
	while (args[n++] != NULL && n < ARGS_MAX);
	args[n] = NULL;
	va_end(ap);
	must(pipe(out) == 0 && pipe(err) == 0);
	pid = fork();
	must(pid >= 0);
	if (pid == 0)
		be_program(dir, args, out[1], err[1]);
	(void)close(out[1]);
	(void)close(err[1]);
	r->status = 0;
	if (!read_both(r, (const int[]){out[0], err[0]})) {
		(void)kill(pid, SIGKILL);
		(void)kill(-pid, SIGKILL);
		r->status = -1;
	}
	(void)close(out[0]);
	(void)close(err[0]);
	must(waitpid(pid, &status, 0) == pid);
	if (r->status == 0)
		r->status = WIFEXITED(status) ? WEXITSTATUS(status)
					      : 256 + WTERMSIG(status);
}
