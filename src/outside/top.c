#include "outside/top.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/clock.h"
#include "base/log.h"
#include "outside/fetch.h"
#include "os/terminal.h"
#include "picture.h"
#include "reading.h"

enum {
	TEXT_MAX = 1 << 20,
	PATIENCE_MS = 5000,
	EVERY_MS = 1000,
	PICTURE_MAX = 1 << 16
};

static const char clear_screen[] = "\033[H\033[J";

static volatile sig_atomic_t over, suspended;

static void
on_signal(int signo)
{
	if (signo == SIGTSTP)
		suspended = 1;
	else
		over = 1;
}

static void
catch_signals(void)
{
	static const int those[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};
	struct sigaction act;
	sigset_t set;
	size_t i;

	memset(&act, 0, sizeof(act));
	act.sa_handler = on_signal;
	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(those) / sizeof(those[0]); i++) {
		(void)sigaction(those[i], &act, NULL);
		(void)sigaddset(&set, those[i]);
	}
	/* A server that begins blocks some of them. */
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
}

/* Reads a key, if one is pressed within so many ms. */
static void
heed_key(int ms)
{
	static bool deaf;
	struct pollfd set = {.fd = deaf ? -1 : STDIN_FILENO, .events = POLLIN};
	char key;

	if (poll(&set, 1, ms) <= 0)
		return;
	/* A standard input that has ended says nothing more. */
	if (read(STDIN_FILENO, &key, 1) != 1)
		deaf = true;
	else if (key == 'q')
		over = 1;
}

/* Has the user left, so that no answer is waited for any more? */
static bool
is_left(void)
{
	heed_key(0);
	return over || suspended;
}

/* The content of the answer, NULL: *why says why there is none. */
static const char *
read_content(int fd, const struct fetch_patience *patience, const char **why)
{
	static char text[TEXT_MAX];
	char *content = NULL;
	size_t len = 0;
	ssize_t n = 1;

	*why = "what it answers is no status of prefork";
	while (content == NULL && n > 0 && len < TEXT_MAX - 1) {
		n = fetch_some(
		    fd, text + len, TEXT_MAX - 1 - len, patience, why);
		if (n < 0)
			return NULL;
		len += (size_t)n;
		text[len] = '\0';
		content = answer_content(text, len, n == 0);
	}
	return strncmp(text, "HTTP/1.1 200 ", 13) == 0 ? content : NULL;
}

/* NULL: it was read; else why not. */
static const char *
ask(const char *url, bool (*ended)(void), struct reading *r)
{
	const struct fetch_patience patience = {
	    clock_now() + PATIENCE_MS, ended};
	const char *why = NULL, *content;
	int fd = fetch_ask(url, "/status.json", &patience, &why);

	if (fd < 0)
		return why;
	content = read_content(fd, &patience, &why);
	(void)close(fd);
	return content != NULL && reading_parse(r, content) ? NULL : why;
}

/* Until the next reading is due. */
static void
rest(void)
{
	const int64_t until = clock_now() + EVERY_MS;
	int64_t now;

	while (!over && !suspended && (now = clock_now()) < until)
		heed_key((int)(until - now));
	if (suspended && !over && terminal_suspend() != 0)
		over = 1;
	suspended = 0;
}

/* What fits: a line that is too long would be wrapped, and one too many, or an
 * end of the last one, would move the first out of sight. */
static void
put_lines(const char *text, int rows, int columns)
{
	int len, n;

	for (n = 0; n < rows && *text != '\0'; n++) {
		len = (int)strcspn(text, "\n");
		(void)printf("%s%.*s", n > 0 ? "\n" : "",
		    len < columns ? len : columns, text);
		text += len + (text[len] != '\0');
	}
}

/* why: NULL, or why this is no longer new. */
static void
draw(const struct reading *now, const struct reading *before, const char *why)
{
	static char text[PICTURE_MAX];
	FILE *out = fmemopen(text, sizeof(text), "w");
	int rows, columns;

	if (out == NULL)
		return;
	terminal_size(&rows, &columns);
	rows -= why != NULL;
	picture(out, now, before, rows);
	(void)fclose(out);
	(void)fputs(clear_screen, stdout);
	put_lines(text, rows, columns);
	if (why != NULL)
		(void)printf("\n%.*s", columns, why);
}

/* A server that is away for a moment is waited for, and said. */
static void
show_on(const char *url, struct reading *now)
{
	static struct reading before;
	const struct reading *earlier = NULL;
	const char *why;

	draw(now, NULL, NULL);
	/* A terminal may be gone without a signal. */
	while (!over && fflush(stdout) == 0) {
		rest();
		if (over)
			return;
		before = *now;
		why = ask(url, is_left, now);
		if (over)
			return;
		if (why == NULL)
			earlier = &before;
		else
			*now = before;
		draw(now, earlier, why);
	}
}

int
top_show(const char *url)
{
	static struct reading now;
	const char *why = ask(url, NULL, &now);

	if (why != NULL) {
		log_error("%s: %s", url, why);
		return 1;
	}
	if (!terminal_usable()) {
		picture(stdout, &now, NULL, INT_MAX);
		if (fflush(stdout) == 0)
			return 0;
		log_error("standard output: %s", strerror(errno));
		return 1;
	}
	catch_signals();
	if (terminal_enter() != 0) {
		log_error("the terminal: %s", strerror(errno));
		return 1;
	}
	show_on(url, &now);
	terminal_leave();
	return 0;
}
