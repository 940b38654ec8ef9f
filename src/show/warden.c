#include "show/warden.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/signals.h"
#include "os/terminal.h"
#include "os/title.h"

static _Noreturn void
be_warden(int pipe, const char *dir, const char *const *files)
{
	static const int deaf[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP,
	    SIGTTIN, SIGTTOU, SIGPIPE, 0};
	char path[4096];
	pid_t pid = 0, next;
	ssize_t n;
	int i;

	/* Who kills the whole job does not mean us. */
	(void)setpgid(0, 0);
	signals_default(deaf);
	for (i = 0; deaf[i] != 0; i++)
		(void)signal(deaf[i], SIG_IGN);
	title_set("prefork-show: warden", "prefork-warden");
	while ((n = read(pipe, &next, sizeof(next))) > 0 ||
	       (n < 0 && errno == EINTR))
		if (n == (ssize_t)sizeof(next))
			pid = next;
	/* At once: whoever waited for the show may go on to use it. */
	terminal_leave();
	/* Its workers see the end of their lifelines. */
	if (pid > 0)
		(void)kill(pid, SIGKILL);
	for (; *files != NULL; files++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, *files);
		(void)unlink(path);
	}
	_exit(rmdir(dir) == 0 ? 0 : 1);
}

int
warden_open(struct warden *w, const char *dir, const char *const *files)
{
	int ends[2], saved;

	if (pipe(ends) != 0)
		return -1;
	w->pid = fork();
	if (w->pid == 0) {
		(void)close(ends[1]);
		be_warden(ends[0], dir, files);
	}
	saved = errno;
	(void)close(ends[0]);
	w->pipe = ends[1];
	if (w->pid > 0)
		return 0;
	(void)close(ends[1]);
	w->pid = 0;
	errno = saved;
	return -1;
}

void
warden_watch(struct warden *w, pid_t pid)
{
	/* If it is gone, nobody can be told. */
	if (write(w->pipe, &pid, sizeof(pid)) < 0)
		return;
}

void
warden_close(struct warden *w)
{
	if (w->pid <= 0)
		return;
	(void)close(w->pipe);
	while (waitpid(w->pid, NULL, 0) < 0 && errno == EINTR)
		continue;
	w->pid = 0;
}
