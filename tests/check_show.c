/*
 * check_show - the parts of the show, and the show in a terminal: what it
 * draws, what keys do, and that the terminal is given back on every way out.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "fail.h"
#include "guard.h"
#include "os/keep.h"
#include "os/standby.h"
#include "show/canvas.h"
#include "show/server_log.h"
#include "suite.h"

/* --- the log --- */

static struct server_log server_log;

static enum log_line
tell(const char *line)
{
	return server_log_hear(&server_log, line, 1000);
}

START_TEST(the_log_tells_who_is_who)
{
	server_log_init(&server_log, true);
	ck_assert_int_eq(
	    tell("prefork: slot 1: empty and start: spawn, starting"),
	    LOG_LINE_NOTED);
	ck_assert_int_eq(server_log.slots, 2);
	ck_assert_str_eq(server_log.slot[1].state, "starting");
	(void)tell("prefork: slot 1: pid 12, standby 0, 0 clients");
	(void)tell("prefork: slot 1: pid 12, standby 13, 0 clients");
	(void)tell("prefork: slot 1: starting and ready: welcome, serving");
	ck_assert_int_eq(server_log.slot[1].pid, 12);
	ck_assert_int_eq(server_log.slot[1].standby, 13);
	ck_assert_int_eq(server_log.slot[1].since, 1000);
	ck_assert_uint_eq(server_log_restarts(&server_log), 0);
	ck_assert(!server_log_whole(&server_log));
	ck_assert_int_eq(
	    tell("prefork: ready: 2 workers, model prefork"), LOG_LINE_NEWS);
	ck_assert(server_log_whole(&server_log));
	(void)tell("prefork: slot 1: pid 13, standby 0, 1 client");
	ck_assert(!server_log_whole(&server_log));
	ck_assert_uint_eq(server_log_restarts(&server_log), 1);
	ck_assert_int_eq(server_log.slot[1].clients, 1);
	(void)tell("prefork: slot 1: pid 0, standby 0, 0 clients");
	(void)tell("prefork: slot 1: pid 14, standby 15, 0 clients");
	ck_assert_uint_eq(server_log_restarts(&server_log), 2);
	(void)tell("prefork: slot 1: leaving and died: free, empty");
	ck_assert(server_log_whole(&server_log));
}
END_TEST

START_TEST(the_log_tells_what_a_death_cost)
{
	server_log_init(&server_log, true);
	(void)tell("prefork: worker 3 (pid 7) took over from pid 5, killed by "
		   "SIGKILL, in 1.3 ms: 2 clients kept, 0 dropped");
	(void)tell("prefork: worker 3 (pid 8) took over from pid 7, hung and "
		   "killed by SIGABRT, in 0.9 ms: 1 client kept, 1 dropped "
		   "(127.0.0.1:1 is blamed, it sent \"x ms: 9 clients kept, 9 "
		   "dropped\")");
	ck_assert_uint_eq(server_log.deaths, 2);
	(void)tell("prefork: worker 3 (pid 9) took over from pid 8, which made "
		   "way, in 0.9 ms: 5 clients kept, 0 dropped");
	(void)tell("prefork: worker 0 (pid 2) was killed by SIGSEGV after 1.2 "
		   "s: 75 clients lost");
	(void)tell("prefork: client process 4 for 127.0.0.1:2 was killed by "
		   "SIGSEGV: 1 client lost");
	(void)tell("prefork: standby of worker 1 (pid 3) was killed by "
		   "SIGKILL");
	ck_assert_uint_eq(server_log.deaths, 4);
	ck_assert_uint_eq(server_log.kept, 8);
	ck_assert_uint_eq(server_log.lost, 76);
}
END_TEST

START_TEST(the_log_tells_that_an_upgrade_has_ended)
{
	server_log_init(&server_log, true);
	(void)tell("prefork: upgrading to prefork 1.0");
	(void)tell("prefork: the upgrade to prefork 1.0 is called off, and the "
		   "program before comes back: worker 0 was killed by SIGSEGV");
	ck_assert_uint_eq(server_log.upgrades, 0);
	(void)tell("prefork: the program before serves again");
	(void)tell("prefork: upgraded to prefork 1.0");
	(void)tell("prefork: no upgrade to /x: Exec format error");
	(void)tell("prefork: the upgrade to prefork 1.0 is called off: its "
		   "master did not come to serve");
	ck_assert_uint_eq(server_log.upgrades, 4);
}
END_TEST

