/*
 * deny [-w FILE] ERRNO CALL... -- COMMAND [ARGUMENT]... - runs a command to
 * which the kernel refuses some system calls, as the seccomp filter of a
 * container does.
 *
 * With -w they are refused while there is such a file, and allowed at other
 * times. It grows by a byte with every call that is refused. A process apart
 * decides; it ends with the last one that is filtered.
 *
 * ERRNO is EPERM or ENOSYS. CALL is a name of the list below, alone, or with
 * what one of its arguments must be: CALL:I:MASK:VALUE denies it where argument
 * I (from 0) and MASK, 32 bits each, make VALUE.
 *
 * deny -l writes the names that this machine has, one a line. The status is 77
 * where the kernel filters no calls, 100 for bad usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	USAGE = 100,
	NO_SECCOMP = 77,
	FILTER_MAX = 256,
	MSEAL = 462,
	DESCRIPTORS = 1024
};

struct call {
	const char *name;
	long number;
};

/* Every one that the program makes. Younger machines have no old ones. */
static const struct call calls[] = {
    {"accept", SYS_accept},
    {"accept4", SYS_accept4},
    {"bind", SYS_bind},
    {"brk", SYS_brk},
    {"clock_nanosleep", SYS_clock_nanosleep},
    {"clone", SYS_clone},
    {"clone3", SYS_clone3},
    {"close", SYS_close},
    {"close_range", SYS_close_range},
    {"connect", SYS_connect},
    {"epoll_create1", SYS_epoll_create1},
    {"epoll_ctl", SYS_epoll_ctl},
    {"execve", SYS_execve},
    {"execveat", SYS_execveat},
    {"exit", SYS_exit},
    {"exit_group", SYS_exit_group},
    {"faccessat2", SYS_faccessat2},
    {"fcntl", SYS_fcntl},
    {"ftruncate", SYS_ftruncate},
    {"futex", SYS_futex},
    {"getdents64", SYS_getdents64},
    {"geteuid", SYS_geteuid},
    {"getpeername", SYS_getpeername},
    {"getpid", SYS_getpid},
    {"getppid", SYS_getppid},
    {"getrandom", SYS_getrandom},
    {"getsockname", SYS_getsockname},
    {"getsockopt", SYS_getsockopt},
    {"ioctl", SYS_ioctl},
    {"kill", SYS_kill},
    {"listen", SYS_listen},
    {"lseek", SYS_lseek},
    {"madvise", SYS_madvise},
    {"memfd_create", SYS_memfd_create},
    /* Younger than most headers, and than most who trace. */
    {"mseal", MSEAL},
    {"mmap", SYS_mmap},
    {"mprotect", SYS_mprotect},
    {"munmap", SYS_munmap},
    {"openat", SYS_openat},
    {"openat2", SYS_openat2},
    {"pidfd_open", SYS_pidfd_open},
    {"pidfd_send_signal", SYS_pidfd_send_signal},
    {"pipe2", SYS_pipe2},
    {"ppoll", SYS_ppoll},
    {"prctl", SYS_prctl},
    {"pread64", SYS_pread64},
    {"prlimit64", SYS_prlimit64},
    {"read", SYS_read},
    {"readlinkat", SYS_readlinkat},
    {"recvfrom", SYS_recvfrom},
    {"recvmsg", SYS_recvmsg},
    {"restart_syscall", SYS_restart_syscall},
    {"rseq", SYS_rseq},
    {"rt_sigaction", SYS_rt_sigaction},
    {"rt_sigprocmask", SYS_rt_sigprocmask},
    {"rt_sigreturn", SYS_rt_sigreturn},
    {"rt_sigtimedwait", SYS_rt_sigtimedwait},
    {"sched_getscheduler", SYS_sched_getscheduler},
    {"sched_setscheduler", SYS_sched_setscheduler},
    {"sendfile", SYS_sendfile},
    {"sendto", SYS_sendto},
    {"set_robust_list", SYS_set_robust_list},
    {"set_tid_address", SYS_set_tid_address},
    {"setsockopt", SYS_setsockopt},
    {"shutdown", SYS_shutdown},
    {"socket", SYS_socket},
    {"socketpair", SYS_socketpair},
    {"wait4", SYS_wait4},
    {"waitid", SYS_waitid},
    {"write", SYS_write},
#ifdef SYS_poll
    {"access", SYS_access},
    {"alarm", SYS_alarm},
    {"arch_prctl", SYS_arch_prctl},
    {"dup2", SYS_dup2},
    {"epoll_wait", SYS_epoll_wait},
    {"newfstatat", SYS_newfstatat},
    {"poll", SYS_poll},
    {"readlink", SYS_readlink},
#else
    {"dup3", SYS_dup3},
    {"epoll_pwait", SYS_epoll_pwait},
#endif
};

static struct sock_filter filter[FILTER_MAX];
static unsigned short used;

static _Noreturn void
fail(int status, const char *what)
{
	(void)fprintf(stderr, "deny: %s\n", what);
	exit(status);
}

static void
add(uint16_t code, uint32_t k, uint8_t yes, uint8_t no)
{
	if (used == FILTER_MAX)
		fail(USAGE, "too many calls");
	filter[used++] = (struct sock_filter){code, yes, no, k};
}

