#include "lookup.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { HOST_BYTES = 256, PORT_BYTES = 8 };

struct question {
	char host[HOST_BYTES], port[PORT_BYTES];
	int to;
};

struct found {
	int error;
	struct addrinfo *list; /* NULL: none */
};

/* The question is the thread's own, and so is the list until it is sent. */
static void *
answer(void *own)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct found found = {0, NULL};
	struct question *q = own;

	found.error = getaddrinfo(q->host, q->port, &hints, &found.list);
	if (send(q->to, &found, sizeof(found), MSG_NOSIGNAL) !=
		(ssize_t)sizeof(found) &&
	    found.error == 0)
		freeaddrinfo(found.list);
	(void)close(q->to);
	free(q);
	return NULL;
}

/* Signals are for the thread that waits. */
static int
start_thread(struct question *q)
{
	sigset_t all, before;
	pthread_t thread;
	int error;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, answer, q);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		(void)pthread_detach(thread);
	return error;
}

int
lookup_begin(const char *host, const char *port)
{
	struct question *q = malloc(sizeof(*q));
	int ends[2];

	if (q == NULL || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) {
		free(q);
		return -1;
	}
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	(void)snprintf(q->host, sizeof(q->host), "%s", host);
	(void)snprintf(q->port, sizeof(q->port), "%s", port);
	q->to = ends[1];
	/* Where there may be no thread it takes the time that it takes. */
	if (start_thread(q) != 0)
		(void)answer(q);
	return ends[0];
}

int
lookup_end(int fd, struct addrinfo **list)
{
	struct found found;

	if (recv(fd, &found, sizeof(found), 0) != (ssize_t)sizeof(found))
		return EAI_AGAIN;
	*list = found.list;
	return found.error;
}