START_TEST(other_lines_of_the_log_change_nothing)
{
	static const char *const lines[] = {
	    "",
	    "slot 1: pid 12, standby 13, 0 clients",
	    "prefork: ",
	    "prefork: slot",
	    "prefork: slot : pid 1, standby 1, 1 client",
	    "prefork: slot -1: pid 1, standby 1, 1 client",
	    "prefork: slot 512: pid 1, standby 1, 1 client",
	    "prefork: slot 1: pid 1, standby 1",
	    "prefork: worker 0 took over from pid 5",
	    "prefork: worker 0 took over from pid 5, in 1 ms: 5 clients",
	    "prefork: nobody is lost",
	};
	size_t i;

	server_log_init(&server_log, false);
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		(void)tell(lines[i]);
	for (i = 0; i < LOG_SLOTS; i++)
		ck_assert(server_log.slot[i].pid == 0 &&
			  server_log.slot[i].since == 0 &&
			  server_log.slot[i].state[0] == '\0');
	ck_assert(!server_log.ready);
	ck_assert_uint_eq(
	    server_log.deaths + server_log.kept + server_log.lost, 0);
}
END_TEST

/* --- the canvas --- */

START_TEST(a_canvas_leaves_out_what_lies_outside)
{
	struct canvas v = {0, 0, NULL, NULL};
	const char *text;
	size_t len;

	ck_assert_int_eq(canvas_resize(&v, 2, 4), 0);
	ck_assert_int_eq(canvas_print(&v, 0, 2, STYLE_PLAIN, "abc"), 5);
	(void)canvas_print(&v, 1, -1, STYLE_BAD, "d\033%c", 0xe4);
	(void)canvas_print(&v, 2, 0, STYLE_PLAIN, "e");
	(void)canvas_print(&v, -1, 0, STYLE_PLAIN, "f");
	text = canvas_render(&v, 1, &len);
	ck_assert_uint_eq(len, strlen("\033[H  ab\r\n\033[0;1;31m??\033[m"
				      "\033[K"));
	ck_assert_int_eq(
	    memcmp(text, "\033[H  ab\r\n\033[0;1;31m??\033[m\033[K", len), 0);
	/* It is blank again, whatever its size. */
	ck_assert_int_eq(canvas_resize(&v, 2, 4), 0);
	text = canvas_render(&v, 0, &len);
	ck_assert_int_eq(memcmp(text, "\033[H\033[K\r\n\033[K", len), 0);
	canvas_release(&v);
}
END_TEST

/* The worst case: each cell has another style than the one before. */
START_TEST(a_canvas_has_room_for_its_text)
{
	struct canvas v = {0, 0, NULL, NULL};
	int row, column;
	size_t len;

	ck_assert_int_eq(canvas_resize(&v, 50, 50), 0);
	for (row = 0; row < 50; row++)
		for (column = 0; column < 50; column++)
			canvas_put(&v, row, column,
			    column % 2 == 0 ? STYLE_BAD : STYLE_GOOD, 'x');
	(void)canvas_render(&v, 1, &len);
	ck_assert_uint_gt(len, 50 * 50 * 6);
	canvas_release(&v);
}
END_TEST

/* --- in a terminal --- */

/* The show, in a terminal of its own, below a shell that does what shells do
 * with jobs: waits, and on a word takes it to the foreground again. */
static struct stage {
	int pty;     /* what a person sees and types */
	int line;    /* its other side, to look at its modes */
	pid_t shell; /* leader of the session */
	pid_t show;
	int port; /* of its server */
	int news; /* statuses of the show, as of waitpid(2) */
	int word; /* a byte: to the foreground */
	char dir[64];
	char *seen;
	size_t len;
	struct termios before;
} stage;

static const char *
show_program(void)
{
	const char *path = getenv("PREFORK_SHOW");

	return path != NULL ? path : "./prefork-show";
}

/* The guard's pipe, above all: it waits for its end. */
static void
close_all_but(int one, int other)
{
	int fd;

	for (fd = STDERR_FILENO + 1; fd < 256; fd++)
		if (fd != one && fd != other)
			(void)close(fd);
}

