#include "worker/renew.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "child.h"
#include "os/process.h"
#include "os/exec.h"

enum {
	TITLE_BYTES = 96, /* the longest title: it is written over argv[0] */
	TEXT_BYTES = 96
};

/* The descriptors of clients and their files stay open over an exec; from now
 * on those below FD_CLIENTS do so as well. */
static void
keep_descriptors(void)
{
	int fd;

	for (fd = FD_ROOT; fd < FD_CLIENTS; fd++)
		(void)fcntl(fd, F_SETFD, fd == FD_LOADER ? FD_CLOEXEC : 0);
}

void
worker_exec(int number, const char *as_what)
{
	char title[TITLE_BYTES], text[TEXT_BYTES];
	char *argv[] = {title, text, NULL};

	memset(title, ' ', sizeof(title));
	title[sizeof(title) - 1] = '\0';
	(void)snprintf(text, sizeof(text), GOES_ON "%s", as_what);
	keep_descriptors();
	exec_begin(number, argv);
}

void
renew_begin(const struct worker_config *config, const struct renewal *renewal)
{
	const struct append *access = config->service.access;
	char text[TEXT_BYTES];

	(void)snprintf(text, sizeof(text), "%d,%d,%d,%d,%d,%d", renewal->row,
	    renewal->program, renewal->holder, renewal->cause,
	    (int)log_followed(), access != NULL ? (int)access->followed : 0);
	process_forget_parent();
	worker_exec(FD_PROGRAM, text);
}

bool
renewal_parse(int argc, char *const argv[], struct renewal *renewal)
{
	const size_t len = strlen(GOES_ON);
	int log, access;

	if (argc != 2 || strncmp(argv[1], GOES_ON, len) != 0 ||
	    exec_is_raised() ||
	    sscanf(argv[1] + len, "%d,%d,%d,%d,%d,%d", &renewal->row,
		&renewal->program, &renewal->holder, &renewal->cause, &log,
		&access) != 6)
		return false;
	renewal->log_followed = log;
	renewal->access_followed = access;
	return true;
}

void
worker_renew(const struct worker_config *config, int row)
{
	const struct renewal cold = {
	    .row = row, .program = config->program, .holder = RENEWAL_COLD};

	if (!config->renews)
		return;
	/* The new program asks for it again, if it can. */
	process_batch(false);
	renew_begin(config, &cold);
	(void)child_says(SAYS_UNCHANGED, (uint64_t)errno);
	process_batch(true);
}

void
worker_note_program(const struct worker_config *config, int row)
{
	struct board_row *r = board_row(config->board, row);

	board_set(r->program, config->program);
	board_set(r->layout, process_layout());
}
