#include "lab/chart.h"

#include <string.h>

enum {
	WIDE = 340, /* of every picture */
	LABEL = 76, /* room for a variant's name */
	ROW = 22,
	BAR = 13,
	TOP = 24
};

void
chart_text(FILE *out, const char *text)
{
	static const char special[] = "&<>\"";
	static const char *const entity[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
	const char *at;

	for (; *text != '\0'; text++) {
		at = strchr(special, *text);
		if (at != NULL)
			(void)fputs(entity[at - special], out);
		else
			(void)fputc(*text, out);
	}
}

void
chart_begin(
    FILE *out, int width, int height, const char *title, const char *label)
{
	(void)fprintf(out,
	    "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"", width,
	    height);
	chart_text(out, label);
	(void)fputs("\">", out);
	if (title == NULL)
		return;
	(void)fputs("<text class=\"t\" x=\"0\" y=\"14\">", out);
	chart_text(out, title);
	(void)fputs("</text>", out);
}

void
chart_end(FILE *out)
{
	(void)fputs("</svg>\n", out);
}

double
chart_round_up(double x)
{
	double power = 1;

	while (power > x)
		power /= 10;
	while (power * 10 < x)
		power *= 10;
	return x <= power	? power
	       : x <= 2 * power ? 2 * power
	       : x <= 5 * power ? 5 * power
				: 10 * power;
}

static void
name_row(FILE *out, int variant, int y)
{
	(void)fprintf(out, "<text class=\"n\" x=\"%d\" y=\"%d\">%s</text>",
	    LABEL - 6, y + BAR - 2, variants[variant].name);
}

static int
count_chosen(const bool chosen[VARIANTS])
{
	int v, n = 0;

	for (v = 0; v < VARIANTS; v++)
		n += chosen[v];
	return n;
}

/* --- bars --- */

static void
one_bar(FILE *out, const struct figure *f, int v, int y, double scale)
{
	const struct value *value = &f->value[v];
	char text[VALUE_TEXT];
	double middle = y + BAR / 2.0;

	name_row(out, v, y);
	if (value->samples == 0) {
		(void)fprintf(out,
		    "<text class=\"v\" x=\"%d\" y=\"%d\">not known</text>",
		    LABEL, y + BAR - 2);
		return;
	}
	(void)fprintf(out,
	    "<rect class=\"m%d\" x=\"%d\" y=\"%d\" width=\"%.1f\" "
	    "height=\"%d\" rx=\"2\"/>",
	    v, LABEL, y, value->median * scale, BAR);
	if (value->samples > 1)
		(void)fprintf(out,
		    "<path class=\"w\" d=\"M%.1f %.1fH%.1fM%.1f %.1fv6M%.1f "
		    "%.1fv6\"/>",
		    LABEL + value->low * scale, middle,
		    LABEL + value->high * scale, LABEL + value->low * scale,
		    middle - 3, LABEL + value->high * scale, middle - 3);
	(void)fprintf(out, "<text class=\"v\" x=\"%.1f\" y=\"%d\">%s</text>",
	    LABEL + value->high * scale + 6, y + BAR - 2,
	    value_text(text, f, v, false));
}

static void
bars_of(FILE *out, const struct figure *f, const bool chosen[VARIANTS])
{
	int v, y = TOP, height = TOP + count_chosen(chosen) * ROW;
	double most = 0;
	char title[96];

	for (v = 0; v < VARIANTS; v++)
		if (chosen[v] && f->value[v].samples > 0 &&
		    f->value[v].high > most)
			most = f->value[v].high;
	(void)snprintf(title, sizeof(title), "%s%s%s", f->name,
	    f->unit[0] != '\0' && f->unit[0] != '/' ? ", " : "",
	    f->unit[0] != '/' ? f->unit : "");
	chart_begin(out, WIDE, height, title, title);
	for (v = 0; v < VARIANTS; v++) {
		if (!chosen[v])
			continue;
		one_bar(
		    out, f, v, y, most > 0 ? (WIDE - LABEL - 58) / most : 0);
		y += ROW;
	}
	chart_end(out);
}

void
chart_bars(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	int i;

	(void)fputs("<div class=\"pictures\">", out);
	for (i = 0; i < e->figures; i++)
		bars_of(out, &e->figure[i], chosen);
	(void)fputs("</div>\n", out);
}

/* --- parts of a whole --- */

static double
whole_of(const struct experiment *e, const struct chart_stack *s, int v)
{
	double sum = 0;
	int i;

	for (i = 0; i < s->parts; i++) {
		const struct figure *f = sheet_find(e, s->part[i].key);

		if (f->value[v].samples > 0)
			sum += f->value[v].median;
	}
	return sum;
}

static void
one_stack(FILE *out, const struct experiment *e, const struct chart_stack *s,
    int v, int y)
{
	double whole = whole_of(e, s, v), x = LABEL, width;
	const struct figure *f;
	int i;

	name_row(out, v, y);
	for (i = 0; i < s->parts; i++) {
		f = sheet_find(e, s->part[i].key);
		if (f->value[v].samples == 0 || f->value[v].median <= 0)
			continue;
		width = f->value[v].median * (WIDE - LABEL) / whole;
		(void)fprintf(out,
		    "<rect class=\"%s\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" "
		    "height=\"%d\"/>",
		    s->part[i].look, x, y, width, BAR);
		if (width > 24)
			(void)fprintf(out,
			    "<text class=\"in\" x=\"%.1f\" y=\"%d\">%.0f"
			    "</text>",
			    x + width / 2, y + BAR - 2, f->value[v].median);
		x += width;
	}
	if (whole == 0)
		(void)fprintf(out,
		    "<text class=\"v\" x=\"%d\" y=\"%d\">not known</text>",
		    LABEL, y + BAR - 2);
}

void
chart_stacks(FILE *out, const struct experiment *e, const bool chosen[VARIANTS])
{
	const struct chart_stack *s = e->data;
	int v, i, y = 4;

	(void)fputs("<div class=\"pictures one\">", out);
	chart_begin(out, WIDE, 4 + count_chosen(chosen) * ROW, NULL, e->title);
	for (v = 0; v < VARIANTS; v++) {
		if (!chosen[v])
			continue;
		one_stack(out, e, s, v, y);
		y += ROW;
	}
	chart_end(out);
	(void)fputs("</div><p class=\"key\">", out);
	for (i = 0; i < s->parts; i++) {
		(void)fprintf(
		    out, "<span><i class=\"%s\"></i>", s->part[i].look);
		chart_text(out, sheet_find(e, s->part[i].key)->name);
		(void)fputs("</span> ", out);
	}
	(void)fputs("</p>\n", out);
}
