/*
 * deny ERRNO CALL... -- COMMAND [ARGUMENT]... - runs a command to which the
 * kernel refuses some system calls, as the seccomp filter of a container does.
 *
 * ERRNO is EPERM or ENOSYS. CALL is a name of the list below, alone, or with
 * what one of its arguments must be: CALL:I:MASK:VALUE denies it where argument
 * I (from 0) and MASK, 32 bits each, make VALUE.
 *
 * deny -l writes the names that this machine has, one a line. The status is 77
 * where the kernel filters no calls, 100 for bad usage.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { USAGE = 100, NO_SECCOMP = 77, FILTER_MAX = 256, MSEAL = 462 };

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
    {"clone", SYS_clone},
    {"clone3", SYS_clone3},
    {"close", SYS_close},
    {"close_range", SYS_close_range},
    {"connect", SYS_connect},
    {"epoll_create1", SYS_epoll_create1},
    {"epoll_ctl", SYS_epoll_ctl},
    {"execve", SYS_execve},
    {"exit", SYS_exit},
    {"exit_group", SYS_exit_group},
    {"faccessat2", SYS_faccessat2},
    {"fcntl", SYS_fcntl},
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
deny(const char *text, uint32_t error)
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
	add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | error, 0, 0);
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
	struct sock_fprog program = {.filter = filter};
	uint32_t error;
	int i;

	if (argc == 2 && strcmp(argv[1], "-l") == 0)
		return list();
	if (argc < 4)
		fail(USAGE, "ERRNO CALL... -- COMMAND [ARGUMENT]...");
	error = strcmp(argv[1], "ENOSYS") == 0 ? ENOSYS : EPERM;
	for (i = 2; i < argc - 1 && strcmp(argv[i], "--") != 0; i++)
		deny(argv[i], error);
	add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	program.len = used;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
		fail(NO_SECCOMP, "this kernel filters no calls");
	(void)execv(argv[i + 1], argv + i + 1);
	fail(USAGE, "the command cannot be executed");
}
