/*
 * fork: a process for each client. A crash costs that client and no other.
 */
#include "host.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "child.h"
#include "os/memory.h"
#include "os/process.h"
#include "os/signals.h"
#include "os/title.h"
#include "worker/worker.h"

/* The clients' processes, by place. */
struct processes {
	pid_t *pid;	       /* 0: free */
	_Atomic int64_t *busy; /* shared: see client.h */
	struct share *share;   /* shared */
	int64_t woke; /* ms: when all had stood still, and went on; 0: never */
};

/* How long one has to leave when it is told to. */
enum { LEAVE_MS = 1000 };

static const int default_again[] = {SIGCHLD, SIGABRT, 0};
static const int not_ours[] = {
    SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, 0};

static int
processes_open(struct host *h)
{
	struct processes *ps = calloc(1, sizeof(*ps));
	size_t places = (size_t)h->places;

	if (ps == NULL)
		return -1;
	ps->pid = calloc(places, sizeof(*ps->pid));
	ps->busy = memory_shared(places * sizeof(*ps->busy));
	ps->share = memory_shared(places * sizeof(*ps->share));
	h->task.budget = memory_shared(sizeof(*h->task.budget));
	h->own = ps;
	return ps->pid != NULL && ps->busy != NULL && ps->share != NULL &&
		       h->task.budget != NULL
		   ? 0
		   : -1;
}

/* In a client's process: what the handler below looks at. */
static const _Atomic int64_t *own_place;
static int own_socket;

/* If the place has been taken: makes the socket readable for ever, so that a
 * poll that is just about to begin ends as well. */
static void
on_expulsion(int signo)
{
	(void)signo;
	if (*own_place < 0)
		(void)shutdown(own_socket, SHUT_RD);
}

/* From now on this process notices if its place is taken. To be called before
 * it says that the place may be taken. */
static void
heed_expulsion(const _Atomic int64_t *place, int fd)
{
	struct sigaction sa = {
	    .sa_handler = on_expulsion, .sa_flags = SA_RESTART};

	(void)sigemptyset(&sa.sa_mask);
	own_place = place;
	own_socket = fd;
	(void)sigaction(SIGURG, &sa, NULL);
}

static _Noreturn void
be_client(struct host *h, int fd, const struct peer *peer, int place)
{
	struct client_task task = h->task;
	struct processes *ps = h->own;
	char name[PEER_TEXT], title[PEER_TEXT + 32];
	int i, status;

	/* What is sent to the whole group is for the host to act on. */
	signals_ignore(not_ours);
	/* If the host dies: a client that moves may finish, one that hangs is
	 * killed. */
	process_leave_with_parent(
	    (unsigned)(task.config->timeout / 1000) + 1, -1);
	heed_expulsion(&h->says[place], fd);
	/* After these handlers: it lets in what was held back. */
	signals_default(default_again);
	for (i = 0; i < task.config->listeners; i++)
		(void)close(FD_LISTEN + i);
	for (i = 0; i < h->queue.count; i++)
		if (h->queue.client[i].fd != fd)
			(void)close(h->queue.client[i].fd);
	(void)close(FD_LIFELINE);
	(void)close(FD_SIGNAL_READ);
	(void)close(FD_SIGNAL_WRITE);
	/* While any copy of it is open, no client sees end-of-file there. */
	(void)close(h->leave[1]);
	peer_format(name, peer);
	(void)snprintf(title, sizeof(title), "prefork: client %s", name);
	title_set(title, "prefork-client");
	task.process = true;
	task.busy = &ps->busy[place];
	task.came = h->place[place].began;
	task.place = &h->says[place];
	task.status = h->place[place].status;
	task.share = &ps->share[place];
	status = client_serve(&task, fd, peer);
	/* Not _exit: a sanitizer looks for leaks when a process exits. */
	exit(status == 0 ? WORKER_LEFT : WORKER_FAILED);
}

static int
processes_start(struct host *h, int place, int fd, const struct peer *peer)
{
	struct processes *ps = h->own;
	sigset_t before;
	pid_t pid;

	ps->busy[place] = 0;
	signals_hold(&before);
	pid = fork();
	if (pid == 0)
		be_client(h, fd, peer, place);
	signals_restore(&before);
	if (pid < 0)
		return -1;
	(void)close(fd);
	ps->pid[place] = pid;
	return 0;
}

