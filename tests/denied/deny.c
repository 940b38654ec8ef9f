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

enum { USAGE = 100, NO_SECCOMP = 77, FILTER_MAX = 256 };

struct call {
	const char *name;
	long number;
};

#define CALL(name) {#name, SYS_##name},

/* Every one that the program makes. Younger machines have no old ones. */
static const struct call calls[] = {
    CALL(accept) CALL(accept4) CALL(bind) CALL(brk) CALL(clone) CALL(
	clone3) CALL(close) CALL(close_range) CALL(connect) CALL(epoll_create1)
	CALL(epoll_ctl) CALL(execve) CALL(exit) CALL(exit_group) CALL(
	    faccessat2) CALL(fcntl) CALL(futex) CALL(geteuid) CALL(getdents64)
	    CALL(getpeername) CALL(getpid) CALL(getppid) CALL(getrandom) CALL(
		getsockname) CALL(getsockopt) CALL(ioctl) CALL(kill)
		CALL(listen) CALL(lseek) CALL(madvise) CALL(memfd_create) CALL(
		    mmap) CALL(mprotect) CALL(munmap) CALL(openat) CALL(openat2)
		    CALL(pidfd_open) CALL(pipe2) CALL(ppoll) CALL(prctl) CALL(
			pread64) CALL(prlimit64) CALL(read) CALL(readlinkat)
			CALL(recvfrom) CALL(restart_syscall) CALL(rseq) CALL(
			    rt_sigaction) CALL(rt_sigprocmask)
			    CALL(rt_sigreturn) CALL(sched_getscheduler) CALL(
				sched_setscheduler) CALL(sendfile) CALL(sendto)
				CALL(set_robust_list) CALL(set_tid_address)
				    CALL(setsockopt) CALL(shutdown) CALL(socket)
					CALL(wait4) CALL(waitid) CALL(write)
#ifdef SYS_poll
					    CALL(access) CALL(alarm)
						CALL(arch_prctl) CALL(dup2)
						    CALL(epoll_wait) CALL(
							newfstatat) CALL(poll)
							CALL(readlink)
#else
					    CALL(dup3) CALL(epoll_pwait)
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
