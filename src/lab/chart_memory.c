/* Charts of memory: curves over clients, and address spaces. */
#include <stdio.h>
#include <string.h>

#include "lab/chart.h"

enum {
	WIDE = 520,
	HIGH = 260,
	LEFT = 46,
	RIGHT = 84, /* names at the ends of the curves */
	TOP = 24,
	BOTTOM = 34,
	NAME = 13 /* between two names */
};

/* --- curves --- */

struct plane {
	double least, most; /* KiB, powers of ten */
	int clients;	    /* the most of all */
};

/* The logarithm to the base of ten of x >= 1, digit by binary digit: all that
 * a picture needs, without a library of its own. */
static double
decades(double x)
{
	enum { DIGITS = 20 };
	double log = 0, bit = 1;
	int i;

	while (x >= 10) {
		x /= 10;
		log++;
	}
	for (i = 0; i < DIGITS; i++) {
		x *= x;
		bit /= 2;
		if (x >= 10) {
			x /= 10;
			log += bit;
		}
	}
	return log;
}

static double
height_of(const struct plane *p, double kib)
{
	double share = (decades(kib) - decades(p->least)) /
		       (decades(p->most) - decades(p->least));

	return HIGH - BOTTOM - share * (HIGH - BOTTOM - TOP);
}

/* 0 stands apart, at the left end: a logarithm has no place for it. */
static double
place_of(const struct plane *p, int clients)
{
	double zero = LEFT + 8, ten = LEFT + 60, right = WIDE - RIGHT;

	if (clients <= 0)
		return zero;
	return ten + (decades(clients) - 1) / (decades(p->clients) - 1) *
			 (right - ten);
}

static double
owned(const struct kin_memory *m)
{
	double kib = (double)(m->pss + m->tables);

	return kib > 1 ? kib : 1;
}

static void
measure(struct plane *p, const struct chart_curve *curves,
    const bool chosen[VARIANTS])
{
	double low = 1e12, high = 1;
	int v, i;

	p->clients = 100;
	for (v = 0; v < VARIANTS; v++) {
		for (i = 0; chosen[v] && i < curves[v].points; i++) {
			double kib = owned(&curves[v].memory[i]);

			low = kib < low ? kib : low;
			high = kib > high ? kib : high;
			if (curves[v].clients[i] > p->clients)
				p->clients = curves[v].clients[i];
		}
	}
	for (p->least = 1; p->least * 10 <= low; p->least *= 10)
		;
	for (p->most = p->least * 10; p->most < high; p->most *= 10)
		;
}

static void
draw_grid(FILE *out, const struct plane *p)
{
	double kib = p->least;
	int n;

	while (kib <= p->most) {
		double y = height_of(p, kib);

		(void)fprintf(out,
		    "<path class=\"g\" d=\"M%d %.1fH%d\"/><text class=\"n\" "
		    "x=\"%d\" y=\"%.1f\">%g %s</text>",
		    LEFT, y, WIDE - RIGHT, LEFT - 5, y + 4,
		    kib < 1000	? kib
		    : kib < 1e6 ? kib / 1e3
				: kib / 1e6,
		    kib < 1000	? "KB"
		    : kib < 1e6 ? "MB"
				: "GB");
		kib *= 10;
	}
	for (n = 10; n <= p->clients; n *= 10)
		(void)fprintf(out,
		    "<text class=\"a\" x=\"%.1f\" y=\"%d\">%d</text>",
		    place_of(p, n), HIGH - BOTTOM + 16, n);
	(void)fprintf(out,
	    "<text class=\"a\" x=\"%.1f\" y=\"%d\">0</text><text class=\"a\" "
	    "x=\"%d\" y=\"%d\">clients</text>",
	    place_of(p, 0), HIGH - BOTTOM + 16, (LEFT + WIDE - RIGHT) / 2,
	    HIGH - 4);
}

static void
draw_curve(FILE *out, const struct plane *p, const struct chart_curve *c, int v)
{
	int i;

	(void)fprintf(out, "<polyline class=\"l%d\" points=\"", v);
	for (i = 0; i < c->points; i++)
		(void)fprintf(out, "%.1f,%.1f ", place_of(p, c->clients[i]),
		    height_of(p, owned(&c->memory[i])));
	(void)fputs("\"/>", out);
	for (i = 0; i < c->points; i++)
		(void)fprintf(out,
		    "<circle class=\"m%d\" cx=\"%.1f\" cy=\"%.1f\" "
		    "r=\"3.5\"/>",
		    v, place_of(p, c->clients[i]),
		    height_of(p, owned(&c->memory[i])));
}

/* The names at the ends, from the top down, none on top of another. */
static void
draw_names(FILE *out, const struct plane *p, const struct chart_curve *curves,
    const bool chosen[VARIANTS])
{
	bool done[VARIANTS] = {false};
	double last = -100;

	for (;;) {
		double best = 1e9, y;
		int v, next = -1;

		for (v = 0; v < VARIANTS; v++) {
			if (!chosen[v] || done[v] || curves[v].points == 0)
				continue;
			y = height_of(
			    p, owned(&curves[v].memory[curves[v].points - 1]));
			if (y < best) {
				best = y;
				next = v;
			}
		}
		if (next < 0)
			return;
		done[next] = true;
		last = best > last + NAME ? best : last + NAME;
		(void)fprintf(out,
		    "<text class=\"e f%d\" x=\"%d\" y=\"%.1f\">%s</text>", next,
		    WIDE - RIGHT + 10, last + 4, variants[next].name);
	}
}