static int
find_place(const struct host *h, pid_t pid)
{
	const struct processes *ps = h->own;
	int i;

	for (i = 0; i < h->top; i++)
		if (ps->pid[i] == pid)
			return i;
	return -1;
}

/* For which client a proxy was asking only the dead process knew: the proxy is
 * not blamed. */
static void
report_client(const struct host *h, const struct peer *peer)
{
	const struct networks *trusted = h->task.config->service.forwarders;

	if (trusted == NULL || !networks_have(trusted, peer))
		(void)child_says(SAYS_BLAMED, peer_network(peer));
}

/* Says of what it died, unless it left or was told to. */
static void
tell_of(const struct host *h, const struct host_place *p, pid_t pid, int status)
{
	char name[PEER_TEXT];

	if (status == 0 || (p->told != 0 && WIFSIGNALED(status) &&
			       WTERMSIG(status) == SIGKILL))
		return;
	peer_format(name, &p->peer);
	if (WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL)
		report_client(h, &p->peer);
	if (WIFSIGNALED(status))
		log_note("client process %ld for %s was killed by "
			 "SIG%s: 1 client lost",
		    (long)pid, name, signals_name(WTERMSIG(status)));
	else
		log_note("client process %ld for %s exited with status %d: "
			 "1 client lost",
		    (long)pid, name, WEXITSTATUS(status));
}

static void
processes_reap(struct host *h)
{
	struct processes *ps = h->own;
	int status, place;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		place = find_place(h, pid);
		if (place < 0)
			continue;
		ps->pid[place] = 0;
		budget_return(h->task.budget, &ps->share[place]);
		tell_of(h, &h->place[place], pid, status);
		host_forget(h, place);
	}
}

/* Is it so for so long, in which all ran? since 0: it is not so. */
static bool
lasts(const struct processes *ps, int64_t since, int64_t ms, int64_t now)
{
	return since != 0 && now - (since > ps->woke ? since : ps->woke) >= ms;
}

/* One that was told to leave, and does not, was stopped or has damaged memory.
 */
static void
watch_place(struct host *h, int place, int64_t now)
{
	struct processes *ps = h->own;

	if (lasts(ps, h->place[place].told, LEAVE_MS, now)) {
		(void)kill(ps->pid[place], SIGKILL);
		return;
	}
	if (!lasts(ps, ps->busy[place], h->task.config->timeout, now))
		return;
	log_warn("client process %ld hangs, killing it", (long)ps->pid[place]);
	report_client(h, &h->place[place].peer);
	(void)kill(ps->pid[place], SIGKILL);
	ps->busy[place] = 0;
}

static void
processes_watch(struct host *h, int64_t now)
{
	struct processes *ps = h->own;
	int i;

	/* So late: this process was stopped, and they with it. */
	if (now - h->look > HOST_TICK_MS / 2)
		ps->woke = now;
	for (i = 0; i < h->top; i++)
		if (ps->pid[i] != 0)
			watch_place(h, i, now);
}

/* It may have been stopped: continued, it leaves too. */
static void
processes_expel(struct host *h, int place)
{
	struct processes *ps = h->own;

	(void)kill(ps->pid[place], SIGCONT);
	(void)kill(ps->pid[place], SIGURG);
}

static void
signal_all(struct host *h, int signo)
{
	struct processes *ps = h->own;
	int i;

	for (i = 0; i < h->top; i++)
		if (ps->pid[i] != 0)
			(void)kill(ps->pid[i], signo);
}

static void
processes_continue_stopped(struct host *h)
{
	signal_all(h, SIGCONT);
}

static void
processes_kill(struct host *h)
{
	signal_all(h, SIGKILL);
}

static void
processes_close(struct host *h)
{
	struct processes *ps = h->own;

	free(ps->pid);
	free(ps);
}

static const struct host_model processes = {
    .name = "process",
    .open = processes_open,
    .start = processes_start,
    .reap = processes_reap,
    .watch = processes_watch,
    .expel = processes_expel,
    .continue_stopped = processes_continue_stopped,
    .kill = processes_kill,
    .close = processes_close,
};

int
worker_fork_per_client(const struct worker_config *config, int row)
{
	return host_run(&processes, config, row);
}
