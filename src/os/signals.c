#include "os/signals.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <unistd.h>

/* Not above it; those that a system has not say no. */
enum { SIGNALS_LAST = 128 };

static int pipe_read = -1;
static volatile sig_atomic_t pipe_write = -1;

static void
to_pipe(int signo)
{
	int saved = errno;
	unsigned char byte = (unsigned char)signo;

	/* A full pipe holds thousands of signals already: none is missed that
	 * would change what is done. */
	if (write(pipe_write, &byte, 1) < 0)
		errno = saved;
	errno = saved;
}

int
pipe_nonblocking(int ends[2])
{
	int i;

	if (pipe(ends) != 0)
		return -1;
	for (i = 0; i < 2; i++) {
		if (fcntl(ends[i], F_SETFL, O_NONBLOCK) != 0 ||
		    fcntl(ends[i], F_SETFD, FD_CLOEXEC) != 0) {
			(void)close(ends[0]);
			(void)close(ends[1]);
			return -1;
		}
	}
	return 0;
}

bool
pipe_ended(int fd)
{
	char waste;

	return read(fd, &waste, 1) == 0;
}

int
signals_open(const int *list)
{
	struct sigaction sa;
	sigset_t none;
	int ends[2];

	if (pipe_nonblocking(ends) != 0)
		return -1;
	pipe_read = ends[0];
	pipe_write = ends[1];
	sa.sa_flags = SA_RESTART;
	sigfillset(&sa.sa_mask);
	sa.sa_handler = SIG_IGN;
	if (sigaction(SIGPIPE, &sa, NULL) != 0)
		return -1;
	sa.sa_handler = to_pipe;
	for (; *list != 0; list++)
		if (sigaction(*list, &sa, NULL) != 0)
			return -1;
	sigemptyset(&none);
	return sigprocmask(SIG_SETMASK, &none, NULL);
}

int
signals_fd(void)
{
	return pipe_read;
}

int
signals_move(int read_fd, int write_fd)
{
	int old_read = pipe_read, old_write = pipe_write;

	if (dup2(old_read, read_fd) < 0 || dup2(old_write, write_fd) < 0)
		return -1;
	pipe_write = write_fd;
	pipe_read = read_fd;
	/* They may have come to lie where they are wanted by themselves. */
	if (old_read != read_fd)
		(void)close(old_read);
	if (old_write != write_fd)
		(void)close(old_write);
	if (fcntl(read_fd, F_SETFD, FD_CLOEXEC) != 0 ||
	    fcntl(write_fd, F_SETFD, FD_CLOEXEC) != 0)
		return -1;
	return 0;
}

int
signals_next(void)
{
	unsigned char byte;

	return read(pipe_read, &byte, 1) == 1 ? byte : 0;
}

/* Those of a fault, and the one by which a process ends itself. */
static const int faults[] = {
    SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP, 0};

static bool
is_in(const int *list, int signo)
{
	while (*list != 0 && *list != signo)
		list++;
	return *list != 0;
}

/* Blocks all but faults and those of the list. */
static void
block_but(const int *but, sigset_t *before)
{
	sigset_t held;
	int i;

	sigfillset(&held);
	for (i = 0; faults[i] != 0; i++)
		(void)sigdelset(&held, faults[i]);
	for (; *but != 0; but++)
		(void)sigdelset(&held, *but);
	(void)sigprocmask(SIG_SETMASK, &held, before);
}

void
signals_hold(sigset_t *before)
{
	static const int none[] = {0};

	block_but(none, before);
}

void
signals_ignore(const int *list)
{
	for (; *list != 0; list++)
		(void)signal(*list, SIG_IGN);
}

void
signals_ignore_but(const int *but)
{
	int signo;

	/* Those that cannot be ignored, and libc's own, say no. */
	for (signo = 1; signo <= SIGNALS_LAST; signo++)
		if (!is_in(faults, signo) && !is_in(but, signo))
			(void)signal(signo, SIG_IGN);
}

void
signals_begin(void)
{
	static const int not_by_accident[] = {SIGTERM, SIGINT, SIGQUIT, SIGHUP,
	    SIGUSR1, SIGCHLD, SIGCONT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE, 0};
	static const int end[] = {SIGTERM, SIGINT, SIGQUIT, SIGTSTP, 0};
	struct sigaction sa;
	int i;

	block_but(end, NULL);
	signals_ignore_but(not_by_accident);
	for (i = 0; faults[i] != 0; i++)
		if (sigaction(faults[i], NULL, &sa) == 0 &&
		    sa.sa_handler == SIG_IGN)
			(void)signal(faults[i], SIG_DFL);
	/* While it is ignored a child cannot be waited for. */
	(void)signal(SIGCHLD, SIG_DFL);
}

void
signals_restore(const sigset_t *before)
{
	(void)sigprocmask(SIG_SETMASK, before, NULL);
}

void
signals_default(const int *list)
{
	struct sigaction sa;
	sigset_t none;

	sa.sa_flags = 0;
	sa.sa_handler = SIG_DFL;
	sigemptyset(&sa.sa_mask);
	for (; *list != 0; list++)
		(void)sigaction(*list, &sa, NULL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

const char *
signals_name(int signo)
{
	static const struct {
		int signo;
		const char *name;
	} names[] = {
	    {SIGABRT, "ABRT"},
	    {SIGALRM, "ALRM"},
	    {SIGBUS, "BUS"},
	    {SIGCHLD, "CHLD"},
	    {SIGCONT, "CONT"},
	    {SIGFPE, "FPE"},
	    {SIGHUP, "HUP"},
	    {SIGILL, "ILL"},
	    {SIGINT, "INT"},
	    {SIGKILL, "KILL"},
	    {SIGPIPE, "PIPE"},
	    {SIGQUIT, "QUIT"},
	    {SIGSEGV, "SEGV"},
	    {SIGSTOP, "STOP"},
	    {SIGSYS, "SYS"},
	    {SIGTERM, "TERM"},
	    {SIGTRAP, "TRAP"},
	    {SIGTSTP, "TSTP"},
	    {SIGTTIN, "TTIN"},
	    {SIGTTOU, "TTOU"},
	    {SIGUSR1, "USR1"},
	    {SIGUSR2, "USR2"},
	    {SIGXCPU, "XCPU"},
	    {SIGXFSZ, "XFSZ"},
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].signo == signo)
			return names[i].name;
	return "?";
}
