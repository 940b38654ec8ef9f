/* Second pass: what the table of descriptors holds that no record names. */
#include "takeover.h"

#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "os/ledger.h"
#include "service/registry.h"

enum {
	FD_SPARE = 64 /* descriptors to look at above the highest that a record
		       * named: a worker has only a few others open */
};

static bool
local_name(int fd, struct peer *name)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);

	memset(&address, 0, sizeof(address));
	if (getsockname(fd, (struct sockaddr *)&address, &len) != 0)
		return false;
	peer_from(name, &address);
	return true;
}

static bool
is_same_address(const struct peer *a, const struct peer *b)
{
	return a->family == b->family &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

/* The listener by which the socket was accepted: the one of its address, or
 * else one of all addresses at its port. -1: none, a service has opened it. */
static int
accepted_by(const struct pool *p, int fd)
{
	struct peer name, ours;
	int i, found = -1;

	if (!local_name(fd, &name))
		return -1;
	for (i = 0; i < p->config->listeners; i++) {
		if (!local_name(FD_LISTEN + i, &ours) || ours.port != name.port)
			continue;
		if (is_same_address(&ours, &name))
			return i;
		found = i;
	}
	return found;
}

/* Is it a client that was accepted and not yet recorded? Of such a one nothing
 * has been read or written. *listener: by which it came. */
static bool
is_new_client(const struct pool *p, int fd, int *listener, struct peer *peer)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct ledger l;

	*listener = accepted_by(p, fd);
	if (*listener < 0 ||
	    getpeername(fd, (struct sockaddr *)&address, &len) != 0 ||
	    ledger_read(fd, &l) != 0)
		return false;
	peer_from(peer, &address);
	return !l.dead && !l.own_done && l.consumed == 0 && l.written == 0;
}

void
takeover_walk_table(struct takeover *t)
{
	struct pool *p = t->p;
	int fd, listener, end = p->journal.head->fd_top;
	struct record *r;
	bool status;
	struct peer peer;

	if (t->fault || end < 0 || end > p->config->descriptors - FD_SPARE)
		end = p->config->descriptors;
	else
		end += FD_SPARE;
	for (fd = FD_CLIENTS; fd < end; fd++) {
		if (t->of_fd[fd] != NOBODY || fcntl(fd, F_GETFD) < 0)
			continue;
		r = NULL;
		if (is_new_client(p, fd, &listener, &peer)) {
			status = worker_status_at(p->config, listener);
			r = journal_take(&p->journal, fd,
			    service_met(&p->config->service, status), &peer);
		}
		if (r == NULL) {
			(void)close(fd);
			continue;
		}
		/* It is not stepped yet: what a step opens could lie further on
		 * in the table, and this loop would close it. */
		t->verdict[journal_index(&p->journal, r)] = ARRIVED;
		if (!status)
			board_add(board_row(p->config->board, p->row),
			    COUNT_CLIENTS, 1);
	}
}
