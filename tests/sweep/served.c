/*
 * served - prefork with a service more, and all that there is to one: each line
 * comes back, and a line `exit` ends it.
 *
 *	PREFORK=tests/sweep/served scripts/sweep echo
 */
#include <string.h>

#include "../served.h"
#include "service/conn.h"
#include "stream/input.h"
#include "stream/output.h"

static int
lines_answer(struct conn *c, struct serving *s)
{
	const int64_t parsed = answer_now(c->r)->parsed;
	const char *line;
	size_t len;
	int whole = input_line(s->journal, c->r, 1024, &line, &len);
	bool exits;

	if (whole <= 0)
		return whole;
	exits = len == 5 && memcmp(line, "exit", 4) == 0;
	return output_push(s->journal, c->r, line, exits ? 0 : len,
	    parsed + (int64_t)len, exits);
}

static const struct service lines = {
    .name = "lines", .id = 9, .answer = lines_answer};

int
main(int argc, char **argv)
{
	return served_main(&lines, argc, argv);
}