static _Noreturn void
be_show(void)
{
	const char *server = getenv("PREFORK");

	(void)setpgid(0, 0);
	(void)tcsetpgrp(STDIN_FILENO, getpid());
	(void)signal(SIGTTOU, SIG_DFL);
	(void)setenv("TERM", "xterm", 1);
	(void)setenv("TMPDIR", stage.dir, 1);
	(void)unsetenv("NO_COLOR");
	(void)execl(show_program(), "prefork-show", "demo", "--clients", "40",
	    "--server", server != NULL ? server : "./prefork", (char *)NULL);
	_exit(127);
}

static _Noreturn void
be_shell(const char *path, int news, int word)
{
	int status, line;
	pid_t show;
	char byte;

	(void)setsid();
	line = open(path, O_RDWR);
	(void)dup2(line, STDIN_FILENO);
	(void)dup2(line, STDOUT_FILENO);
	(void)dup2(line, STDERR_FILENO);
	close_all_but(news, word);
	(void)signal(SIGTTOU, SIG_IGN);
	(void)signal(SIGHUP, SIG_IGN);
	show = fork();
	if (show == 0) {
		close_all_but(-1, -1);
		be_show();
	}
	if (write(news, &show, sizeof(show)) < 0)
		_exit(1);
	while (waitpid(show, &status, WUNTRACED) == show) {
		(void)tcsetpgrp(STDIN_FILENO, getpgrp());
		if (write(news, &status, sizeof(status)) < 0 ||
		    !WIFSTOPPED(status) || read(word, &byte, 1) != 1)
			break;
		(void)tcsetpgrp(STDIN_FILENO, show);
		(void)kill(-show, SIGCONT);
	}
	_exit(0);
}

/* Reads what is drawn, until `text` is in it, behind what was seen before the
 * last stage_forget(). */
static void
await_text(const char *text)
{
	int64_t until = deadline();
	char bytes[4096];
	ssize_t n;

	while (strstr(stage.seen, text) == NULL) {
		ck_assert_msg(wait_ready(stage.pty, POLLIN, until) != 0,
		    "'%s' was not seen", text);
		n = read(stage.pty, bytes, sizeof(bytes));
		ck_assert_msg(n > 0, "'%s' was not seen, up to its end", text);
		stage.seen = realloc(stage.seen, stage.len + (size_t)n + 1);
		ck_assert_ptr_nonnull(stage.seen);
		memcpy(stage.seen + stage.len, bytes, (size_t)n);
		stage.len += (size_t)n;
		stage.seen[stage.len] = '\0';
	}
}

static void
forget_text(void)
{
	stage.len = 0;
	stage.seen[0] = '\0';
}

static void
type(const char *keys)
{
	ck_assert_int_eq(
	    write(stage.pty, keys, strlen(keys)), (ssize_t)strlen(keys));
}

static bool
is_given_back(void)
{
	struct termios now;

	ck_assert_int_eq(tcgetattr(stage.line, &now), 0);
	return now.c_lflag == stage.before.c_lflag &&
	       now.c_iflag == stage.before.c_iflag &&
	       now.c_oflag == stage.before.c_oflag &&
	       now.c_cc[VMIN] == stage.before.c_cc[VMIN];
}

/* The next status; the terminal must be as it was. What is drawn is read
 * meanwhile, or the show would wait for us. */
static int
await_status(void)
{
	int64_t until = deadline();
	char bytes[4096];
	struct pollfd set[2] = {{.fd = stage.news, .events = POLLIN},
	    {.fd = stage.pty, .events = POLLIN}};
	int status;

	while ((set[0].revents & POLLIN) == 0) {
		ck_assert_msg(clock_now() < until, "the show did not end");
		(void)poll(set, 2, 100);
		if ((set[1].revents & POLLIN) != 0 &&
		    (set[0].revents & POLLIN) == 0 &&
		    read(stage.pty, bytes, sizeof(bytes)) == 0)
			break;
	}
	ck_assert_int_eq(
	    read(stage.news, &status, sizeof(status)), (ssize_t)sizeof(status));
	ck_assert(is_given_back());
	return status;
}

