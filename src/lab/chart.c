#include "chart.h"

#include <stdio.h>
#include <string.h>

#include "steady.h"

/* Which servers are the same, in place of their pids. */
static void
write_servers(struct json *j, const pid_t *server, int n)
{
	int i, first;

	json_begin(j, "servers", '[');
	for (i = 0; i < n; i++) {
		for (first = 0; server[first] != server[i]; first++)
			;
		json_count(j, NULL, first);
	}
	json_end(j, ']');
}

void
chart_crowd(struct json *j, const char *key, const void *picture)
{
	const struct chart_crowd *crowd = picture;
	int i;

	json_begin(j, key, '{');
	write_servers(j, crowd->server, CHART_CROWD);
	json_begin(j, "hit", '[');
	for (i = 0; i < CHART_CROWD; i++)
		json_bool(j, NULL, crowd->hit[i]);
	json_end(j, ']');
	json_end(j, '}');
}

static void
write_spans(struct json *j, const struct steady_client *c)
{
	int i;

	json_begin(j, NULL, '[');
	for (i = 0; i < c->spans; i++) {
		json_begin(j, NULL, '{');
		json_number(j, "from", (double)c->span[i].from, 1);
		json_number(j, "to", (double)c->span[i].to, 1);
		json_bool(j, "lost", c->span[i].lost);
		json_end(j, '}');
	}
	json_end(j, ']');
}

void
chart_strip(struct json *j, const char *key, const void *picture)
{
	const struct steady *s = picture;
	int i;

	json_begin(j, key, '{');
	json_count(j, "seen_ms", STEADY_SEEN_MS);
	json_number(j, "fault_ms", (double)(s->fault - s->begun) / 1e6, 1);
	json_number(j, "end_ms", (double)(s->ended - s->begun) / 1e6, 1);
	write_servers(j, s->server, STEADY_CLIENTS);
	json_begin(j, "clients", '[');
	for (i = 0; i < STEADY_CLIENTS; i++)
		write_spans(j, &s->client[i]);
	json_end(j, ']');
	json_end(j, '}');
}

void
chart_curve(struct json *j, const char *key, const void *picture)
{
	const struct chart_curve *curve = picture;
	const struct proc_memory *m = curve->memory;
	int i;

	json_begin(j, key, '[');
	for (i = 0; i < curve->points; i++, m++) {
		json_begin(j, NULL, '{');
		json_count(j, "clients", curve->clients[i]);
		json_count(j, "rss_kib", m->rss);
		json_count(j, "pss_kib", m->pss);
		json_count(j, "uss_kib", m->uss);
		json_count(j, "tables_kib", m->tables);
		json_count(j, "processes", m->processes);
		json_end(j, '}');
	}
	json_end(j, ']');
}

/* What a range is, in words; paths are shortened to the file's name. */
static const char *
what_is(const struct proc_range *r)
{
	const char *slash = strrchr(r->name, '/');

	if (r->mode[3] == 's')
		return "memory shared on purpose";
	if (r->name[0] == '\0')
		return "memory without a name (heap, stacks of threads)";
	return slash != NULL ? slash + 1 : r->name;
}

void
chart_pages(struct json *j, const char *key, const void *picture)
{
	const struct chart_pages *pages = picture;
	const struct proc_range *r;
	char addresses[48];

	json_begin(j, key, '[');
	for (r = pages->range; r < pages->range + pages->ranges; r++) {
		(void)snprintf(addresses, sizeof(addresses), "%llx-%llx",
		    (unsigned long long)r->begin, (unsigned long long)r->end);
		json_begin(j, NULL, '{');
		json_text(j, "addresses", addresses);
		json_text(j, "mode", r->mode);
		json_count(j, "resident_kib", r->rss);
		json_count(j, "shared_kib", r->shared);
		json_count(j, "private_kib", r->private);
		json_text(j, "what", what_is(r));
		json_end(j, '}');
	}
	json_end(j, ']');
}
