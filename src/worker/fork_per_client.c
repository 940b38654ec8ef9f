/*
 * fork: a process for each client. A crash costs that client and no other.
 */
#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "child.h"
#include "os/memory.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"

/* A process per client, by place. */
struct place {
	pid_t pid; /* 0: free */
	struct peer peer;
};

struct family {
	int places;
	int next; /* where the search for a free one begins */
	struct place *place;
	_Atomic int64_t *busy; /* shared: busy[place], see client.h */
	struct share *share;   /* ... share[place] */
};

static const int default_again[] = {SIGCHLD, SIGABRT, 0};
static const int not_ours[] = {
    SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, 0};

static int
family_open(struct host *h)
{
	struct family *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return -1;
	f->places = h->post.config->max_clients;
	f->place = calloc((size_t)f->places, sizeof(*f->place));
	f->busy = memory_shared((size_t)f->places * sizeof(*f->busy));
	f->share = memory_shared((size_t)f->places * sizeof(*f->share));
	h->post.budget = memory_shared(sizeof(*h->post.budget));
	h->own = f;
	return f->place != NULL && f->busy != NULL && f->share != NULL &&
		       h->post.budget != NULL
		   ? 0
		   : -1;
}

static _Noreturn void
be_client(struct host *h, int fd, const struct peer *peer, int place)
{
	struct client_post post = h->post;
	struct family *f = h->own;
	char name[PEER_TEXT], title[PEER_TEXT + 32];
	int i, status;

	/* What reaches the whole group is for the host to act on. Last, for
	 * it lets in what was held back. */
	signals_ignore(not_ours);
	/* Who has begun may finish; who hangs goes. */
	process_leave_with_parent((unsigned)(post.config->timeout / 1000) + 1);
	signals_default(default_again);
	for (i = 0; i < post.config->listeners; i++)
		(void)close(FD_LISTEN + i);
	(void)close(FD_LIFELINE);
	(void)close(FD_SIGNAL_READ);
	(void)close(FD_SIGNAL_WRITE);
	/* While it is open somewhere, nobody is told to leave. */
	(void)close(h->leave[1]);
	peer_format(name, peer);
	(void)snprintf(title, sizeof(title), "prefork: client %s", name);
	title_set(title, "prefork-client");
	post.process = true;
	post.busy = &f->busy[place];
	post.share = &f->share[place];
	status = client_serve(&post, fd, peer);
	/* Not _exit: a sanitizer looks for leaks when a process exits. */
	exit(status == 0 ? WORKER_LEFT : WORKER_FAILED);
}

static int
free_place(struct family *f)
{
	int i;

	for (i = 0; i < f->places; i++) {
		int place = (f->next + i) % f->places;

		if (f->place[place].pid == 0) {
			f->next = (place + 1) % f->places;
			return place;
		}
	}
	errno = EAGAIN; /* max_clients sees to it that there is one */
	return -1;
}

static int
family_start(struct host *h, int fd, const struct peer *peer)
{
	struct family *f = h->own;
	int place = free_place(f);
	sigset_t before;
	pid_t pid;

	if (place < 0)
		return -1;
	f->busy[place] = 0;
	signals_hold(&before);
	pid = fork();
	if (pid == 0)
		be_client(h, fd, peer, place);
	signals_restore(&before);
	if (pid < 0)
		return -1;
	(void)close(fd);
	f->place[place].pid = pid;
	f->place[place].peer = *peer;
	return 0;
}

static int
find_place(const struct family *f, pid_t pid)
{
	int i;

	for (i = 0; i < f->places; i++)
		if (f->place[i].pid == pid)
			return i;
	return -1;
}

static void
blame(const struct peer *peer)
{
	(void)child_says(SAYS_BLAMED, peer_network(peer));
}

static void
family_reap(struct host *h)
{
	struct family *f = h->own;
	char name[PEER_TEXT];
	int status, place;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		place = find_place(f, pid);
		if (place < 0)
			continue;
		f->place[place].pid = 0;
		budget_return(h->post.budget, &f->share[place]);
		host_forget(h, &f->place[place].peer);
		if (status == 0)
			continue;
		peer_format(name, &f->place[place].peer);
		if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
			blame(&f->place[place].peer);
		if (WIFSIGNALED(status))
			log_note("client process %ld for %s was killed by "
				 "SIG%s: 1 client lost",
			    (long)pid, name, signals_name(WTERMSIG(status)));
		else
			log_note("client process %ld for %s exited with %d: "
				 "1 client lost",
			    (long)pid, name, WEXITSTATUS(status));
	}
}

static void
family_watch(struct host *h, int64_t now)
{
	struct family *f = h->own;
	int64_t since;
	int i;

	for (i = 0; i < f->places; i++) {
		since = f->busy[i];
		if (f->place[i].pid == 0 || since == 0 ||
		    now - since < h->post.config->timeout)
			continue;
		log_warn("client process %ld hangs, killing it",
		    (long)f->place[i].pid);
		blame(&f->place[i].peer);
		(void)kill(f->place[i].pid, SIGKILL);
		f->busy[i] = 0;
	}
}

static void
signal_all(struct host *h, int signo)
{
	struct family *f = h->own;
	int i;

	for (i = 0; i < f->places; i++)
		if (f->place[i].pid != 0)
			(void)kill(f->place[i].pid, signo);
}

static void
family_wake(struct host *h)
{
	signal_all(h, SIGCONT);
}

static void
family_kill(struct host *h)
{
	signal_all(h, SIGKILL);
}

static void
family_close(struct host *h)
{
	struct family *f = h->own;

	free(f->place);
	free(f);
}

static const struct host_model family = {
    .name = "process",
    .open = family_open,
    .start = family_start,
    .reap = family_reap,
    .watch = family_watch,
    .wake = family_wake,
    .kill = family_kill,
    .close = family_close,
};

int
worker_fork_per_client(const struct worker_config *config, int row)
{
	return host_run(&family, config, row);
}
