#include "worker/dry_run.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "os/exec.h"
#include "os/memory.h"
#include "os/signals.h"
#include "pool.h"
#include "worker/renew.h"

/* Listing a directory asks for reading, a file in it for searching. */
static void
try_root(const struct worker_config *config, const char *path, const char *user)
{
	const struct root *root = config->service.root;
	int fd = root->only != NULL
		     ? root_open_only(root)
		     : openat(root->fd, ".", O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)close(fd);
	else if (user != NULL)
		die("user %s cannot read root %s:", user, path);
	else
		die("root %s:", path);
}

/* What is taken is given back by the exit. */
static void
try_pool(const struct worker_config *config)
{
	static const int none[1];
	size_t fds = (size_t)config->descriptors * sizeof(int);
	struct pool pool;

	if (pool_open(&pool, config, 0, none, 0) != 0)
		die("a worker for %d clients cannot begin:",
		    config->max_clients);
	if (config->standby && (memory_private(fds) == NULL ||
				   memory_private((size_t)pool.journal.buffers *
						  sizeof(int)) == NULL))
		die("no memory for a takeover of %d clients:",
		    config->max_clients);
}

/* A child: 0 in that. A signal that ends us meanwhile leaves none behind. */
static pid_t
begin(sigset_t *before)
{
	pid_t pid;

	signals_hold(before);
	pid = fork();
	if (pid < 0)
		die("a worker could not be forked:");
	return pid;
}

static int
await(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			die("wait for a worker:");
	return status;
}

void
worker_dry_run(const struct worker_config *config, int pools, const char *root,
    const char *user)
{
	/* Without listeners: no client is to be connected to it. */
	struct worker_config mine = *config;
	struct board board;
	sigset_t before;
	int i, status;
	pid_t pid;

	pid = begin(&before);
	if (pid == 0) {
		mine.listeners = 0;
		mine.board = &board;
		try_root(config, root, user);
		if (board_open(&board, BOARD_ROWS_MAX, config->max_clients,
			BOARD_UNKEPT) != 0)
			die("shared memory:");
		for (i = 0; i < pools; i++)
			try_pool(&mine);
		_exit(WORKER_LEFT);
	}
	status = await(pid);
	signals_restore(&before);
	if (WIFSIGNALED(status))
		die("a worker could not begin: it was killed by SIG%s",
		    signals_name(WTERMSIG(status)));
	/* It has said why. */
	if (status != 0)
		exit(WORKER_FAILED);
}

bool
worker_try_renewal(const struct worker_config *config)
{
	const struct renewal trial = {.row = RENEWAL_TRIAL};
	sigset_t before;
	int status;
	pid_t pid;

	pid = begin(&before);
	if (pid == 0) {
		if (exec_watch(getpid(), FD_HOLDER) == 0)
			renew_begin(config, &trial);
		_exit(WORKER_FAILED);
	}
	status = await(pid);
	signals_restore(&before);
	return status == 0;
}
