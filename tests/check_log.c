/*
 * check_log - the event log.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check_main.h"

/* A datagram per write(2): what is read at once was written at once. */
static int wire[2];

static void
listen_in(const char *ident, enum log_level threshold)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_DGRAM, 0, wire), 0);
	ck_assert_int_eq(fcntl(wire[0], F_SETFL, O_NONBLOCK), 0);
	log_init(ident, threshold);
	log_to(wire[1]);
}

/* What one write wrote; "" if nothing was. */
static const char *
heard(void)
{
	static char line[4096];
	ssize_t n = read(wire[0], line, sizeof(line) - 1);

	line[n > 0 ? n : 0] = '\0';
	return line;
}

START_TEST(test_a_line_is_one_write_with_the_ident_in_front)
{
	listen_in("me", LOG_DEBUG);
	log_error("%s %d", "an error", 1);
	log_warn("a warning");
	log_note("a note");
	log_debug("a detail");
	ck_assert_str_eq(heard(), "me: an error 1\n");
	ck_assert_str_eq(heard(), "me: a warning\n");
	ck_assert_str_eq(heard(), "me: a note\n");
	ck_assert_str_eq(heard(), "me: a detail\n");
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(test_lines_above_the_threshold_are_not_written)
{
	listen_in("me", LOG_WARN);
	log_debug("a detail");
	log_note("a note");
	log_warn("a warning");
	ck_assert_str_eq(heard(), "me: a warning\n");
	ck_assert_str_eq(heard(), "");
}
END_TEST

START_TEST(test_a_colon_at_the_end_asks_for_the_cause)
{
	char due[256];

	listen_in("me", LOG_NOTE);
	errno = ENOENT;
	log_warn("open %s:", "x");
	ck_assert_int_eq(errno, ENOENT);
	(void)snprintf(due, sizeof(due), "me: open x: %s\n", strerror(ENOENT));
	ck_assert_str_eq(heard(), due);
	/* Only the format counts, not what strangers fill in. */
	log_warn("said %s", "x:");
	ck_assert_str_eq(heard(), "me: said x:\n");
}
END_TEST

START_TEST(test_control_bytes_cannot_forge_a_line)
{
	listen_in("me", LOG_NOTE);
	log_note("%s", "a\nme: b\r\x1b[31m\x7f");
	ck_assert_str_eq(heard(), "me: a?me: b??[31m?\n");
}
END_TEST

START_TEST(test_long_lines_are_cut_and_still_end)
{
	char text[3000];
	const char *line;
	size_t n;

	listen_in("me", LOG_NOTE);
	for (n = 1000; n < 1050; n++) {
		memset(text, 'a', n);
		text[n] = '\0';
		errno = ENOENT;
		log_note("%s:", text);
		line = heard();
		ck_assert_uint_le(strlen(line), 1024);
		ck_assert_uint_ge(strlen(line), 1004);
		ck_assert_ptr_eq(strchr(line, '\n'), line + strlen(line) - 1);
	}
	memset(text, 'a', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	listen_in(text, LOG_NOTE);
	log_note("x");
	ck_assert_uint_le(strlen(heard()), 1024);
}
END_TEST

START_TEST(test_a_log_that_cannot_be_written_stops_nobody)
{
	log_to(-1);
	errno = ENOENT;
	log_error("nobody hears");
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

START_TEST(test_a_file_is_appended_to_and_reopened)
{
	enum { FD = 40 };
	static _Atomic int32_t rotations;
	char path[] = "/tmp/check_log.XXXXXX", text[64] = "";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	log_init("me", LOG_NOTE);
	ck_assert_int_eq(log_file(path, FD), 0);
	log_note("one");
	log_rotations(path, &rotations);
	ck_assert_int_eq(unlink(path), 0);
	log_note("two");
	rotations++;
	log_note("three");
	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 16);
	ck_assert_str_eq(text, "me: one\nme: two\n");
	(void)close(fd);
	fd = open(path, O_RDONLY);
	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 10);
	ck_assert_mem_eq(text, "me: three\n", 10);
	log_rotations("/nowhere/at/all", &rotations);
	ck_assert_int_eq(log_follow(), 0);
	rotations++;
	ck_assert_int_eq(log_follow(), -1);
	log_note("four");
	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 9);
	(void)close(fd);
	(void)unlink(path);
}
END_TEST

