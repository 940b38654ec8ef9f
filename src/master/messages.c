/*
 * What children and standbys report to the master, and what follows from it.
 */
#include "processes.h"

#include <errno.h>

#include "base/log.h"
#include "os/channel.h"

/* A child may send any number as an errno. */
enum { ERRNO_MAX = 4096 };

/* May this child blame a client? A host of client processes may for each of
 * them that dies; a worker that took over may once. */
static bool
may_accuse(const struct master *m, struct child *child)
{
	bool may = child->accuses;

	child->accuses = false;
	return may || (!m->config->model->pools && !m->config->model->threads);
}

/* Counts a death that a client of this network has caused. A client that causes
 * many is likely to be guessing a secret. */
static void
blame(struct master *m, uint64_t network)
{
	struct board_master *board = board_master(m->config->worker.board);
	char name[PEER_TEXT];
	struct peer peer;
	bool anew;
	int at;

	at = blame_count(&m->blamed, network, m->now, m->config->blames, &anew);
	if (at < 0)
		return;
	board_set(board->refused[at].network, network);
	board_set(board->refused[at].until, m->now + BLAME_REFUSE_MS);
	board_set(board->refusing, m->now + BLAME_REFUSE_MS);
	board_set(board->refusals, board_get(board->refusals) + 1);
	if (!anew)
		return;
	peer_of_network(&peer, network);
	peer_address(name, &peer);
	log_warn("%s%s is blamed for more than %d deaths in a minute: "
		 "refused for a minute after the last",
	    name, peer.family == 6 ? "/64" : "", m->config->blames);
}

/* A standby has reported. If its slot waits for it, it takes over as soon as
 * the slot has rested. */
static void
note_standby(struct master *m, int index, pid_t pid)
{
	struct slot *s = &m->slot[index];

	standbys_note(m, index, pid);
	if (s->state == SLOT_RESTING && s->standby == pid)
		s->deadline = s->rested;
}

/* Logs it once for all workers. */
static void
note_no_exec(struct master *m, int error)
{
	if (!m->no_exec_told) {
		errno = error;
		log_warn(
		    "workers cannot begin their program anew, and have the "
		    "addresses of those before them:");
	}
	m->no_exec_told = true;
}

/* Takes away the message that was looked at, unless that end was closed. */
static void
take_away(const struct end *end, struct worker_message *message)
{
	pid_t from;

	if (children_end(end->fd).file == end->file)
		(void)channel_hear(end->fd, message, sizeof(*message), &from);
}

/* Looks at the next message. If another master may follow, it stays there until
 * it was heeded. A message of a wrong size means nothing, and is taken away. */
static int
look(const struct master *m, const struct end *end,
    struct worker_message *message, pid_t *from, bool *stays)
{
	int n = m->state == NULL
		    ? 0
		    : channel_look(end->fd, message, sizeof(*message), from);

	*stays = n > 0;
	return n == 0 ? channel_hear(end->fd, message, sizeof(*message), from)
		      : n;
}

/* A worker could not begin its program anew. In an upgrade the new program is
 * to blame for that. */
static void
note_unchanged(struct master *m, int index, int error)
{
	if (!upgrade_unchanged(m, index) && error != 0)
		note_no_exec(m, error);
}

static void
heed(struct master *m, int index, struct child *child,
    const struct worker_message *message, pid_t from)
{
	/* Not of one that is dead, or of a standby. */
	const bool its_own = from == 0 || from == child->pid;

	if (message->what == SAYS_READY && its_own)
		actions_handle(m, index, SLOT_READY);
	else if (message->what == SAYS_STANDBY && from != 0)
		note_standby(m, index, from);
	else if (message->what == SAYS_UNCHANGED && its_own)
		note_unchanged(m, index, (int)(message->value % ERRNO_MAX));
	else if (message->what == SAYS_BLAMED && its_own &&
		 may_accuse(m, child)) {
		slot_excuse(&m->slot[index].history);
		blame(m, message->value);
	}
}

bool
messages_read(struct master *m, int index, struct child *child)
{
	const struct end end = child->ready;
	struct worker_message message;
	pid_t from = 0;
	bool stays;
	int n;

	if (end.fd < 0)
		return false;
	n = look(m, &end, &message, &from, &stays);
	if (n < 0)
		children_close_end(&child->ready);
	if (n <= 0)
		return false;
	heed(m, index, child, &message, from);
	state_write(m);
	if (stays)
		take_away(&end, &message);
	return true;
}
