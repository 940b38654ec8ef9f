#include "queue.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "service/conn.h"

enum { PEEK_BYTES = 8192 };

void
queue_add(struct queue *q, int fd, const struct peer *peer, int64_t now)
{
	struct waiting *w = &q->client[q->count++];

	w->fd = fd;
	w->asks = false;
	w->came = now;
	w->looked = 0;
	w->peer = *peer;
}

void
queue_remove(struct queue *q, int i)
{
	q->count--;
	memmove(&q->client[i], &q->client[i + 1],
	    (size_t)(q->count - i) * sizeof(q->client[0]));
}

bool
queue_look(struct waiting *w, const struct service *service, int64_t now)
{
	char peek[PEEK_BYTES];
	ssize_t n;

	if (w->asks || now - w->looked < QUEUE_LOOK_MS)
		return true;
	w->looked = now;
	n = recv(w->fd, peek, sizeof(peek), MSG_PEEK);
	if (n <= 0)
		return n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
	w->asks = n == sizeof(peek) || service->asks == NULL ||
		  service->asks(peek, (size_t)n);
	return true;
}

int
queue_silent(const struct queue *q, int64_t now)
{
	int i;

	for (i = 0; i < q->count; i++)
		if (!q->client[i].asks &&
		    now - q->client[i].came >= CONN_MOMENT_MS)
			return i;
	return -1;
}
