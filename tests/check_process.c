/*
 * check_process - signals, children and memory.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptor.h"
#include "check_main.h"
#include "descriptors.h"
#include "os/memory.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/watch.h"

/* --- signals --- */

static const int caught[] = {SIGUSR1, SIGTERM, SIGHUP, 0};

static void
drop_signals(void)
{
	const int also[] = {SIGPIPE, 0};

	signals_default(caught);
	signals_default(also);
	ck_assert_int_eq(close(signals_fd()), 0);
}

START_TEST(test_both_ends_of_a_pipe_never_block)
{
	int ends[2];
	char byte;

	ck_assert_int_eq(pipe_nonblocking(ends), 0);
	expect_nonblocking_and_private(ends[0]);
	expect_nonblocking_and_private(ends[1]);
	ck_assert_int_eq(read(ends[0], &byte, 1), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(write(ends[1], "x", 1), 1);
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	ck_assert_int_eq(byte, 'x');
	close_both(ends);
}
END_TEST

START_TEST(test_signals_become_bytes_in_their_order)
{
	struct pollfd p;

	ck_assert_int_eq(signals_open(caught), 0);
	expect_nonblocking_and_private(signals_fd());
	ck_assert_int_eq(signals_next(), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	p.fd = signals_fd();
	p.events = POLLIN;
	ck_assert_int_eq(poll(&p, 1, 0), 1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGUSR1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGHUP);
	ck_assert_int_eq(signals_next(), 0);
	ck_assert_int_eq(poll(&p, 1, 0), 0);
	drop_signals();
}
END_TEST

START_TEST(test_what_was_blocked_is_let_in)
{
	sigset_t all, now;

	sigfillset(&all);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &all, NULL), 0);
	ck_assert_int_eq(raise(SIGPIPE), 0);
	ck_assert_int_eq(signals_open(caught), 0);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	ck_assert_int_eq(sigismember(&now, SIGUSR1), 0);
	/* SIGPIPE is ignored: we are still here. */
	ck_assert_int_eq(raise(SIGPIPE), 0);
	ck_assert_int_eq(signals_next(), 0);
	drop_signals();
}
END_TEST

START_TEST(test_a_full_pipe_neither_blocks_nor_changes_errno)
{
	enum { MORE_THAN_FITS = 70000 };
	int i, n = 0;

	ck_assert_int_eq(signals_open(caught), 0);
	errno = EXDEV;
	for (i = 0; i < MORE_THAN_FITS; i++)
		(void)raise(SIGUSR1);
	ck_assert_int_eq(errno, EXDEV);
	while (signals_next() == SIGUSR1)
		n++;
	ck_assert_int_ge(n, 1000);
	ck_assert_int_lt(n, MORE_THAN_FITS);
	drop_signals();
}
END_TEST

START_TEST(test_the_pipe_of_signals_can_be_moved)
{
	int before = next_descriptor();

	ck_assert_int_eq(signals_open(caught), 0);
	ck_assert_int_eq(raise(SIGUSR1), 0);
	ck_assert_int_eq(signals_move(200, 201), 0);
	ck_assert_int_eq(signals_fd(), 200);
	expect_nonblocking_and_private(200);
	expect_nonblocking_and_private(201);
	ck_assert_int_eq(next_descriptor(), before);
	ck_assert_int_eq(raise(SIGTERM), 0);
	/* To where they are is no move. */
	ck_assert_int_eq(signals_move(200, 201), 0);
	ck_assert_int_eq(raise(SIGHUP), 0);
	ck_assert_int_eq(signals_next(), SIGUSR1);
	ck_assert_int_eq(signals_next(), SIGTERM);
	ck_assert_int_eq(signals_next(), SIGHUP);
	ck_assert_int_eq(signals_next(), 0);
	drop_signals();
	ck_assert_int_eq(close(201), 0);
}
END_TEST

START_TEST(test_the_default_is_restored_and_unblocked)
{
	struct sigaction sa;
	sigset_t now;
	size_t i;

	ck_assert_int_eq(signals_open(caught), 0);
	sigfillset(&now);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, &now, NULL), 0);
	signals_default(caught);
	ck_assert_int_eq(sigprocmask(SIG_SETMASK, NULL, &now), 0);
	for (i = 0; caught[i] != 0; i++) {
		ck_assert_int_eq(sigaction(caught[i], NULL, &sa), 0);
		ck_assert(sa.sa_handler == SIG_DFL);
		ck_assert_int_eq(sigismember(&now, caught[i]), 0);
	}
	drop_signals();
}
END_TEST

START_TEST(test_signals_have_their_short_names)
{
	static const struct {
		int signo;
		const char *name;
	} names[] = {
	    {SIGKILL, "KILL"},
	    {SIGTERM, "TERM"},
	    {SIGSEGV, "SEGV"},
	    {SIGABRT, "ABRT"},
	    {SIGBUS, "BUS"},
	    {SIGHUP, "HUP"},
	    {SIGINT, "INT"},
	    {SIGQUIT, "QUIT"},
	    {SIGUSR1, "USR1"},
	    {SIGUSR2, "USR2"},
	    {SIGCHLD, "CHLD"},
	    {SIGXFSZ, "XFSZ"},
	    {0, "?"},
	    {-1, "?"},
	    {9999, "?"},
	};
	size_t i;

	for (i = 0; i < LENGTH(names); i++)
		ck_assert_str_eq(signals_name(names[i].signo), names[i].name);
}
END_TEST