void
chart_curves(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	static const char title[] =
	    "memory of the whole server: PSS and page tables";
	const struct chart_curve *curves = e->data;
	struct plane plane;
	int v;

	if (curves == NULL)
		return;
	measure(&plane, curves, chosen);
	(void)fputs("<div class=\"pictures wide\">", out);
	chart_begin(out, WIDE, HIGH, title, title);
	draw_grid(out, &plane);
	for (v = 0; v < VARIANTS; v++)
		if (chosen[v] && curves[v].points > 0)
			draw_curve(out, &plane, &curves[v], v);
	draw_names(out, &plane, curves, chosen);
	chart_end(out);
	(void)fputs("</div>\n", out);
	chart_bars(out, e, chosen);
}

void
chart_curves_json(
    FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_curve *curves = e->data;
	const char *comma = "";
	int v, i;

	(void)fputs(",\"curves\":{", out);
	for (v = 0; curves != NULL && v < VARIANTS; v++) {
		if (!chosen[v])
			continue;
		(void)fprintf(out, "%s\"%s\":[", comma, variants[v].name);
		for (i = 0; i < curves[v].points; i++) {
			const struct kin_memory *m = &curves[v].memory[i];

			(void)fprintf(out,
			    "%s{\"clients\":%d,\"rss_kib\":%lld,\"pss_kib\":"
			    "%lld,\"uss_kib\":%lld,\"tables_kib\":%lld,"
			    "\"processes\":%d}",
			    i > 0 ? "," : "", curves[v].clients[i],
			    (long long)m->rss, (long long)m->pss,
			    (long long)m->uss, (long long)m->tables,
			    m->processes);
		}
		(void)fputc(']', out);
		comma = ",";
	}
	(void)fputc('}', out);
}

/* --- address spaces --- */

/* What a range is, in words; paths are shortened to the file's name. */
static const char *
what_is(const struct kin_range *r)
{
	const char *slash = strrchr(r->name, '/');

	if (r->mode[3] == 's')
		return "memory shared on purpose";
	if (r->name[0] == '\0')
		return "memory without a name (heap, stacks of threads)";
	return slash != NULL ? slash + 1 : r->name;
}

static void
table_of(FILE *out, const struct chart_pages *p, int v)
{
	const struct kin_range *r;

	(void)fprintf(out,
	    "<details><summary>%s: an executor's address space</summary>"
	    "<div class=\"scroll\"><table class=\"ranges\"><thead><tr>"
	    "<th>addresses</th><th>mode</th><th>resident</th><th>shared</th>"
	    "<th>private</th><th>what</th></tr></thead><tbody>",
	    variants[v].name);
	for (r = p->range; r < p->range + p->ranges; r++) {
		if (r->rss == 0)
			continue;
		(void)fprintf(out,
		    "<tr><td>%llx-%llx</td><td>%s</td><td>%lld</td><td>%lld"
		    "</td><td>%lld</td><td>",
		    (unsigned long long)r->begin, (unsigned long long)r->end,
		    r->mode, (long long)r->rss, (long long)r->shared,
		    (long long)r->private);
		chart_text(out, what_is(r));
		(void)fputs("</td></tr>", out);
	}
	(void)fputs("</tbody></table></div></details>\n", out);
}

void
chart_pages(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	static const struct chart_stack parts = {
	    3, {{"both_write_kib", "bad"}, {"shared_kib", "plain"},
		   {"private_kib", "good"}}};
	const struct chart_pages *pages = e->data;
	struct experiment stacked = *e;
	struct chart_stack copy = parts;
	int v;

	stacked.data = &copy;
	chart_stacks(out, &stacked, chosen);
	for (v = 0; pages != NULL && v < VARIANTS; v++)
		if (chosen[v] && pages[v].ranges > 0)
			table_of(out, &pages[v], v);
}

void
chart_pages_json(
    FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_pages *pages = e->data;
	const struct kin_range *r;
	const char *comma = "";
	int v;

	(void)fputs(",\"ranges\":{", out);
	for (v = 0; pages != NULL && v < VARIANTS; v++) {
		if (!chosen[v] || pages[v].ranges <= 0)
			continue;
		(void)fprintf(out, "%s\"%s\":[", comma, variants[v].name);
		for (r = pages[v].range; r < pages[v].range + pages[v].ranges;
		     r++)
			(void)fprintf(out,
			    "%s{\"begin\":\"%llx\",\"end\":\"%llx\",\"mode\":"
			    "\"%s\",\"resident_kib\":%lld,\"shared_kib\":%lld,"
			    "\"private_kib\":%lld}",
			    r > pages[v].range ? "," : "",
			    (unsigned long long)r->begin,
			    (unsigned long long)r->end, r->mode,
			    (long long)r->rss, (long long)r->shared,
			    (long long)r->private);
		(void)fputc(']', out);
		comma = ",";
	}
	(void)fputc('}', out);
}
