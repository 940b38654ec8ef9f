#include "bench/crowd.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct link *
link_at(const struct crowd *cr, int i)
{
	return (struct link *)(void *)(cr->clients + (size_t)i * cr->size);
}

void
crowd_init(struct crowd *cr, struct poller *poller, void *clients, size_t size,
    int count)
{
	int i;

	*cr = (struct crowd){
	    .poller = poller, .clients = clients, .size = size, .count = count};
	for (i = 0; i < count; i++)
		*link_at(cr, i) = (struct link){.fd = -1};
}

void *
crowd_client(const struct crowd *cr, uint64_t tag)
{
	return link_at(cr, (int)(tag - cr->first));
}

int
crowd_number(const struct crowd *cr, const struct link *link)
{
	return (int)((size_t)((const unsigned char *)link - cr->clients) /
		     cr->size);
}

static uint64_t
tag_of(const struct crowd *cr, const struct link *link)
{
	return cr->first + (uint64_t)crowd_number(cr, link);
}

int
crowd_dial(struct crowd *cr, struct link *link, const struct dial *dial)
{
	int fd = dial_start(dial);

	if (fd < 0)
		return -1;
	if (poller_add(cr->poller, fd, POLLOUT, tag_of(cr, link)) != 0) {
		int saved = errno;

		(void)close(fd);
		errno = saved;
		return -1;
	}
	*link = (struct link){.fd = fd, .connecting = true, .events = POLLOUT};
	cr->connecting++;
	return 0;
}

void
crowd_hang_up(struct crowd *cr, struct link *link)
{
	if (link->fd < 0)
		return;
	poller_forget(cr->poller, link->fd);
	(void)close(link->fd);
	if (link->connecting)
		cr->connecting--;
	else
		cr->connected--;
	*link = (struct link){.fd = -1};
}

void
crowd_hang_up_all(struct crowd *cr)
{
	int i;

	for (i = 0; i < cr->count; i++)
		crowd_hang_up(cr, link_at(cr, i));
}

static void
tag_anew(struct crowd *cr, int i)
{
	struct link *link = link_at(cr, i);

	if (link->fd >= 0)
		(void)poller_mod(cr->poller, link->fd, link->events,
		    cr->first + (uint64_t)i);
}

void
crowd_swap(struct crowd *cr, int i, int k)
{
	unsigned char *a = cr->clients + (size_t)i * cr->size;
	unsigned char *b = cr->clients + (size_t)k * cr->size, byte;
	size_t n;

	if (i == k)
		return;
	for (n = 0; n < cr->size; n++) {
		byte = a[n];
		a[n] = b[n];
		b[n] = byte;
	}
	tag_anew(cr, i);
	tag_anew(cr, k);
}

void
crowd_want(struct crowd *cr, struct link *link, short events)
{
	if (link->events == events || link->fd < 0)
		return;
	link->events = events;
	(void)poller_mod(cr->poller, link->fd, events, tag_of(cr, link));
}

enum crowd_news
crowd_event(struct crowd *cr, const struct poller_event *event)
{
	struct link *link = crowd_client(cr, event->tag);
	int error;

	if (link->fd < 0)
		return CROWD_NOTHING;
	if (!link->connecting)
		return CROWD_READY;
	error = dial_result(link->fd);
	if (error != 0) {
		crowd_hang_up(cr, link);
		errno = error;
		return CROWD_UNCONNECTED;
	}
	link->connecting = false;
	cr->connecting--;
	cr->connected++;
	crowd_want(cr, link, POLLIN);
	return CROWD_CONNECTED;
}

static bool
is_passing(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

ssize_t
link_receive(const struct link *link, void *bytes, size_t size)
{
	ssize_t n = recv(link->fd, bytes, size, 0);

	if (n > 0)
		return n;
	if (n < 0 && is_passing(errno))
		return 0;
	if (n == 0)
		errno = 0;
	return -1;
}

ssize_t
link_send(const struct link *link, const void *bytes, size_t len)
{
	ssize_t n = send(link->fd, bytes, len, MSG_NOSIGNAL);

	return n < 0 && is_passing(errno) ? 0 : n;
}
