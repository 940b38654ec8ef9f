#include "chart.h"

#include <stdio.h>
#include <string.h>

/* --- crowds --- */

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

static void
write_crowds(struct json *j, const struct experiment *e, const bool *chosen)
{
	const struct chart_crowd *crowds = e->data;
	int v, i;

	json_begin(j, "crowds", '{');
	for (v = 0; crowds != NULL && v < VARIANTS; v++) {
		if (!chosen[v] || !crowds[v].known)
			continue;
		json_begin(j, variants[v].name, '{');
		write_servers(j, crowds[v].server, CHART_CROWD);
		json_begin(j, "hit", '[');
		for (i = 0; i < CHART_CROWD; i++)
			json_bool(j, NULL, crowds[v].hit[i]);
		json_end(j, ']');
		json_end(j, '}');
	}
	json_end(j, '}');
}

const struct chart chart_crowds = {"crowds", write_crowds};

/* --- parts of a whole --- */

static void
write_parts(struct json *j, const struct chart_stack *s)
{
	int i;

	json_begin(j, "parts", '[');
	for (i = 0; i < s->parts; i++) {
		json_begin(j, NULL, '{');
		json_text(j, "figure", s->part[i].key);
		json_text(j, "look", s->part[i].look);
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
write_stacks(struct json *j, const struct experiment *e, const bool *chosen)
{
	(void)chosen;
	write_parts(j, e->data);
}

const struct chart chart_stacks = {"stacks", write_stacks};

/* --- strips --- */

static double
ms_of(const struct steady *p, int64_t at)
{
	return (double)(at - p->begun) / 1e6;
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

static void
write_strips(struct json *j, const struct experiment *e, const bool *chosen)
{
	const struct chart_strip *strips = e->data;
	const struct steady *p;
	int v, i;

	json_count(j, "seen_ms", STEADY_SEEN_MS);
	json_begin(j, "strips", '{');
	for (v = 0; strips != NULL && v < VARIANTS; v++) {
		if (!chosen[v] || !strips[v].known)
			continue;
		p = &strips[v].run;
		json_begin(j, variants[v].name, '{');
		json_number(j, "fault_ms", ms_of(p, p->fault), 1);
		json_number(j, "end_ms", ms_of(p, p->ended), 1);
		write_servers(j, p->server, STEADY_CLIENTS);
		json_begin(j, "clients", '[');
		for (i = 0; i < STEADY_CLIENTS; i++)
			write_spans(j, &p->client[i]);
		json_end(j, ']');
		json_end(j, '}');
	}
	json_end(j, '}');
}

const struct chart chart_strips = {"strips", write_strips};

/* --- bars --- */

const struct chart chart_bars = {"bars", NULL};

/* --- memory --- */

static void
write_curves(struct json *j, const struct experiment *e, const bool *chosen)
{
	const struct chart_curve *curves = e->data;
	const struct family_memory *m;
	int v, i;

	json_begin(j, "curves", '{');
	for (v = 0; curves != NULL && v < VARIANTS; v++) {
		if (!chosen[v])
			continue;
		json_begin(j, variants[v].name, '[');
		for (i = 0; i < curves[v].points; i++) {
			m = &curves[v].memory[i];
			json_begin(j, NULL, '{');
			json_count(j, "clients", curves[v].clients[i]);
			json_count(j, "rss_kib", m->rss);
			json_count(j, "pss_kib", m->pss);
			json_count(j, "uss_kib", m->uss);
			json_count(j, "tables_kib", m->tables);
			json_count(j, "processes", m->processes);
			json_end(j, '}');
		}
		json_end(j, ']');
	}
	json_end(j, '}');
}

const struct chart chart_curves = {"curves", write_curves};

/* --- address spaces --- */

/* What a range is, in words; paths are shortened to the file's name. */
static const char *
what_is(const struct family_range *r)
{
	const char *slash = strrchr(r->name, '/');

	if (r->mode[3] == 's')
		return "memory shared on purpose";
	if (r->name[0] == '\0')
		return "memory without a name (heap, stacks of threads)";
	return slash != NULL ? slash + 1 : r->name;
}

static void
write_range(struct json *j, const struct family_range *r)
{
	char begin[24], end[24];

	(void)snprintf(
	    begin, sizeof(begin), "%llx", (unsigned long long)r->begin);
	(void)snprintf(end, sizeof(end), "%llx", (unsigned long long)r->end);
	json_begin(j, NULL, '{');
	json_text(j, "begin", begin);
	json_text(j, "end", end);
	json_text(j, "mode", r->mode);
	json_count(j, "resident_kib", r->rss);
	json_count(j, "shared_kib", r->shared);
	json_count(j, "private_kib", r->private);
	json_text(j, "what", what_is(r));
	json_end(j, '}');
}

static void
write_pages(struct json *j, const struct experiment *e, const bool *chosen)
{
	static const struct chart_stack parts = {
	    3, {{"both_write_kib", "bad"}, {"shared_kib", "plain"},
		   {"private_kib", "good"}}};
	const struct chart_pages *pages = e->data;
	int v, i;

	write_parts(j, &parts);
	json_begin(j, "ranges", '{');
	for (v = 0; pages != NULL && v < VARIANTS; v++) {
		if (!chosen[v] || pages[v].ranges <= 0)
			continue;
		json_begin(j, variants[v].name, '[');
		for (i = 0; i < pages[v].ranges; i++)
			write_range(j, &pages[v].range[i]);
		json_end(j, ']');
	}
	json_end(j, '}');
}

const struct chart chart_pages = {"pages", write_pages};