/* Does anybody listen on the port of the server? */
static bool
is_served(void)
{
	struct sockaddr_in address;
	int fd = socket(AF_INET, SOCK_STREAM, 0), result;

	memset(&address, 0, sizeof(address));
	address.sin_family = AF_INET;
	address.sin_port = htons((uint16_t)stage.port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	result =
	    connect(fd, (struct sockaddr *)(void *)&address, sizeof(address));
	(void)close(fd);
	return result == 0;
}

/* Raises the curtain. */
static void
begin_show(void)
{
	int news[2], word[2];

	(void)snprintf(stage.dir, sizeof(stage.dir), "/tmp/check-show-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(stage.dir));
	guard_tree(stage.dir);
	stage.seen = calloc(1, 1);
	stage.pty = posix_openpt(O_RDWR | O_NOCTTY);
	ck_assert_int_ge(stage.pty, 0);
	ck_assert_int_eq(grantpt(stage.pty), 0);
	ck_assert_int_eq(unlockpt(stage.pty), 0);
	stage.line = open(ptsname(stage.pty), O_RDWR | O_NOCTTY);
	ck_assert_int_ge(stage.line, 0);
	ck_assert_int_eq(tcgetattr(stage.line, &stage.before), 0);
	ck_assert_int_eq(pipe(news), 0);
	ck_assert_int_eq(pipe(word), 0);
	stage.shell = fork();
	ck_assert_int_ge(stage.shell, 0);
	if (stage.shell == 0) {
		(void)close(news[0]);
		(void)close(word[1]);
		be_shell(ptsname(stage.pty), news[1], word[0]);
	}
	(void)close(news[1]);
	(void)close(word[0]);
	stage.news = news[0];
	stage.word = word[1];
	ck_assert_int_eq(read(stage.news, &stage.show, sizeof(stage.show)),
	    (ssize_t)sizeof(stage.show));
	guard_group(stage.shell);
	guard_group(stage.show);
	await_text("\033[?1049h");
}

/* The show runs, and all its clients are served. */
static void
open_stage(void)
{
	const char *port;

	begin_show();
	await_text("40 clients are served");
	ck_assert(!is_given_back());
	port = strstr(stage.seen, " on 127.0.0.1:");
	ck_assert_ptr_nonnull(port);
	stage.port = (int)strtol(strchr(port, ':') + 1, NULL, 10);
	ck_assert(is_served());
}

/* Is the directory of the show gone? Then what clears it away is done. */
static bool
is_cleared(void)
{
	DIR *dir = opendir(stage.dir);
	struct dirent *entry;
	bool cleared = true;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir)) != NULL)
		cleared &= strncmp(entry->d_name, "prefork-show", 12) != 0;
	(void)closedir(dir);
	return cleared;
}

/* The end of the pty is the end of all that had it, also of what clears away.
 */
static void
close_stage(void)
{
	int64_t until = deadline();
	char bytes[4096];

	(void)close(stage.line);
	(void)close(stage.word);
	while (wait_ready(stage.pty, POLLIN, until) != 0 &&
	       read(stage.pty, bytes, sizeof(bytes)) > 0)
		continue;
	ck_assert_msg(clock_now() < until, "somebody holds the terminal");
	ck_assert(is_cleared());
	/* If its master was killed, the workers take a moment. */
	while (is_served()) {
		ck_assert_msg(clock_now() < until, "the server is left");
		(void)poll(NULL, 0, 2);
	}
	ck_assert_int_eq(waitpid(stage.shell, NULL, 0), stage.shell);
	(void)close(stage.pty);
	(void)close(stage.news);
	free(stage.seen);
	guard_group_gone(stage.shell);
	guard_group_gone(stage.show);
	ck_assert_int_eq(rmdir(stage.dir), 0);
	guard_tree_gone(stage.dir);
}

/* In the table of the models. News may be gone before they are drawn. */
#define ONE_ACT "prefork        1 "

