/* Charts of who noticed what: crowds of dots, and strips over time. */
#include "lab/chart.h"

enum {
	WIDE = 340,
	COLUMNS = 12,
	CELL = 26,
	EDGE = 14, /* beside the dots, and left of the strips */
	TOP = 24,
	ROW = 7,
	STRIP = 5,
	GAPS = 8 /* more of them would mean nothing */
};

/* --- crowds --- */

/* The order in which they stand: by server, that of the first one first. */
static void
put_in_order(const struct chart_crowd *c, int order[CHART_CROWD])
{
	bool taken[CHART_CROWD] = {false};
	int i, k, n = 0;

	for (i = 0; i < CHART_CROWD; i++) {
		if (taken[i])
			continue;
		for (k = i; k < CHART_CROWD; k++) {
			if (taken[k] || c->server[k] != c->server[i])
				continue;
			taken[k] = true;
			order[n++] = k;
		}
	}
}

/* The box around those of one server, as far as they stand in one row. */
static int
draw_box(FILE *out, const struct chart_crowd *c, const int order[CHART_CROWD],
    int from)
{
	int to = from + 1;

	while (to < CHART_CROWD && to % COLUMNS != 0 &&
	       c->server[order[to]] == c->server[order[from]])
		to++;
	(void)fprintf(out,
	    "<rect class=\"box\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" "
	    "rx=\"6\"/>",
	    EDGE + from % COLUMNS * CELL + 2, TOP + from / COLUMNS * CELL + 2,
	    (to - from) * CELL - 4, CELL - 4);
	return to;
}

static void
one_crowd(FILE *out, const struct chart_crowd *c, int v)
{
	int order[CHART_CROWD], i;

	chart_begin(out, WIDE, TOP + CHART_CROWD / COLUMNS * CELL,
	    variants[v].name, variants[v].name);
	put_in_order(c, order);
	for (i = 0; i < CHART_CROWD;)
		i = draw_box(out, c, order, i);
	for (i = 0; i < CHART_CROWD; i++)
		(void)fprintf(out,
		    "<circle class=\"%s\" cx=\"%d\" cy=\"%d\" r=\"7\"/>",
		    order[i] == 0      ? "who"
		    : c->hit[order[i]] ? "hit"
				       : "miss",
		    EDGE + i % COLUMNS * CELL + CELL / 2,
		    TOP + i / COLUMNS * CELL + CELL / 2);
	chart_end(out);
}

void
chart_crowds(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_crowd *crowds = e->data;
	int v;

	(void)fputs("<div class=\"pictures\">", out);
	for (v = 0; crowds != NULL && v < VARIANTS; v++)
		if (chosen[v] && crowds[v].known)
			one_crowd(out, &crowds[v], v);
	(void)fputs("</div><p class=\"key\"><span><i class=\"who\"></i>the one "
		    "who set it</span> <span><i class=\"hit\"></i>sees "
		    "it</span> <span><i class=\"miss\"></i>does not</span> "
		    "<span><i class=\"box\"></i>served by one "
		    "process</span></p>\n",
	    out);
}

/* --- strips --- */

static double
ms_of(const struct pulse *p, int64_t at)
{
	return (double)(at - p->begun) / 1e6;
}

/* One scale for all variants, with the moment of the fault at one place, so
 * that they can be compared. */
struct scale {
	double before, after; /* ms around the fault, the most of all */
	double per_ms;
};

static double
x_of(const struct scale *s, const struct pulse *p, double ms)
{
	double x = ms - ms_of(p, p->fault) + s->before;

	return EDGE + (x > 0 ? x * s->per_ms : 0);
}

static void
set_scale(struct scale *s, const struct chart_strip *strips)
{
	const struct pulse *p;
	double before, after;
	int v;

	s->before = s->after = 1;
	for (v = 0; v < VARIANTS; v++) {
		if (!strips[v].known)
			continue;
		p = &strips[v].pulse;
		before = ms_of(p, p->fault);
		after = ms_of(p, p->ended) - before;
		s->before = before > s->before ? before : s->before;
		s->after = after > s->after ? after : s->after;
	}
	/* What was before is all the same. */
	if (s->before > s->after / 4)
		s->before = s->after / 4;
	s->per_ms = (WIDE - EDGE) / (s->before + s->after);
}

/* Its place from the top: a gap parts those of one server from the next. */
static int
row_of(const struct pulse *p, int i)
{
	int k, above = 0, gaps = 0;

	for (k = 1; k < PULSE_CLIENTS; k++) {
		gaps += p->server[k] != p->server[k - 1];
		if (k <= i)
			above = gaps;
	}
	return TOP + i * ROW + (gaps < GAPS ? above : 0) * 3;
}