/* --- children --- */

static int
wait_for(pid_t pid)
{
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return status;
}

/* A child that lives until the end returned in *leash is closed. */
static pid_t
leashed_child(int *leash)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		(void)close(ends[1]);
		_exit(read(ends[0], &byte, 1) == 0 ? 0 : 1);
	}
	ck_assert_int_eq(close(ends[0]), 0);
	*leash = ends[1];
	return pid;
}

START_TEST(test_a_child_is_one_until_it_is_reaped)
{
	siginfo_t info;
	int leash;
	pid_t pid = leashed_child(&leash);

	ck_assert(process_is_child(pid));
	/* To ask is not to reap. */
	ck_assert(process_is_child(pid));
	ck_assert_int_eq(close(leash), 0);
	ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert(process_is_child(pid));
	ck_assert_int_eq(wait_for(pid), 0);
	ck_assert(!process_is_child(pid));
}
END_TEST

START_TEST(test_parents_and_siblings_are_no_children)
{
	int leash, status;
	pid_t sibling = leashed_child(&leash), pid;

	ck_assert(!process_is_child(getpid()));
	ck_assert(!process_is_child(getppid()));
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		_exit(process_is_child(sibling) ||
			      process_is_child(getppid()) ||
			      process_is_child(getpid())
			  ? 1
			  : 0);
	status = wait_for(pid);
	ck_assert_int_eq(close(leash), 0);
	ck_assert_int_eq(wait_for(sibling), 0);
	ck_assert_int_eq(status, 0);
}
END_TEST

/* --- memory --- */

START_TEST(test_shared_memory_is_zeroed_and_on_a_page)
{
	size_t page = memory_page(), size = 3 * page + 1, i;
	unsigned char *p = memory_shared(size);

	ck_assert_ptr_nonnull(p);
	ck_assert_uint_eq((uintptr_t)p % page, 0);
	for (i = 0; i < size; i++)
		ck_assert_uint_eq(p[i], 0);
	memory_drop(p, size);
}
END_TEST

START_TEST(test_shared_memory_is_one_for_parent_and_child)
{
	size_t size = 2 * memory_page();
	volatile unsigned char *p = memory_shared(size);
	pid_t pid;

	p[0] = 1;
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		p[size - 1] = (unsigned char)(p[0] + 1);
		/* The parent keeps what this process gives back. */
		memory_drop((void *)p, size);
		_exit(0);
	}
	ck_assert_int_eq(wait_for(pid), 0);
	ck_assert_uint_eq(p[size - 1], 2);
	memory_drop((void *)p, size);
}
END_TEST

START_TEST(test_too_much_memory_is_none)
{
	errno = 0;
	ck_assert_ptr_null(memory_shared(SIZE_MAX / 2));
	ck_assert_int_ne(errno, 0);
}
END_TEST

/* In a child: the page is for reading only, and at is written. */
static int
write_in_child(volatile unsigned char *p, size_t page, size_t at)
{
	const int faults[] = {SIGSEGV, SIGBUS, 0};
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		/* A sanitizer would catch what we want to see. */
		signals_default(faults);
		process_no_core();
		if (memory_read_only((void *)p, page) != 0 || p[at] != 5)
			_exit(2);
		p[at] = 6;
		_exit(0);
	}
	return wait_for(pid);
}

