/*
 * archive.h - a directory as a stream of bytes: its files, one after another,
 * in the format of tar.h. For src/service alone.
 *
 * First there is a plan: a file without a name (pages.h) with an item for each
 * entry, in order, and the length of the whole archive in its last eight
 * bytes. The bytes of the archive follow from plan and files: the answer in
 * the journal has the plan as a descriptor, how far it is carried out, and the
 * file that is being sent. A takeover goes on from there. A file that
 * is not what was planned, or changes while it is sent, ends the connection
 * before the length that was promised.
 */
#ifndef SERVICE_ARCHIVE_H
#define SERVICE_ARCHIVE_H

#include "reply.h"

enum { PLAN_ITEM_BYTES = PATH_BYTES + 64 };

/* Puts an item behind the others and adds to *length what it adds to the
 * archive, 0; -1 with errno: too long. path: below the root; of a directory,
 * with a '/' at its end. skip: bytes of it that no path in the archive has. */
int archive_plan(struct out *o, const char *path, size_t skip, int64_t size,
    int64_t mtime, int64_t *length);

/* The last of a plan. */
void archive_plan_end(struct out *o, int64_t length);

/* Makes p the reply with the archive of the plan p->file, which is `length`
 * bytes long. 0, or -1 with errno. */
int archive_reply(struct reply *p, int64_t length);

/* Renders, when all before has been sent, the next piece of the archive that
 * the connection is being sent, and makes it owed. 0; -1: it cannot be, and
 * the connection is to be closed. */
int archive_more(struct conn *c, struct serving *s);

#endif