/* Of all that it did, and that it ends well. */
static void
await_verdict(void)
{
	int status;

	await_text("of 40 clients lost, 0 bytes wrong");
	status = await_status();
	ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

START_TEST(keys_are_obeyed_and_q_ends_it)
{
	open_stage();
	forget_text();
	type("a");
	await_text(ONE_ACT);
	/* What was said last stays. */
	await_text(" s: 40 clients are served, ");
	type("q");
	await_text("\033[?1049l");
	await_verdict();
	close_stage();
}
END_TEST

/* By the keyboard, and by others; the last two cannot be handled. */
static const struct ending {
	const char *keys;
	int signo;
} endings[] = {
    {"\003", SIGINT},
    {"\034", SIGQUIT},
    {NULL, SIGTERM},
    {NULL, SIGHUP},
    {NULL, SIGSEGV},
    {NULL, SIGABRT},
};

enum { ENDINGS = sizeof(endings) / sizeof(endings[0]) };

START_TEST(the_keeper_can_be_killed_and_the_program_replaced)
{
	if (!keep_possible() || !standby_possible())
		return;
	open_stage();
	forget_text();
	type("K");
	await_text(ONE_ACT);
	type("u");
	await_text("upgraded to prefork");
	type("x");
	await_text("the program before serves again");
	type("q");
	await_verdict();
	close_stage();
}
END_TEST

START_TEST(a_signal_ends_it_and_the_terminal_is_given_back)
{
	const struct ending *e = &endings[_i];
	int status;

	open_stage();
	if (e->keys != NULL)
		type(e->keys);
	else
		ck_assert_int_eq(kill(stage.show, e->signo), 0);
	await_text("\033[?1049l");
	status = await_status();
	ck_assert_msg(WIFSIGNALED(status) && WTERMSIG(status) == e->signo,
	    "status %#x", (unsigned)status);
	close_stage();
}
END_TEST

/* Nobody can handle that; what clears away is left. */
START_TEST(when_it_is_killed_the_rest_is_cleared_away)
{
	int64_t until = deadline();
	int status;

	open_stage();
	ck_assert_int_eq(kill(stage.show, SIGKILL), 0);
	await_text("\033[?1049l");
	ck_assert_int_eq(
	    read(stage.news, &status, sizeof(status)), (ssize_t)sizeof(status));
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	while (!is_given_back()) {
		ck_assert_msg(clock_now() < until, "it is not given back");
		(void)poll(NULL, 0, 2);
	}
	close_stage();
}
END_TEST

START_TEST(it_can_be_suspended_and_goes_on)
{
	int status;

	open_stage();
	type("\032");
	await_text("\033[?1049l");
	status = await_status();
	ck_assert_msg(WIFSTOPPED(status), "status %#x", (unsigned)status);
	forget_text();
	ck_assert_int_eq(write(stage.word, "f", 1), 1);
	await_text("\033[?1049h");
	/* It is as lively as before. */
	type("w");
	await_text(ONE_ACT);
	type("q");
	await_verdict();
	close_stage();
}
END_TEST

/* Between the margins is no place for a client. */
START_TEST(a_terminal_of_two_columns_is_drawn_on)
{
	const struct winsize narrow = {.ws_row = 24, .ws_col = 2};

	/* Where the terminal cannot be asked. */
	(void)setenv("COLUMNS", "2", 1);
	begin_show();
	ck_assert_int_eq(ioctl(stage.line, TIOCSWINSZ, &narrow), 0);
	/* Of the title that is left. */
	await_text("\033[0;1mW\033[m\r");
	/* And a client that is served. */
	await_text("\033[0;32m.\033[m\r");
	type("q");
	await_verdict();
	close_stage();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("show");
	TCase *parts = suite_case(suite, "parts");
	TCase *terminal = suite_case(suite, "terminal");

	tcase_add_test(parts, the_log_tells_who_is_who);
	tcase_add_test(parts, the_log_tells_what_a_death_cost);
	tcase_add_test(parts, the_log_tells_that_an_upgrade_has_ended);
	tcase_add_test(parts, other_lines_of_the_log_change_nothing);
	tcase_add_test(parts, a_canvas_leaves_out_what_lies_outside);
	tcase_add_test(parts, a_canvas_has_room_for_its_text);
	tcase_add_test(terminal, keys_are_obeyed_and_q_ends_it);
	tcase_add_test(
	    terminal, the_keeper_can_be_killed_and_the_program_replaced);
	tcase_add_loop_test(terminal,
	    a_signal_ends_it_and_the_terminal_is_given_back, 0, ENDINGS);
	tcase_add_test(terminal, when_it_is_killed_the_rest_is_cleared_away);
	tcase_add_test(terminal, it_can_be_suspended_and_goes_on);
	tcase_add_test(terminal, a_terminal_of_two_columns_is_drawn_on);
	return suite_run(suite);
}
