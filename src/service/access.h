/*
 * access.h - lines of the access log whose answers have not ended yet: they are
 * kept in the journal. For src/service alone.
 *
 * A line is noted with the answer that it is about, in the same store that
 * makes the answer owed, and written when the answer's last byte has been
 * sent, or when the connection ends before that.
 */
#ifndef SERVICE_ACCESS_H
#define SERVICE_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "reply.h"

/* Is there room for one more line? */
bool access_has_room(const struct conn *c, const struct serving *s);

/* Notes the line of a reply whose body lies at [body, end) of the answer
 * stream. Returns answer.log_end behind it, -1 if there is no buffer. */
int64_t access_note(struct conn *c, struct serving *s, const struct reply *p,
    int64_t body, int64_t end);

/* Writes the lines of all answers that have been sent; if `all`, of the others
 * too, since nothing more will be. r->log_buf must be there. */
void access_write(struct conn *c, struct serving *s, bool all);

#endif
