/*
 * consumed = tcpi_bytes_received - SIOCINQ
 * written  = tcpi_bytes_acked + SIOCOUTQ
 *
 * A FIN counts as a byte: the peer's in tcpi_bytes_received once it has
 * arrived, ours in what is written once it is queued.
 */
#define _GNU_SOURCE
#include "os/ledger.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/ready.h"

/* The states of a TCP connection, as tcpi_state has them. */
enum {
	ESTABLISHED = 1,
	FIN_WAIT1 = 4,
	FIN_WAIT2 = 5,
	TIME_WAIT = 6,
	CLOSED = 7,
	CLOSE_WAIT = 8,
	LAST_ACK = 9,
	CLOSING = 11
};

/* Tries to see the same numbers before and after the queues were read. */
enum { TRIES = 100 };

static int
read_info(int fd, struct tcp_info *info)
{
	socklen_t len = sizeof(*info);

	memset(info, 0, sizeof(*info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, info, &len) != 0)
		return -1;
	if (len < offsetof(struct tcp_info, tcpi_bytes_received) +
		      sizeof(info->tcpi_bytes_received)) {
		errno = ENOSYS;
		return -1;
	}
	return 0;
}

static bool
agree(const struct tcp_info *a, const struct tcp_info *b)
{
	return a->tcpi_state == b->tcpi_state &&
	       a->tcpi_bytes_received == b->tcpi_bytes_received &&
	       a->tcpi_bytes_acked == b->tcpi_bytes_acked;
}

int
ledger_read(int fd, struct ledger *l)
{
	struct tcp_info before, after;
	int state, unread = 0, unsent = 0, tries = 0;

	do {
		if (++tries > TRIES) {
			errno = EAGAIN;
			return -1;
		}
		if (read_info(fd, &before) != 0 ||
		    ioctl(fd, SIOCINQ, &unread) != 0 ||
		    ioctl(fd, SIOCOUTQ, &unsent) != 0 ||
		    read_info(fd, &after) != 0)
			return -1;
	} while (!agree(&before, &after));
	state = after.tcpi_state;
	memset(l, 0, sizeof(*l));
	l->peer_done = state == CLOSE_WAIT || state == LAST_ACK ||
		       state == CLOSING || state == TIME_WAIT;
	l->own_done = state == FIN_WAIT1 || state == FIN_WAIT2 ||
		      state == CLOSING || state == LAST_ACK ||
		      state == TIME_WAIT;
	l->dead = state == CLOSED;
	l->consumed = (int64_t)after.tcpi_bytes_received - unread -
		      (l->peer_done ? 1 : 0);
	l->written =
	    (int64_t)after.tcpi_bytes_acked + unsent - (l->own_done ? 1 : 0);
	return 0;
}

bool
ledger_is_kept(int fd)
{
	int domain = AF_INET;
	socklen_t len = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len) != 0 ||
	       domain != AF_UNIX;
}

/* A connected pair over the loopback: ends[0] connected to ends[1]. */
static int
make_pair(int ends[2])
{
	struct sockaddr_in in;
	socklen_t len = sizeof(in);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memset(&in, 0, sizeof(in));
	in.sin_family = AF_INET;
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ends[1] = -1;
	if (listener >= 0 && ends[0] >= 0 &&
	    bind(listener, (struct sockaddr *)&in, sizeof(in)) == 0 &&
	    listen(listener, 1) == 0 &&
	    getsockname(listener, (struct sockaddr *)&in, &len) == 0 &&
	    connect(ends[0], (struct sockaddr *)&in, sizeof(in)) == 0) {
		ends[1] = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		/* It is closed before anything is executed. */
		if (ends[1] < 0)
			ends[1] = accept(listener, NULL, NULL);
	}
	if (listener >= 0)
		(void)close(listener);
	return ends[1] >= 0 ? 0 : -1;
}

/* Does the ledger of fd say so, now or within a second? Loopback delivers at
 * once, but acknowledges when it pleases. */
static bool
says(int fd, int64_t consumed, int64_t written, bool peer_done)
{
	struct ledger l;
	int tries;

	for (tries = 0; tries < 1000; tries++) {
		if (ledger_read(fd, &l) != 0)
			return false;
		if (l.consumed == consumed && l.written == written &&
		    l.peer_done == peer_done)
			return true;
		ready_pause(1);
	}
	return false;
}

bool
ledger_works(void)
{
	char data[1000];
	int ends[2];
	bool works = false;

	memset(data, 'x', sizeof(data));
	if (make_pair(ends) == 0)
		works = says(ends[1], 0, 0, false) &&
			send(ends[0], data, 1000, 0) == 1000 &&
			recv(ends[1], data, 300, MSG_WAITALL) == 300 &&
			send(ends[1], data, 700, 0) == 700 &&
			says(ends[1], 300, 700, false) &&
			shutdown(ends[0], SHUT_WR) == 0 &&
			says(ends[1], 300, 700, true) &&
			recv(ends[1], data, 700, MSG_WAITALL) == 700 &&
			says(ends[1], 1000, 700, true);
	if (ends[0] >= 0)
		(void)close(ends[0]);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	return works;
}