static void
load(size_t offset)
{
	add(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static const struct call *
find(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (strlen(calls[i].name) == len &&
		    memcmp(calls[i].name, name, len) == 0)
			return &calls[i];
	fail(USAGE, "no such call");
}

/* The low half of an argument: this is for machines of either kind. */
static size_t
argument_at(unsigned long i)
{
	const uint16_t one = 1;
	size_t half = *(const uint8_t *)&one == 1 ? 0 : sizeof(uint32_t);

	return offsetof(struct seccomp_data, args) + i * sizeof(uint64_t) +
	       half;
}

static void
deny(const char *text, uint32_t verdict)
{
	size_t len = strcspn(text, ":");
	const struct call *call = find(text, len);
	unsigned i, mask, value;

	load(offsetof(struct seccomp_data, nr));
	if (text[len] == '\0') {
		add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 1);
	} else if (sscanf(text + len, ":%u:%x:%x", &i, &mask, &value) == 3 &&
		   i < 6) {
		add(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call->number, 0, 4);
		load(argument_at(i));
		add(BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
		add(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1);
	} else {
		fail(USAGE, "CALL:I:MASK:VALUE");
	}
	add(BPF_RET | BPF_K, verdict, 0, 0);
}

/* A descriptor goes from one process to the other; -1 to receive it. */
static int
pass(int by, int fd)
{
	union {
		struct cmsghdr aligned;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control;
	char byte = 0;
	struct iovec room = {.iov_base = &byte, .iov_len = 1};
	struct msghdr message = {
	    .msg_iov = &room,
	    .msg_iovlen = 1,
	    .msg_control = control.bytes,
	    .msg_controllen = sizeof(control.bytes),
	};
	struct cmsghdr *c;

	memset(&control, 0, sizeof(control));
	if (fd < 0) {
		if (recvmsg(by, &message, 0) != 1 ||
		    (c = CMSG_FIRSTHDR(&message)) == NULL)
			return -1;
		memcpy(&fd, CMSG_DATA(c), sizeof(fd));
		return fd;
	}
	c = CMSG_FIRSTHDR(&message);
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(by, &message, 0) == 1 ? fd : -1;
}

/* One call waits to be judged. False: no more will. */
static bool
judge(int fd, const char *path, int error)
{
	/* The kernel's may be longer than ours. */
	static union {
		struct seccomp_notif notif;
		char bytes[1024];
	} call;
	static union {
		struct seccomp_notif_resp resp;
		char bytes[1024];
	} answer;
	struct pollfd set = {.fd = fd, .events = POLLIN};
	int file;

	if (poll(&set, 1, -1) < 0)
		return errno == EINTR;
	if ((set.revents & POLLIN) == 0)
		return false;
	memset(&call, 0, sizeof(call));
	memset(&answer, 0, sizeof(answer));
	/* Whoever made it may be dead, or have been interrupted. */
	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &call) != 0)
		return errno == EINTR || errno == ENOENT;
	answer.resp.id = call.notif.id;
	answer.resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (file >= 0) {
		answer.resp.flags = 0;
		answer.resp.error = -error;
		(void)!write(file, "", 1);
		(void)close(file);
	}
	(void)ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	return true;
}

/* Makes the process that judges, of nobody's family. Returns the socket over
 * which it is to be sent what it listens to. */
static int
make_judge(const char *path, int error)
{
	int i, fd, ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0 ||
	    (pid = fork()) < 0)
		fail(USAGE, "no process to judge");
	if (pid > 0) {
		(void)waitpid(pid, NULL, 0);
		(void)close(ends[1]);
		return ends[0];
	}
	if (setsid() < 0 || fork() != 0)
		_exit(0);
	for (i = 0; i < DESCRIPTORS; i++)
		if (i != ends[1])
			(void)close(i);
	fd = pass(ends[1], -1);
	(void)close(ends[1]);
	while (fd >= 0 && judge(fd, path, error))
		;
	_exit(0);
}

/* From here on the filter holds. by: whom it asks, -1: nobody. */
static void
filter_calls(int by)
{
	struct sock_fprog program = {.filter = filter, .len = used};
	long fd;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		fail(NO_SECCOMP, "this kernel filters no calls");
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    by >= 0 ? SECCOMP_FILTER_FLAG_NEW_LISTENER : 0, &program);
	if (fd < 0 || (by >= 0 && pass(by, (int)fd) < 0))
		fail(NO_SECCOMP, "this kernel filters no calls");
}

static int
list(void)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		(void)puts(calls[i].name);
	return 0;
}

int
main(int argc, char **argv)
{
	const char *path = NULL;
	uint32_t verdict;
	int i, error, by = -1;

	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		return list();
	if (argc > 2 && strcmp(argv[1], "-w") == 0) {
		path = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc < 4)
		fail(USAGE, "[-w FILE] ERRNO CALL... -- COMMAND [ARGUMENT]...");
	error = strcmp(argv[1], "ENOSYS") == 0 ? ENOSYS : EPERM;
	verdict = path != NULL ? SECCOMP_RET_USER_NOTIF
			       : SECCOMP_RET_ERRNO | (uint32_t)error;
	for (i = 2; i < argc - 1 && strcmp(argv[i], "--") != 0; i++)
		deny(argv[i], verdict);
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	if (path != NULL)
		by = make_judge(path, error);
	filter_calls(by);
	(void)execv(argv[i + 1], argv + i + 1);
	fail(USAGE, "the command cannot be executed");
}
