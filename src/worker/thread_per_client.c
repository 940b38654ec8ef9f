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

/* A step needs some 20 KiB of stack (a path, a page); twice, and the least
 * that the system allows on top. */
enum { STACK_BYTES = 128 * 1024 };

struct strand {
	struct strand *next; /* that has ended */
	struct host *host;
	int place;
	int fd;
	struct peer peer;
};

/* For the host: those there are, by place. */
static struct strand **strands_at;

/* Those that have ended, for the host to take: a list that strands put
 * themselves on, and that is taken whole. */
static _Atomic(struct strand *) ended;

static void *
strand_main(void *arg)
{
	struct strand *strand = arg, *next;
	int wake = strand->host->wake[1];
	struct client_post post = strand->host->post;

	post.came = strand->host->place[strand->place].began;
	post.place = &strand->host->says[strand->place];
	(void)client_serve(&post, strand->fd, &strand->peer);
	next = ended;
	do
		strand->next = next;
	while (!atomic_compare_exchange_weak(&ended, &next, strand));
	/* Only the first to end wakes the host. */
	if (next == NULL && write(wake, "", 1) < 0)
		errno = 0;
	return NULL;
}

static int
strands_open(struct host *h)
{
	static struct budget budget;

	h->post.budget = &budget;
	strands_at = calloc((size_t)h->places, sizeof(*strands_at));
	return strands_at != NULL ? 0 : -1;
}

static int
strands_start(struct host *h, int place, int fd, const struct peer *peer)
{
	struct strand *strand = malloc(sizeof(*strand));
	pthread_attr_t attr;
	sigset_t all, before;
	pthread_t thread;
	int error;

	if (strand == NULL)
		return -1;
	strand->host = h;
	strand->place = place;
	strand->fd = fd;
	strand->peer = *peer;
	(void)pthread_attr_init(&attr);
	(void)pthread_attr_setstacksize(&attr, STACK_BYTES);
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	/* Signals are for the host's thread. */
	sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, &attr, strand_main, strand);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)pthread_attr_destroy(&attr);
	if (error == 0) {
		strands_at[place] = strand;
		return 0;
	}
	free(strand);
	errno = error;
	return -1;
}

static void
strands_reap(struct host *h)
{
	struct strand *strand, *next;
	char waste[64];

	while (read(h->wake[0], waste, sizeof(waste)) > 0)
		;
	for (strand = atomic_exchange(&ended, NULL); strand != NULL;
	     strand = next) {
		next = strand->next;
		host_forget(h, strand->place);
		free(strand);
	}
}

/* A thread that hangs cannot be ended from outside without harm to what it
 * shares with the others: it keeps its place until the host leaves. */
static void
strands_watch(struct host *h, int64_t now)
{
	(void)h;
	(void)now;
}

/* It does not close the socket while its place is PLACE_TAKEN. */
static void
strands_expel(struct host *h, int place)
{
	(void)h;
	(void)shutdown(strands_at[place]->fd, SHUT_RD);
}

/* They are continued with the process. */
static void
strands_wake(struct host *h)
{
	(void)h;
}

/* They go with the process. */
static void
strands_kill(struct host *h)
{
	(void)h;
}

static void
strands_close(struct host *h)
{
	(void)h;
	free(strands_at);
}

static const struct host_model strands = {
    .name = "thread",
    .shares = true,
    .open = strands_open,
    .start = strands_start,
    .reap = strands_reap,
    .watch = strands_watch,
    .expel = strands_expel,
    .wake = strands_wake,
    .kill = strands_kill,
    .close = strands_close,
};

int
worker_thread_per_client(const struct worker_config *config, int row)
{
	return host_run(&strands, config, row);
}
