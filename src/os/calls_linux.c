#define _GNU_SOURCE
#include "os/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "os/process.h"
#include "os/signals.h"

static int
call_accept4(void)
{
	return accept4(-1, NULL, NULL, SOCK_NONBLOCK);
}

static int
call_close_range(void)
{
	return (int)syscall(SYS_close_range, 1U, 0U, 0U);
}

static int
call_memfd(void)
{
	return memfd_create("", ~0U);
}

static int
call_openat2(void)
{
	return (int)syscall(SYS_openat2, -1, "", NULL, (size_t)0);
}

static int
call_pidfd_open(void)
{
	return (int)syscall(SYS_pidfd_open, -1, 0U);
}

static int
call_prctl(void)
{
	return prctl(PR_GET_DUMPABLE);
}

static int
call_setscheduler(void)
{
	return (int)syscall(SYS_sched_setscheduler, 0, -1, NULL);
}

static int
call_sendfile(void)
{
	return (int)sendfile(-1, -1, NULL, 1);
}

/* It ends a thread. In a child that is made by the call itself there is but
 * one: around fork() a sanitizer starts another, which would live on. */
static int
call_exit(void)
{
	sigset_t before;
	pid_t pid;

	signals_hold(&before);
	pid = (pid_t)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		(void)syscall(SYS_exit, 0);
		_exit(1);
	}
	signals_restore(&before);
	return process_outcome(pid);
}

/* Of a thread alone; a library that is denied it tries it for ever. */
static int
call_futex(void)
{
	static uint32_t word;

	return (int)syscall(SYS_futex, &word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void *
do_nothing(void *arg)
{
	return arg;
}

static int
call_thread(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, do_nothing, NULL);
	if (errno != 0)
		return -1;
	return pthread_join(thread, NULL) == 0 ? 0 : -1;
}

const struct call calls_of_threads[] = {
    {"futex", call_futex},
    {"exit", call_exit},
    {"pthread_create (clone3)", call_thread},
    {NULL, NULL},
};

const struct call calls_with_a_twin[] = {
    {"accept4", call_accept4},
    {"close_range", call_close_range},
    {"memfd_create", call_memfd},
    {"openat2", call_openat2},
    {"pidfd_open", call_pidfd_open},
    {"prctl", call_prctl},
    {"sched_setscheduler", call_setscheduler},
    {"sendfile", call_sendfile},
    {NULL, NULL},
};
