#include "show/subject.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/process.h"
#include "os/signals.h"
#include "show/warden.h"

static _Noreturn void
be_server(const char *const argv[], int log, struct warden *w)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
	    SIGCONT, SIGPIPE, SIGTTOU, 0};
	int null = open("/dev/null", O_RDWR);

	warden_watch(w, getpid());
	(void)setpgid(0, 0);
	signals_default(signals);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(log, STDOUT_FILENO);
	(void)dup2(log, STDERR_FILENO);
	process_close_from(STDERR_FILENO + 1);
	/* exec does not write to them; the type is older than const. */
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	(void)dprintf(
	    STDERR_FILENO, "cannot execute %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int
subject_start(struct subject *s, const char *const argv[], struct warden *w)
{
	int ends[2], saved;

	memset(s, 0, sizeof(*s));
	s->log = -1;
	if (pipe_nonblocking(ends) != 0)
		return -1;
	s->pid = fork();
	if (s->pid == 0)
		be_server(argv, ends[1], w);
	saved = errno;
	(void)close(ends[1]);
	if (s->pid < 0) {
		s->pid = 0;
		(void)close(ends[0]);
		errno = saved;
		return -1;
	}
	/* Both do it, so that it has been done whoever comes first. */
	(void)setpgid(s->pid, s->pid);
	s->log = ends[0];
	return 0;
}

static void
take(struct subject *s, const char *bytes, size_t n,
    void (*heard)(void *context, const char *line), void *context)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			if (s->len < SUBJECT_LINE - 1)
				s->line[s->len++] = bytes[i];
			continue;
		}
		s->line[s->len] = '\0';
		s->len = 0;
		heard(context, s->line);
	}
}

bool
subject_read(struct subject *s, void (*heard)(void *context, const char *line),
    void *context)
{
	char bytes[4096];
	ssize_t n;

	while (s->log >= 0) {
		n = read(s->log, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n > 0) {
			take(s, bytes, (size_t)n, heard, context);
			continue;
		}
		(void)close(s->log);
		s->log = -1;
	}
	return false;
}

int
subject_reap(struct subject *s)
{
	int status = -1;

	while (waitpid(s->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	s->pid = 0;
	return status;
}
