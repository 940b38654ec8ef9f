/*
 * check_log - the event log.
 */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
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
	char path[] = "/tmp/check_log.XXXXXX", text[64] = "";
	int fd = mkstemp(path);

	ck_assert_int_ge(fd, 0);
	log_init("me", LOG_NOTE);
	ck_assert_int_eq(log_file(path, FD), 0);
	log_note("one");
	ck_assert_int_eq(log_file(path, FD), 0);
	log_note("two");
	ck_assert_int_eq(log_file("/nowhere/at/all", FD), -1);
	log_note("three");
	ck_assert_int_eq(read(fd, text, sizeof(text) - 1), 26);
	ck_assert_str_eq(text, "me: one\nme: two\nme: three\n");
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

/* In place of the system's own. Where calls are fortified, what the compiler
 * makes of syslog() has another name. */
static char told[256];

void openlog(const char *ident, int option, int facility);
void closelog(void);
void syslog(int priority, const char *fmt, ...);
void __syslog_chk(int priority, int flag, const char *fmt, ...);

static void
tell(int priority, const char *fmt, va_list ap)
{
	size_t n = strlen(told);

	n += (size_t)snprintf(told + n, sizeof(told) - n, "<%d>", priority);
	n += (size_t)vsnprintf(told + n, sizeof(told) - n, fmt, ap);
	(void)snprintf(told + n, sizeof(told) - n, "|");
}

void
openlog(const char *ident, int option, int facility)
{
	(void)option;
	ck_assert_int_eq(facility, 3 << 3); /* daemon */
	(void)snprintf(
	    told + strlen(told), sizeof(told) - strlen(told), "%s:", ident);
}

void
closelog(void)
{
	(void)strcat(told, "closed ");
}

void
syslog(int priority, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	tell(priority, fmt, ap);
	va_end(ap);
}

void
__syslog_chk(int priority, int flag, const char *fmt, ...)
{
	va_list ap;

	(void)flag;
	va_start(ap, fmt);
	tell(priority, fmt, ap);
	va_end(ap);
}

START_TEST(test_the_systems_log_gets_each_line_and_its_weight)
{
	listen_in("me", LOG_NOTE);
	log_system();
	errno = ENOENT;
	log_error("an error:");
	ck_assert_int_eq(errno, ENOENT);
	log_note("a %%s\nnote");
	ck_assert_str_eq(told,
	    "me:<3>an error: No such file or directory|closed "
	    "me:<5>a %s?note|closed ");
	ck_assert_str_eq(heard(), "");
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
	tcase_add_test(tc, test_dying_tells_why_and_exits);
	tcase_add_test(tc, test_the_systems_log_gets_each_line_and_its_weight);
}

int
main(void)
{
	return check_main("log", add_tests);
}
