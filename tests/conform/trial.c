#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conform.h"

static enum verdict
because(struct trial *t, enum verdict v, const char *what, const char *detail)
{
	snprintf(t->why, sizeof(t->why), "%s%s", what, detail);
	return v;
}

enum verdict
trial_run(struct trial *t, const struct server *s, const struct row *row)
{
	memset(t, 0, sizeof(*t));
	t->x.fd = -1;
	t->row = row;
	t->server = s;
	if (words_fill(&t->words, row->send, &s->facts) != 0)
		return because(t, MISSED, "the row cannot be sent", "");
	if (t->words.lacking != NULL)
		return because(
		    t, NOT_ASKED, "the server sends ", t->words.lacking);
	if (exchange_open(&t->x, &s->to, s->patience) != 0)
		return because(t, MISSED, "connect: ", strerror(errno));
	exchange_send(&t->x, &t->words);
	if (row->given != NULL && !judge_given(t, row->given))
		return NOT_ASKED;
	if (row->expect == NULL)
		return HELD;
	return judge(t, row->expect) ? HELD : MISSED;
}

void
trial_release(struct trial *t)
{
	exchange_close(&t->x);
	words_release(&t->words);
}