START_TEST(test_a_pipe_that_nobody_empties_stops_nobody)
{
	enum { FD = 40 };
	char path[] = "/tmp/check_log.XXXXXX";
	int reader, i;

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(mkfifo(path, 0600), 0);
	ck_assert_int_eq(log_file(path, FD), -1);
	ck_assert_int_eq(errno, ENXIO);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	ck_assert_int_ge(reader, 0);
	log_init("me", LOG_NOTE);
	ck_assert_int_eq(log_file(path, FD), 0);
	for (i = 0; i < 100000; i++)
		log_note("more than a pipe can hold");
	(void)close(reader);
	(void)unlink(path);
}
END_TEST

/* An inherited one, whose open file description others share. */
START_TEST(test_an_inherited_pipe_is_opened_anew_and_left_as_it_was)
{
	enum { FD = 40 };
	static char text[1 << 17];
	int ends[2], i;
	ssize_t n;

	ck_assert_int_eq(pipe(ends), 0);
	log_init("me", LOG_NOTE);
	log_to(ends[1]);
	log_own(FD);
	for (i = 0; i < 10000; i++)
		log_note("more than a pipe can hold");
	ck_assert_int_eq(fcntl(ends[1], F_GETFL) & O_NONBLOCK, 0);
	n = read(ends[0], text, sizeof(text) - 1);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	/* Every line is whole, and the lost ones are counted. */
	n /= (ssize_t)strlen("me: more than a pipe can hold\n");
	log_note("again");
	ck_assert_int_gt(read(ends[0], text, sizeof(text) - 1), 0);
	ck_assert_int_eq(strtol(text + 4, NULL, 10), 10000 - n);
	ck_assert_ptr_nonnull(
	    strstr(text, " lines of the log were lost\nme: again\n"));
}
END_TEST

START_TEST(test_a_socket_that_nobody_empties_stops_nobody)
{
	static char text[1 << 20];
	int i, lost;
	ssize_t n;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, wire), 0);
	log_init("me", LOG_NOTE);
	log_to(wire[1]);
	for (i = 0; i < 100000; i++)
		log_note("more than a socket can hold");
	ck_assert_int_eq(fcntl(wire[1], F_GETFL) & O_NONBLOCK, 0);
	while (recv(wire[0], text, sizeof(text), MSG_DONTWAIT) > 0)
		;
	/* Without a line that tells it, too; once, and as one of one. */
	log_catch_up();
	log_catch_up();
	n = recv(wire[0], text, sizeof(text) - 1, MSG_DONTWAIT);
	ck_assert_int_gt(n, 0);
	text[n] = '\0';
	ck_assert_int_eq(
	    sscanf(text, "me: %d lines of the log were lost\n", &lost), 1);
	ck_assert_int_gt(lost, 0);
	ck_assert_int_lt(lost, 100000);
	ck_assert_ptr_eq(strchr(text, '\n') + 1, text + n);
}
END_TEST

/* What a dead process has lost is told by another. */
START_TEST(test_lost_lines_may_be_told_by_another)
{
	static _Atomic uint32_t lost;
	static _Atomic uint64_t ever;

	log_init("me", LOG_NOTE);
	log_to(-1);
	log_note("lost");
	log_note("lost");
	log_count(&ever);
	log_note("lost");
	log_share(&lost);
	log_note("lost");
	log_note("lost");
	listen_in("me", LOG_NOTE);
	log_note("x");
	ck_assert_str_eq(heard(), "me: x\n");
	ck_assert_uint_eq(lost, 2);
	ck_assert_uint_eq(ever, 3);
	log_miss(1);
	log_note("y");
	ck_assert_str_eq(heard(), "me: 1 line of the log was lost\n");
	ck_assert_str_eq(heard(), "me: y\n");
	ck_assert_uint_eq(lost, 2);
}
END_TEST

