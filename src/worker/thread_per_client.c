/*
 * thread: a thread for each client. A crash costs all of them.
 */
#include "host.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/worker.h"

/* A step needs some 20 KiB of stack (a path, a page); twice, and the least
 * that the system allows on top. */
enum { STACK_BYTES = 128 * 1024 };

struct client_thread {
	struct client_thread *next; /* in the list of those that have ended */
	struct host *host;
	int place;
	int fd;
	struct peer peer;
};

/* The clients' threads, by place; for the host. */
static struct client_thread **threads_at;

/* A list of threads that have ended: each puts itself there, and the host takes
 * it whole. */
static _Atomic(struct client_thread *) ended;

static void *
client_thread_main(void *arg)
{
	struct client_thread *thread = arg, *next;
	int wake = thread->host->wake[1];
	struct client_task task = thread->host->task;

	task.came = thread->host->place[thread->place].began;
	task.place = &thread->host->says[thread->place];
	task.status = thread->host->place[thread->place].status;
	(void)client_serve(&task, thread->fd, &thread->peer);
	next = ended;
	do
		thread->next = next;
	while (!atomic_compare_exchange_weak(&ended, &next, thread));
	/* Only the first to end wakes the host. */
	if (next == NULL && write(wake, "", 1) < 0)
		errno = 0;
	return NULL;
}

static int
threads_open(struct host *h)
{
	static struct budget budget;

	h->task.budget = &budget;
	threads_at = calloc((size_t)h->places, sizeof(struct client_thread *));
	return threads_at != NULL ? 0 : -1;
}

static int
threads_start(struct host *h, int place, int fd, const struct peer *peer)
{
	struct client_thread *thread = malloc(sizeof(*thread));
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t id;
	int error;

	if (thread == NULL)
		return -1;
	thread->host = h;
	thread->place = place;
	thread->fd = fd;
	thread->peer = *peer;
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are for the host's thread. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&id, &attr, client_thread_main, thread);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	if (error == 0) {
		threads_at[place] = thread;
		return 0;
	}
	free(thread);
	errno = error;
	return -1;
}

static void
threads_reap(struct host *h)
{
	struct client_thread *thread, *next;
	char waste[64];

	while (read(h->wake[0], waste, sizeof(waste)) > 0)
		;
	for (thread = atomic_exchange(&ended, NULL); thread != NULL;
	     thread = next) {
		next = thread->next;
		host_forget(h, thread->place);
		free(thread);
	}
}

/* A thread that hangs cannot be ended from outside without harm to what it
 * shares with the others: it keeps its place until the host leaves. */
static void
threads_watch(struct host *h, int64_t now)
{
	(void)h;
	(void)now;
}

/* The thread does not close its socket while its place is PLACE_TAKEN. */
static void
threads_expel(struct host *h, int place)
{
	(void)h;
	(void)shutdown(threads_at[place]->fd, SHUT_RD);
}

/* They are continued with the process. */
static void
threads_continue_stopped(struct host *h)
{
	(void)h;
}

/* They go with the process. */
static void
threads_kill(struct host *h)
{
	(void)h;
}

static void
threads_close(struct host *h)
{
	(void)h;
	free(threads_at);
}

static const struct host_model threads = {
    .name = "thread",
    .shares = true,
    .open = threads_open,
    .start = threads_start,
    .reap = threads_reap,
    .watch = threads_watch,
    .expel = threads_expel,
    .continue_stopped = threads_continue_stopped,
    .kill = threads_kill,
    .close = threads_close,
};

int
worker_thread_per_client(const struct worker_config *config, int row)
{
	return host_run(&threads, config, row);
}
