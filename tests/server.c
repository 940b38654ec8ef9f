#include "server.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "family.h"
#include "guard.h"
#include "matrix.h"

enum { RUNNING_MAX = 4, ARGS_MAX = 64, FDS_LOOKED_AT = 2048, FILE_MS = 20 };

/* Those that are not ended, for messages. */
static struct server *running[RUNNING_MAX];

const char *
server_program(void)
{
	const char *path = getenv("PREFORK");

	return path != NULL ? path : "./prefork";
}

static void
enlist(struct server *s, struct server *was)
{
	int i;

	for (i = 0; i < RUNNING_MAX; i++) {
		if (running[i] == was) {
			running[i] = s;
			return;
		}
	}
}

static int
own_descriptors(int fds[SERVER_FDS])
{
	int fd, n = 0;

	for (fd = 0; fd < FDS_LOOKED_AT && n < SERVER_FDS; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			fds[n++] = fd;
	return n;
}

static void
store(struct server *s, const char *bytes, size_t len)
{
	size_t i;

	if (s->len + len + 1 > s->cap) {
		s->cap = 2 * (s->len + len + 1);
		s->log = realloc(s->log, s->cap);
		ck_assert_ptr_nonnull(s->log);
	}
	memcpy(s->log + s->len, bytes, len);
	for (i = s->len; i < s->len + len; i++)
		if (i == 0 || s->log[i - 1] == '\n')
			if (s->lines < SERVER_LINES)
				s->line[s->lines++] = i;
	s->len += len;
	s->log[s->len] = '\0';
}

/* Reads what is new in the log's file. Returns false if nothing is. */
static bool
read_file(struct server *s)
{
	char bytes[4096];
	ssize_t n;
	int fd = open(s->file, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return false;
	n = pread(fd, bytes, sizeof(bytes), s->file_at);
	(void)close(fd);
	if (n <= 0)
		return false;
	s->file_at += n;
	store(s, bytes, (size_t)n);
	return true;
}

/* Reads what comes next. Returns false at the end of it, or of the time. */
static bool
read_log(struct server *s, int64_t until)
{
	char bytes[4096];
	ssize_t n;

	if (s->err < 0)
		return s->file != NULL && read_file(s);
	while (s->file != NULL && clock_now() < until &&
	       wait_ready(s->err, POLLIN, clock_now() + FILE_MS) == 0)
		if (read_file(s))
			return true;
	if (wait_ready(s->err, POLLIN, until) == 0)
		return false;
	n = read(s->err, bytes, sizeof(bytes));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n > 0) {
		store(s, bytes, (size_t)n);
		return true;
	}
	(void)close(s->err);
	s->err = -1;
	return false;
}

void
servers_tell(char *text, size_t size)
{
	size_t n = 0;
	int i, k;

	text[0] = '\0';
	for (i = 0; i < RUNNING_MAX; i++) {
		struct server *s = running[i];
		size_t from;

		if (s == NULL || size - n < 256)
			continue;
		while (read_log(s, 0))
			;
		k = snprintf(text + n, size - n,
		    " [prefork%s, status %#x, said:\\n", s->what,
		    (unsigned)s->status);
		n += (size_t)k < size - n ? (size_t)k : size - n - 1;
		/* The end of it is the part that matters. */
		from = s->len > 1500 ? s->len - 1500 : 0;
		n += escape_text(
		    text + n, size - n - 2, s->log + from, s->len - from);
		text[n++] = ']';
		text[n] = '\0';
	}
}

/* Copies line i without its end; false if its end has not come. */
static bool
get_line(const struct server *s, int i, char *out, size_t size)
{
	const char *begin = s->log + s->line[i], *end = strchr(begin, '\n');
	size_t len;

	if (end == NULL && s->err >= 0)
		return false;
	len = end != NULL ? (size_t)(end - begin) : strlen(begin);
	if (len >= size)
		len = size - 1;
	memcpy(out, begin, len);
	out[len] = '\0';
	return true;
}

static bool
matches(const char *line, const char *pattern)
{
	char anywhere[512];

	(void)snprintf(anywhere, sizeof(anywhere), "*%s*", pattern);
	return fnmatch(anywhere, line, 0) == 0;
}

const char *
server_expect_log_at(struct place at, struct server *s, const char *pattern)
{
	static char line[2048];
	int64_t until = deadline();
	int i = 0;

	for (;;) {
		for (; i < s->lines && get_line(s, i, line, sizeof(line));
		     i++) {
			if (!s->known[i] && matches(line, pattern)) {
				s->known[i] = true;
				return line;
			}
		}
		/* At the end, what has no newline is a line too. */
		if (!read_log(s, until) && (s->err >= 0 || i >= s->lines))
			fail_at(at, "'%s' was not logged", pattern);
	}
}

bool
server_has_logged(struct server *s, const char *pattern)
{
	char line[2048];
	int i;

	while (read_log(s, 0))
		;
	for (i = 0; i < s->lines; i++)
		if (get_line(s, i, line, sizeof(line)) &&
		    matches(line, pattern))
			return true;
	return false;
}

void
server_listen(struct server *s, int64_t ms)
{
	if (s->err < 0)
		(void)poll(NULL, 0, (int)ms);
	else
		(void)read_log(s, clock_now() + ms);
}

void
server_allow_log(struct server *s, const char *pattern)
{
	ck_assert_int_lt(s->allowances, SERVER_ALLOWED);
	s->allowed[s->allowances++] = pattern;
}

static _Noreturn void
be_server(const char *const argv[], int err)
{
	int fd, null = open("/dev/null", O_RDWR);
	sigset_t none;

	(void)setpgid(0, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	(void)dup2(null, STDIN_FILENO);
	(void)dup2(err, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	for (fd = STDERR_FILENO + 1; fd < FDS_LOOKED_AT; fd++)
		(void)close(fd);
	/* exec does not write to them; the type is older than const. */
	(void)execv(argv[0], (char *const *)(uintptr_t)argv);
	(void)dprintf(STDERR_FILENO, "cannot execute %s\n", argv[0]);
	_exit(127);
}

/* What follows the name among the arguments, NULL if it is not there. */
static const char *
argument(const char *const argv[], const char *name)
{
	for (; argv[0] != NULL && argv[1] != NULL; argv++)
		if (strcmp(argv[0], name) == 0)
			return argv[1];
	return NULL;
}

void
server_look_for_no_leaks(void)
{
	const char *had = getenv("ASAN_OPTIONS");
	char options[512];

	(void)snprintf(options, sizeof(options), "%s:detect_leaks=0",
	    had != NULL ? had : "");
	(void)setenv("ASAN_OPTIONS", options, 1);
}

static void
spawn(struct place at, struct server *s, const char *const by[],
    const char *const argv[])
{
	const char *args[ARGS_MAX + 4], *model;
	int pair[2], n = 0;
	size_t used = 0;

	while (n < ARGS_MAX / 2 && by[n] != NULL) {
		args[n] = by[n];
		n++;
	}
	args[n++] = server_program();
	s->file = argument(argv, "--log");
	model = argument(argv, "-m");
	if (model != NULL && strcmp(model, "fork") == 0)
		server_look_for_no_leaks();
	if (argument(argv, "-p") == NULL) {
		args[n++] = "-p";
		args[n++] = "0";
	}
	while (*argv != NULL && n < ARGS_MAX)
		args[n++] = *argv++;
	args[n] = NULL;
	for (n = 1; args[n] != NULL && used < sizeof(s->what) - 1; n++)
		used += (size_t)snprintf(
		    s->what + used, sizeof(s->what) - used, " %s", args[n]);
	if (pipe(pair) != 0)
		fail_at(at, "pipe: %s", strerror(errno));
	s->pid = fork();
	if (s->pid < 0)
		fail_at(at, "fork: %s", strerror(errno));
	if (s->pid == 0)
		be_server(args, pair[1]);
	/* Both do it, so that it has been done whoever comes first. */
	(void)setpgid(s->pid, s->pid);
	guard_group(s->pid);
	(void)close(pair[1]);
	s->err = pair[0];
	(void)fcntl(s->err, F_SETFD, FD_CLOEXEC);
	(void)fcntl(s->err, F_SETFL, O_NONBLOCK);
}

static in_port_t
port_of(const struct server *s, const char *address)
{
	const char *p = strstr(s->log, address);

	return p == NULL ? 0
			 : (in_port_t)strtoul(p + strlen(address), NULL, 10);
}

static void
begin(struct place at, struct server *s, const char *const by[],
    const char *const argv[])
{
	memset(s, 0, sizeof(*s));
	store(s, "", 0);
	s->err = -1;
	/* A client that is gone is an errno, not the test's death. */
	(void)signal(SIGPIPE, SIG_IGN);
	guard_group_gone(0); /* so that its pipe is counted */
	s->fd_count = own_descriptors(s->fds);
	enlist(s, NULL);
	spawn(at, s, by, argv);
	server_allow_log(s, "prefork: listening on ");
	server_allow_log(s, "prefork: status on ");
	server_allow_log(s, "prefork: running as root");
	server_allow_log(s, "prefork: no standbys on this system*");
	server_allow_log(s, "prefork: the system denies *does without");
	/* Of a verbose one. */
	server_allow_log(s, "prefork: served so far: ");
	server_allow_log(s, "prefork: master: pid ");
}

static void
learn_ports(struct server *s)
{
	s->port4 = port_of(s, "listening on 127.0.0.1:");
	s->port6 = port_of(s, "listening on [::1]:");
	s->status4 = port_of(s, "status on 127.0.0.1:");
}

void
server_start_at(struct place at, struct server *s, const char *const argv[])
{
	static const char *const nobody[] = {NULL};

	begin(at, s, nobody, argv);
	(void)server_expect_log_at(at, s, "prefork: ready");
	learn_ports(s);
}

bool
server_try_at(struct place at, struct server *s, const char *const by[],
    const char *const argv[])
{
	int64_t until = deadline();

	begin(at, s, by, argv);
	while (!server_has_logged(s, "prefork: ready")) {
		if (s->err < 0)
			return false;
		if (!read_log(s, until) && s->err >= 0)
			fail_at(at, "neither ready nor gone in time");
	}
	learn_ports(s);
	return true;
}

void
server_start_in_at(
    struct place at, struct server *s, int i, const char *const argv[])
{
	const char *args[ARGS_MAX];
	int n;

	n = matrix_arguments(i, args);
	while (*argv != NULL && n < ARGS_MAX - 1)
		args[n++] = *argv++;
	args[n] = NULL;
	server_start_at(at, s, args);
}

void
server_signal(const struct server *s, int signo)
{
	ck_assert_int_gt(s->pid, 0);
	ck_assert_int_eq(kill(s->pid, signo), 0);
}

int
server_wait_at(struct place at, struct server *s, int64_t ms)
{
	int64_t until = clock_now() + (ms > 0 ? ms : patience());

	/* Everyone in the family holds the pipe: its end is theirs. */
	while (read_log(s, until))
		;
	if (s->err >= 0) {
		bool left = waitpid(s->pid, &s->status, WNOHANG) == s->pid;

		fail_at(at, "%s in time",
		    left ? "the master went, others of its family did not"
			 : "the server did not go");
	}
	if (waitpid(s->pid, &s->status, 0) != s->pid)
		fail_at(at, "the master cannot be waited for");
	return s->status;
}

/* Every line is declared, or it should not have been written. */
static void
account_for_log(struct place at, const struct server *s)
{
	char line[2048];
	int i, k;

	for (i = 0; i < s->lines; i++) {
		bool known = s->known[i];

		(void)get_line(s, i, line, sizeof(line));
		for (k = 0; k < s->allowances && !known; k++)
			known = matches(line, s->allowed[k]);
		if (!known)
			fail_at(at, "nobody expected the line '%s'", line);
	}
}

static void
account_for_descriptors(struct place at, const struct server *s)
{
	int fds[SERVER_FDS], count = own_descriptors(fds), i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < s->fd_count && s->fds[k] != fds[i]; k++)
			;
		if (k == s->fd_count)
			fail_at(at, "descriptor %d was left open", fds[i]);
	}
	if (count != s->fd_count)
		fail_at(at, "%d descriptors where there were %d", count,
		    s->fd_count);
}

void
server_end_at(struct place at, struct server *s)
{
	int64_t until = deadline();

	/* Who has closed its standard error may not be quite gone yet. */
	while (group_alive(s->pid)) {
		if (clock_now() >= until)
			fail_at(at, "a process of the server's is left");
		(void)poll(NULL, 0, 2);
	}
	account_for_log(at, s);
	account_for_descriptors(at, s);
	guard_group_gone(s->pid);
	enlist(NULL, s);
	free(s->log);
	s->log = NULL;
	s->pid = 0;
}

int
server_stop_at(struct place at, struct server *s, int signo)
{
	int status;

	server_allow_log(s, "prefork: stopping");
	server_signal(s, signo);
	status = server_wait_at(at, s, 0);
	server_end_at(at, s);
	return status;
}

void
server_finish_at(struct place at, struct server *s)
{
	int status = server_stop_at(at, s, SIGTERM);

	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		fail_at(at, "after TERM the status was %#x", (unsigned)status);
}