static void
one_row(FILE *out, const struct pulse *p, int i, const struct scale *s)
{
	const struct pulse_client *c = &p->client[i];
	double x = x_of(s, p, 0), width;
	int y = row_of(p, i), k;

	(void)fprintf(out,
	    "<rect class=\"served\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
	    "height=\"%d\"/>",
	    x, y, x_of(s, p, ms_of(p, p->ended)) - x, STRIP);
	for (k = 0; k < c->spans; k++) {
		x = x_of(s, p, c->span[k].from);
		width = x_of(s, p, c->span[k].to) - x;
		if (c->span[k].to < ms_of(p, p->fault) - s->before)
			continue;
		(void)fprintf(out,
		    "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
		    "height=\"%d\"/>",
		    c->span[k].lost ? "bad" : "warn", x, y,
		    width < 2 ? 2 : width, STRIP);
	}
}

static void
draw_time(FILE *out, const struct pulse *p, const struct scale *s)
{
	int bottom = row_of(p, PULSE_CLIENTS - 1) + ROW, i;
	double step = chart_round_up((s->before + s->after) / 6);
	double fault = ms_of(p, p->fault), x;

	for (i = 0; i * step <= s->after; i++) {
		x = x_of(s, p, fault + i * step);
		(void)fprintf(
		    out, "<path class=\"g\" d=\"M%.1f %dv4\"/>", x, bottom);
		if (x < WIDE - 12)
			(void)fprintf(out,
			    "<text class=\"a\" x=\"%.1f\" y=\"%d\">%g%s"
			    "</text>",
			    x, bottom + 14, i * step / 1000,
			    i == 0 ? " s" : "");
	}
	x = x_of(s, p, fault);
	(void)fprintf(
	    out, "<path class=\"now\" d=\"M%.1f %dV%d\"/>", x, TOP - 6, bottom);
}

static void
one_strip(FILE *out, const struct pulse *p, int v, const struct scale *s)
{
	int i;

	chart_begin(out, WIDE, row_of(p, PULSE_CLIENTS - 1) + ROW + 18,
	    variants[v].name, variants[v].name);
	(void)fprintf(out, "<text class=\"a\" x=\"5\" y=\"%d\">!</text>",
	    TOP + STRIP + 2);
	for (i = 0; i < PULSE_CLIENTS; i++)
		one_row(out, p, i, s);
	draw_time(out, p, s);
	chart_end(out);
}

void
chart_strips(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_strip *strips = e->data;
	struct scale scale;
	int v;

	if (strips == NULL)
		return;
	set_scale(&scale, strips);
	(void)fputs("<div class=\"pictures\">", out);
	for (v = 0; v < VARIANTS; v++)
		if (chosen[v] && strips[v].known)
			one_strip(out, &strips[v].pulse, v, &scale);
	(void)fprintf(out,
	    "</div><p class=\"key\"><span><i class=\"served\"></i>served"
	    "</span> <span><i class=\"warn\"></i>waits longer than %d "
	    "ms</span> <span><i class=\"bad\"></i>disconnected, until it is "
	    "served again</span> <span>! : the one who did it, or whose server "
	    "it was done to</span></p>\n",
	    PULSE_SEEN_MS);
}

static void
strip_json(FILE *out, const struct pulse *p)
{
	const struct pulse_client *c;
	int i, k;

	(void)fprintf(out, "{\"fault_ms\":%.1f,\"end_ms\":%.1f,\"clients\":[",
	    ms_of(p, p->fault), ms_of(p, p->ended));
	for (i = 0; i < PULSE_CLIENTS; i++) {
		c = &p->client[i];
		(void)fprintf(out, "%s[", i > 0 ? "," : "");
		for (k = 0; k < c->spans; k++)
			(void)fprintf(out,
			    "%s{\"from\":%.1f,\"to\":%.1f,\"lost\":%s}",
			    k > 0 ? "," : "", (double)c->span[k].from,
			    (double)c->span[k].to,
			    c->span[k].lost ? "true" : "false");
		(void)fputc(']', out);
	}
	(void)fputs("]}", out);
}

void
chart_strips_json(
    FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_strip *strips = e->data;
	const char *comma = "";
	int v;

	(void)fputs(",\"strips\":{", out);
	for (v = 0; strips != NULL && v < VARIANTS; v++) {
		if (!chosen[v] || !strips[v].known)
			continue;
		(void)fprintf(out, "%s\"%s\":", comma, variants[v].name);
		strip_json(out, &strips[v].pulse);
		comma = ",";
	}
	(void)fputc('}', out);
}