START_TEST(test_a_write_to_memory_for_reading_is_death)
{
	size_t page = memory_page(), last = page - 1;
	volatile unsigned char *p = memory_shared(2 * page);
	int status;

	p[0] = p[last] = p[page] = 5;
	status = write_in_child(p, page, last);
	ck_assert(WIFSIGNALED(status));
	ck_assert(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
	ck_assert_uint_eq(p[last], 5);
	/* The page behind it is as it was, and so is the parent's. */
	ck_assert_int_eq(write_in_child(p, page, page), 0);
	ck_assert_uint_eq(p[page], 6);
	p[0] = 7;
	ck_assert_uint_eq(p[0], 7);
	memory_drop((void *)p, 2 * page);
}
END_TEST

START_TEST(test_a_file_of_memory_is_empty_and_has_no_name)
{
	int fd = memory_file();
	struct stat st;
	char text[8];

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(fstat(fd, &st), 0);
	ck_assert_int_eq(st.st_size, 0);
	ck_assert_int_eq(st.st_nlink, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(fcntl(fd, F_GETFL) & O_ACCMODE, O_RDWR);
	ck_assert_int_eq(pwrite(fd, "text", 4, 0), 4);
	ck_assert_int_eq(pread(fd, text, sizeof(text), 0), 4);
	ck_assert_mem_eq(text, "text", 4);
	ck_assert_int_eq(close(fd), 0);
}
END_TEST

START_TEST(test_a_descriptor_is_moved_and_nothing_is_left)
{
	int before = next_descriptor();
	int number = before + 7;
	int fd = open("/dev/null", O_RDONLY);

	ck_assert_int_eq(descriptor_move(fd, number), 0);
	ck_assert(is_open(number) && !is_open(fd));
	ck_assert_int_ne(fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
	/* It is there already. */
	ck_assert_int_eq(fcntl(number, F_SETFD, 0), 0);
	ck_assert_int_eq(descriptor_move(number, number), 0);
	ck_assert(is_open(number));
	ck_assert_int_ne(fcntl(number, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_eq(close(number), 0);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(test_a_descriptor_that_cannot_be_moved_is_closed)
{
	int before = next_descriptor();

	errno = ENXIO;
	ck_assert_int_eq(descriptor_move(-1, before), -1);
	ck_assert_int_eq(errno, ENXIO);
	ck_assert_int_eq(descriptor_move(open("/dev/null", O_RDONLY), -1), -1);
	ck_assert_int_eq(errno, EBADF);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

static const struct {
	int signo, code; /* that ends it; its exit status if there is none */
} ends[] = {{SIGKILL, 0}, {SIGSEGV, 0}, {0, 0}, {0, 111}};

static pid_t
end_one(size_t i)
{
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		if (ends[i].signo != 0)
			(void)raise(ends[i].signo);
		_exit(ends[i].code);
	}
	return pid;
}

static void
await_watched(void)
{
	struct pollfd p = {.fd = watch_fd(), .events = POLLIN};

	ck_assert_int_eq(poll(&p, 1, 20000), 1);
}

static void
expect_cause(size_t i, pid_t pid, int status)
{
	ck_assert_int_eq(WIFSIGNALED(status), ends[i].signo != 0);
	ck_assert_int_eq(
	    ends[i].signo != 0 ? WTERMSIG(status) : WEXITSTATUS(status),
	    ends[i].signo != 0 ? ends[i].signo : ends[i].code);
	ck_assert_int_eq(waitpid(pid, NULL, WNOHANG), pid);
}

START_TEST(test_the_cause_of_a_death_is_found_before_it_is_reaped)
{
	int before = next_descriptor(), status;
	size_t i;
	pid_t pid;

	if (access("/proc/self/stat", R_OK) != 0 || !watch_process(getpid()))
		return;
	ck_assert_int_eq(watch_next(&status), 0);
	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		pid = end_one(i);
		ck_assert(watch_process(pid));
		ck_assert(watch_process(pid));
		await_watched();
		ck_assert_int_eq(watch_next(&status), pid);
		expect_cause(i, pid, status);
		ck_assert_int_eq(watch_next(&status), 0);
	}
	/* That of all, and that of the one that lives. */
	ck_assert_int_eq(close(before), 0);
	ck_assert_int_eq(close(before + 1), 0);
}
END_TEST

START_TEST(test_a_death_is_seen_also_by_who_comes_too_late_for_the_cause)
{
	int status;
	pid_t pid;

	pid = end_one(1);
	if (!watch_process(pid)) {
		ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
		return;
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	await_watched();
	ck_assert_int_eq(watch_next(&status), pid);
	ck_assert(status == -1 ||
		  (WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV));
	ck_assert_int_eq(watch_fd(), -1);
	/* Whose number is free is nobody. */
	ck_assert(!watch_process(pid));
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(
	    tc, test_the_cause_of_a_death_is_found_before_it_is_reaped);
	tcase_add_test(
	    tc, test_a_death_is_seen_also_by_who_comes_too_late_for_the_cause);
	tcase_add_test(tc, test_a_descriptor_is_moved_and_nothing_is_left);
	tcase_add_test(tc, test_a_descriptor_that_cannot_be_moved_is_closed);
	tcase_add_test(tc, test_both_ends_of_a_pipe_never_block);
	tcase_add_test(tc, test_signals_become_bytes_in_their_order);
	tcase_add_test(tc, test_what_was_blocked_is_let_in);
	tcase_add_test(tc, test_a_full_pipe_neither_blocks_nor_changes_errno);
	tcase_add_test(tc, test_the_pipe_of_signals_can_be_moved);
	tcase_add_test(tc, test_the_default_is_restored_and_unblocked);
	tcase_add_test(tc, test_signals_have_their_short_names);
	tcase_add_test(tc, test_a_child_is_one_until_it_is_reaped);
	tcase_add_test(tc, test_parents_and_siblings_are_no_children);
	tcase_add_test(tc, test_shared_memory_is_zeroed_and_on_a_page);
	tcase_add_test(tc, test_shared_memory_is_one_for_parent_and_child);
	tcase_add_test(tc, test_too_much_memory_is_none);
	tcase_add_test(tc, test_a_write_to_memory_for_reading_is_death);
	tcase_add_test(tc, test_a_file_of_memory_is_empty_and_has_no_name);
}

int
main(void)
{
	return check_main("process", add);
}
