/* The closing table: which model for what, by what was measured. */
#include "report.h"

#include <stdio.h>
#include <string.h>

const struct closing_row closing_rows[CLOSING_ROWS] = {
    {"Crash isolation", "segv", true,
	{{"others_lost", 0, "{others_lost:0} others disconnected"},
	    {NULL, 0, "others stay connected"}}},
    {"A hang", "hang", true,
	{{"others_lost", 0,
	     "{others_lost:0} others disconnected, back after "
	     "{longest_wait_ms:0} ms"},
	    {NULL, 0, "others wait {longest_wait_ms:0} ms at most"}}},
    {"Shared state", "variable", true,
	{{"seen_in_other_processes", 0, "seen by other processes"},
	    {"processes", 1, "only on purpose: {processes:0} processes"},
	    {NULL, 0, "everything, by every thread"}}},
    {"Memory of a client", "memory", true,
	{{NULL, 0, "{pss_per_client_kib+tables_per_client_kib:1} KiB"}}},
    {"Switch cost", "speed", true,
	{{NULL, 0,
	    "{cpu_us_per_round_trip:1} us for a round trip, 99 of 100 within "
	    "{p99_us:0} us"}}},
    {"Cost of a connection", "speed", false,
	{{NULL, 0, "{connections_per_second:0} connections/s"}}},
    {"Debugging a crash", "segv", false,
	{{"culprit_named", 0, "the log names the client"},
	    {NULL, 0, "the log names no client"}}},
    {"Software of this kind", "segv", false, {{NULL, 0, NULL}}},
};

static const struct experiment *
find(const struct report *r, const char *id)
{
	int i;

	for (i = 0; i < r->experiments; i++)
		if (r->experiment[i].ran &&
		    strcmp(r->experiment[i].recipe->id, id) == 0)
			return &r->experiment[i];
	return NULL;
}

/* Writes the figure, or the sum of some, that begins at "{", and goes on behind
 * its "}". Returns how many bytes it is. */
static size_t
put_figure(char *out, size_t size, const char **text,
    const struct experiment *e, int variant)
{
	const char *at = *text;
	double sum = 0;
	char key[64];
	int n;

	do {
		n = (int)strcspn(++at, "+:");
		(void)snprintf(key, sizeof(key), "%.*s", n, at);
		sum += experiment_values(e, key)[variant].median;
		at += n;
	} while (*at == '+');
	*text = at + sizeof(":N}") - 1;
	say(out, size, "%.*f", at[1] - '0', sum);
	return strlen(out);
}

static void
put(char out[CLOSING_TEXT], const char *text, const struct experiment *e,
    int variant)
{
	size_t n = 0;

	while (*text != '\0' && n < CLOSING_TEXT - 1) {
		if (*text == '{')
			n += put_figure(
			    out + n, CLOSING_TEXT - n, &text, e, variant);
		else
			out[n++] = *text++;
	}
	out[n] = '\0';
}

char *
closing_cell(char out[CLOSING_TEXT], const struct report *r,
    const struct closing_row *row, int variant)
{
	const struct experiment *e = find(r, row->id);
	int i = 0;

	if (row->say[0].text == NULL) {
		/* What is known without measuring needs no experiment. */
		say(out, CLOSING_TEXT, "%s", variants[variant].known);
		return out;
	}
	if (e == NULL || e->value[0][variant].samples == 0) {
		say(out, CLOSING_TEXT, "not measured");
		return out;
	}
	while (row->say[i].figure != NULL &&
	       experiment_values(e, row->say[i].figure)[variant].median <=
		   row->say[i].above)
		i++;
	put(out, row->say[i].text, e, variant);
	return out;
}
