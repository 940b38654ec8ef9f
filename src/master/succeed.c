/*
 * Begins a program in the place of another, and tells it by its arguments what
 * it is to be.
 */
#include "master/succeed.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keeper.h"
#include "os/activation.h"
#include "os/exec.h"
#include "os/keep.h"
#include "os/notify.h"
#include "processes.h"

enum { TEXT_BYTES = 80, ARGUMENTS_MAX = 1024 };

static const char *const names[] = {
    [ROLE_TRIAL] = "trial",
    [ROLE_MASTER] = "master",
    [ROLE_KEEPER] = "keeper",
};

void
succeed_watch(unsigned seconds)
{
	sigset_t alone;

	sigemptyset(&alone);
	(void)sigaddset(&alone, SIGALRM);
	(void)signal(SIGALRM, seconds != 0 ? SIG_DFL : SIG_IGN);
	(void)sigprocmask(SIG_UNBLOCK, &alone, NULL);
	(void)alarm(seconds);
}

/* Keeps the ends of the pipes to our processes open over an exec. */
static void
keep_ends(void)
{
	int fd;

	for (fd = FD_CLIENTS; fd < FD_CLIENTS + STATE_ENDS_MAX; fd++)
		(void)fcntl(fd, F_SETFD, 0);
}

void
succeed(const struct successor *s)
{
	char text[TEXT_BYTES];
	int saved;

	(void)snprintf(text, sizeof(text), "%s,%d,%ld,%" PRIu64 ",%u",
	    names[s->role], s->program, (long)s->other, s->messages, s->orders);
	if (s->role != ROLE_TRIAL) {
		keep_ends();
		notify_pass_on();
		succeed_watch(SUCCEED_S);
	}
	worker_exec(FD_OTHER, text);
	saved = errno;
	succeed_watch(0);
	if (s->role != ROLE_TRIAL)
		notify_begin();
	errno = saved;
}

/* Begins it with the arguments that the user gave, and one more, NULL: none. */
static void
begin_as_user(const struct master_config *config, char *more)
{
	char *argv[ARGUMENTS_MAX + 3], **given = config->argv;
	int n = 0;

	argv[n++] = (char *)(uintptr_t)config->path;
	while (*given != NULL && n <= ARGUMENTS_MAX)
		argv[n++] = *given++;
	argv[n++] = more;
	argv[n] = NULL;
	/* If it is a script, its interpreter reads it by this descriptor. */
	(void)fcntl(FD_OTHER, F_SETFD, 0);
	errno = E2BIG;
	if (*given == NULL)
		exec_begin(FD_OTHER, argv);
}

static void
set_number(const char *name, long number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%ld", number);
	(void)setenv(name, text, 1);
}

/* Tells the next server, by their names, at which listeners the status is. */
static void
set_names(const struct listeners *l)
{
	char text[LISTENERS_MAX * sizeof("status:")];
	size_t len = 0;
	int i;

	for (i = 0; i < l->count; i++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s%s",
		    i > 0 ? ":" : "",
		    l->status >> i & 1 ? ACTIVATION_STATUS : "");
	(void)setenv("LISTEN_FDNAMES", text, 1);
}

void
succeed_afresh(const struct master_config *config, pid_t master)
{
	int i;

	if (keep_part() != 0)
		return;
	for (i = 0; i < config->listeners->count; i++)
		(void)dup2(FD_LISTEN + i, ACTIVATION_FIRST + i);
	set_number("LISTEN_PID", (long)getpid());
	set_number("LISTEN_FDS", config->listeners->count);
	set_names(config->listeners);
	set_number(MASTER_REPLACES, (long)master);
	begin_as_user(config, NULL);
}

void
succeed_test(const struct master_config *config)
{
	static char test[] = "--test";

	begin_as_user(config, test);
}

enum role
successor_parse(int argc, char *const argv[], struct successor *s)
{
	const size_t len = strlen(GOES_ON);
	char name[8];
	long other;
	int i;

	s->role = ROLE_NONE;
	if (argc != 2 || strncmp(argv[1], GOES_ON, len) != 0 ||
	    exec_is_raised() ||
	    sscanf(argv[1] + len, "%7[a-z],%d,%ld,%" SCNu64 ",%u", name,
		&s->program, &other, &s->messages, &s->orders) != 5)
		return s->role;
	s->other = (pid_t)other;
	for (i = ROLE_TRIAL; i <= ROLE_KEEPER; i++)
		if (strcmp(name, names[i]) == 0)
			s->role = (enum role)i;
	return s->role;
}
