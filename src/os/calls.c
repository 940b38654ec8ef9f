#include "os/calls.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "os/memory.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/socket.h"

static int
call_accept(void)
{
	struct peer peer;

	return socket_accept(-1, &peer);
}

static int
call_bind(void)
{
	struct sockaddr address = {.sa_family = AF_UNSPEC};

	return bind(-1, &address, sizeof(address));
}

static int
call_close(void)
{
	return close(-1);
}

static int
call_clock(void)
{
	struct timespec ts;

	return clock_gettime(CLOCK_MONOTONIC, &ts);
}

static int
call_dup2(void)
{
	return dup2(-1, STDERR_FILENO);
}

static int
call_fcntl(void)
{
	return fcntl(-1, F_GETFD);
}

static int
call_fstat(void)
{
	struct stat st;

	return fstat(-1, &st);
}

static int
call_getpid(void)
{
	if (getpid() > 0)
		return 0;
	errno = EPERM;
	return -1;
}

static int
call_getsockname(void)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	return getsockname(-1, (struct sockaddr *)&address, &len);
}

static int
call_kill(void)
{
	return kill(getpid(), 0);
}

static int
call_listen(void)
{
	return listen(-1, 1);
}

static int
call_mmap(void)
{
	void *p = memory_shared(1);

	memory_drop(p, 1);
	return p != NULL ? 0 : -1;
}

static int
call_mprotect(void)
{
	return memory_read_only(NULL, 0);
}

static int
call_munmap(void)
{
	return munmap(NULL, 0);
}

static int
call_openat(void)
{
	return openat(-1, "nothing", O_RDONLY | O_CLOEXEC);
}

static int
call_pipe(void)
{
	int ends[2];

	if (pipe(ends) != 0)
		return -1;
	(void)close(ends[0]);
	(void)close(ends[1]);
	return 0;
}

static int
call_poll(void)
{
	return poll(NULL, 0, 0);
}

static int
call_pread(void)
{
	char byte;

	return (int)pread(-1, &byte, 1, 0);
}

static int
call_read(void)
{
	char byte;

	return (int)read(-1, &byte, 1);
}

static int
call_readdir(void)
{
	DIR *dir = opendir("/");
	int saved = 0;

	/* Whether it may be opened is another question. */
	if (dir == NULL)
		return 0;
	errno = 0;
	if (readdir(dir) == NULL)
		saved = errno;
	(void)closedir(dir);
	errno = saved;
	return saved != 0 ? -1 : 0;
}

static int
call_socketpair(void)
{
	return socketpair(AF_UNIX, SOCK_STREAM, -1, NULL);
}

static int
call_recvmsg(void)
{
	struct msghdr none = {.msg_iovlen = 0};

	return recvmsg(-1, &none, 0) < 0 ? -1 : 0;
}

static int
call_recv(void)
{
	char byte;

	return (int)recv(-1, &byte, 1, 0);
}

static int
call_send(void)
{
	return (int)send(-1, "", 1, 0);
}

static int
call_setsockopt(void)
{
	const int on = 1;

	return setsockopt(-1, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static int
call_shutdown(void)
{
	return shutdown(-1, SHUT_WR);
}

static int
call_sigaction(void)
{
	struct sigaction sa;

	return sigaction(SIGUSR2, NULL, &sa);
}

static int
call_sigprocmask(void)
{
	sigset_t now;

	return sigprocmask(SIG_SETMASK, NULL, &now);
}

static int
call_socket(void)
{
	return socket(-1, SOCK_STREAM, 0);
}

/* Of one that is not there. */
static int
call_waitpid(void)
{
	int status;

	return (int)waitpid(getpid(), &status, WNOHANG);
}

static int
call_write(void)
{
	return (int)write(-1, "", 1);
}

static int
in_child(void (*what)(void))
{
	sigset_t before;
	pid_t pid;

	signals_hold(&before);
	pid = fork();
	if (pid == 0) {
		what();
		_exit(1);
	}
	signals_restore(&before);
	return process_outcome(pid);
}

static void
leave(void)
{
	_exit(0);
}

static int
call_exit(void)
{
	return in_child(leave);
}

static void
ignore(int signo)
{
	(void)signo;
}

static void
take_signal(void)
{
	static const int one[] = {SIGUSR2, 0};
	struct sigaction sa;

	signals_default(one);
	sa.sa_flags = 0;
	sa.sa_handler = ignore;
	sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGUSR2, &sa, NULL);
	(void)kill(getpid(), SIGUSR2);
	_exit(0);
}

/* There is no way back from a handler without it. */
static int
call_sigreturn(void)
{
	return in_child(take_signal);
}

/* By the names of their functions. Those with children come last: they stand
 * on others. */
static const struct call needed[] = {
    {"write", call_write},
    {"close", call_close},
    {"read", call_read},
    {"openat", call_openat},
    {"fcntl", call_fcntl},
    {"fstat", call_fstat},
    {"pread", call_pread},
    {"readdir (getdents64)", call_readdir},
    {"dup2", call_dup2},
    {"pipe", call_pipe},
    {"poll", call_poll},
    {"socket", call_socket},
    {"setsockopt", call_setsockopt},
    {"bind", call_bind},
    {"listen", call_listen},
    {"getsockname", call_getsockname},
    {"accept", call_accept},
    {"recv", call_recv},
    {"recvmsg", call_recvmsg},
    {"socketpair", call_socketpair},
    {"send", call_send},
    {"shutdown", call_shutdown},
    {"mmap", call_mmap},
    {"mprotect", call_mprotect},
    {"munmap", call_munmap},
    {"clock_gettime", call_clock},
    {"getpid", call_getpid},
    {"sigaction", call_sigaction},
    {"sigprocmask", call_sigprocmask},
    {"kill", call_kill},
    {"waitpid (wait4)", call_waitpid},
    {"fork (clone)", call_exit},
    {"sigreturn", call_sigreturn},
    {NULL, NULL},
};

/* The first of them that is denied, with errno; NULL: none from there on. */
static const struct call *
first_denied(const struct call *list)
{
	for (; list->name != NULL; list++)
		if (list->call() < 0 &&
		    (errno == EPERM || errno == ENOSYS || errno == EACCES))
			return list;
	return NULL;
}

const char *
calls_missing(bool threads)
{
	const struct call *denied = first_denied(needed);

	if (denied == NULL && threads)
		denied = first_denied(calls_of_threads);
	return denied != NULL ? denied->name : NULL;
}

void
calls_replaced(char out[CALLS_TEXT])
{
	const struct call *denied = calls_with_a_twin;
	size_t len = 0;

	out[0] = '\0';
	for (; (denied = first_denied(denied)) != NULL; denied++) {
		(void)snprintf(out + len, CALLS_TEXT - len, "%s%s",
		    len > 0 ? ", " : "", denied->name);
		len = strlen(out);
	}
}
