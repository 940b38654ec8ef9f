#include "os/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "os/memory.h"

/* Another page, and no cursor; a terminal that does not know a sequence
 * passes over it (ECMA-48; the page is xterm's, and everybody's by now). */
static const char enter_text[] = "\033[?1049h\033[?25l\033[2J";
static const char leave_text[] = "\033[m\033[?25h\033[?1049l";

/* In memory of our own, or in memory that a child shares: then it can give
 * the terminal back when we cannot. */
static struct state {
	volatile sig_atomic_t entered;
	struct termios before;
} own, *state = &own;

bool
terminal_usable(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) == 1 && term != NULL && term[0] != '\0' &&
	       strcmp(term, "dumb") != 0;
}

int
terminal_share(void)
{
	struct state *shared = memory_shared(sizeof(*shared));

	if (shared == NULL)
		return -1;
	*shared = *state;
	state = shared;
	return 0;
}

int
terminal_write(const char *text, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(STDOUT_FILENO, text, len);
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

void
terminal_leave(void)
{
	int saved = errno;

	if (state->entered) {
		state->entered = 0;
		(void)terminal_write(leave_text, sizeof(leave_text) - 1);
		(void)tcsetattr(STDOUT_FILENO, TCSADRAIN, &state->before);
	}
	errno = saved;
}

static void
die_of(int signo)
{
	terminal_leave();
	(void)signal(signo, SIG_DFL);
	(void)raise(signo);
}

/* Once: from now on there is no way out that leaves it as it is. Handlers
 * that are there already, such as a sanitizer's, stay. */
static void
watch_ways_out(void)
{
	static const int faults[] = {
	    SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS};
	static bool watched;
	struct sigaction sa, old;
	size_t i;

	if (watched)
		return;
	watched = true;
	memset(&sa, 0, sizeof(sa));
	(void)sigemptyset(&sa.sa_mask);
	sa.sa_handler = die_of;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (sigaction(faults[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			(void)sigaction(faults[i], &sa, NULL);
	(void)atexit(terminal_leave);
}

int
terminal_enter(void)
{
	struct termios ours;

	if (state->entered)
		return 0;
	if (tcgetattr(STDOUT_FILENO, &state->before) != 0)
		return -1;
	watch_ways_out();
	ours = state->before;
	ours.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	ours.c_cc[VMIN] = 1;
	ours.c_cc[VTIME] = 0;
	/* First: a death in between has more to give back, not less. */
	state->entered = 1;
	if (tcsetattr(STDOUT_FILENO, TCSADRAIN, &ours) != 0)
		return -1;
	return terminal_write(enter_text, sizeof(enter_text) - 1);
}

int
terminal_suspend(void)
{
	struct sigaction stop, old;

	terminal_leave();
	memset(&stop, 0, sizeof(stop));
	(void)sigemptyset(&stop.sa_mask);
	stop.sa_handler = SIG_DFL;
	if (sigaction(SIGTSTP, &stop, &old) != 0)
		return -1;
	/* Here this process stops. Where nothing could continue it (a process
	 * group without a shell), the system does not let it. */
	(void)raise(SIGTSTP);
	if (sigaction(SIGTSTP, &old, NULL) != 0)
		return -1;
	return terminal_enter();
}