/* The status with which a child exits that dies so. */
static int
status_of(void (*how)(const char *, ...), const char *why)
{
	int status;
	pid_t pid = fork();

	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		how(why);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(test_dying_tells_why_and_exits)
{
	listen_in("me", LOG_ERROR);
	ck_assert_int_eq(status_of(die, "no way"), 111);
	ck_assert_str_eq(heard(), "me: no way\n");
	ck_assert_int_eq(status_of(die_usage, "no such way"), 100);
	ck_assert_str_eq(heard(), "me: no such way\n");
}
END_TEST

/* A system's log: a socket that takes messages, at path. */
static int
system_log(char path[], int type)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, type, 0);

	ck_assert_ptr_nonnull(mkdtemp(path));
	ck_assert_int_eq(rmdir(path), 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	ck_assert_int_eq(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

START_TEST(test_the_systems_log_gets_each_line_and_its_weight)
{
	char path[] = "/tmp/check_log.XXXXXX", due[256];

	listen_in("me", LOG_NOTE);
	log_system(path);
	wire[1] = wire[0];
	wire[0] = system_log(path, SOCK_DGRAM);
	errno = ENOENT;
	log_error("an error:");
	ck_assert_int_eq(errno, ENOENT);
	log_note("a %%s\nnote");
	(void)snprintf(due, sizeof(due), "<27>me[%ld]: an error: %s",
	    (long)getpid(), strerror(ENOENT));
	ck_assert_str_eq(heard(), due);
	(void)snprintf(
	    due, sizeof(due), "<29>me[%ld]: a %%s?note", (long)getpid());
	ck_assert_str_eq(heard(), due);
	/* And nobody else. */
	wire[0] = wire[1];
	ck_assert_str_eq(heard(), "");
	(void)unlink(path);
}
END_TEST

START_TEST(test_a_systems_log_may_be_a_stream)
{
	char path[] = "/tmp/check_log.XXXXXX", text[64];
	int fd = system_log(path, SOCK_STREAM), c;
	ssize_t n;

	ck_assert_int_eq(listen(fd, 1), 0);
	log_init("me", LOG_NOTE);
	log_system(path);
	log_note("a note");
	c = accept(fd, NULL, NULL);
	ck_assert_int_ge(c, 0);
	n = recv(c, text, sizeof(text), MSG_DONTWAIT);
	ck_assert_int_gt(n, 0);
	ck_assert_int_eq(text[n - 1], '\0');
	ck_assert_ptr_nonnull(strstr(text, "]: a note"));
	(void)unlink(path);
}
END_TEST

START_TEST(test_a_systems_log_that_does_not_move_stops_nobody)
{
	char path[] = "/tmp/check_log.XXXXXX", due[256];
	int i, kept = 0;

	wire[0] = system_log(path, SOCK_DGRAM);
	log_init("me", LOG_NOTE);
	log_system(path);
	for (i = 0; i < 10000; i++)
		log_note("more than its queue can hold");
	while (strstr(heard(), "more than") != NULL)
		kept++;
	ck_assert_int_lt(kept, 10000);
	log_note("again");
	(void)snprintf(due, sizeof(due),
	    "<28>me[%ld]: %d lines of the log were lost", (long)getpid(),
	    10000 - kept);
	ck_assert_str_eq(heard(), due);
	ck_assert_ptr_nonnull(strstr(heard(), "again"));
	(void)unlink(path);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_test(tc, test_a_line_is_one_write_with_the_ident_in_front);
	tcase_add_test(tc, test_lines_above_the_threshold_are_not_written);
	tcase_add_test(tc, test_a_colon_at_the_end_asks_for_the_cause);
	tcase_add_test(tc, test_control_bytes_cannot_forge_a_line);
	tcase_add_test(tc, test_long_lines_are_cut_and_still_end);
	tcase_add_test(tc, test_a_log_that_cannot_be_written_stops_nobody);
	tcase_add_test(tc, test_a_file_is_appended_to_and_reopened);
	tcase_add_test(tc, test_a_pipe_that_nobody_empties_stops_nobody);
	tcase_add_test(
	    tc, test_an_inherited_pipe_is_opened_anew_and_left_as_it_was);
	tcase_add_test(tc, test_a_socket_that_nobody_empties_stops_nobody);
	tcase_add_test(tc, test_lost_lines_may_be_told_by_another);
	tcase_add_test(tc, test_dying_tells_why_and_exits);
	tcase_add_test(tc, test_the_systems_log_gets_each_line_and_its_weight);
	tcase_add_test(tc, test_a_systems_log_may_be_a_stream);
	tcase_add_test(tc, test_a_systems_log_that_does_not_move_stops_nobody);
}

int
main(void)
{
	return check_main("log", add_tests);
}
