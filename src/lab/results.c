/* The report as a table for the terminal, as JSON, and as a page. */
#include "report.h"

#include <string.h>

#include "bench/json.h"

enum { NAME_WIDE = 44, CELL_WIDE = 12 };

/* The lines of bench/page.html, which draws the charts: one file that needs no
 * network and no other file. Made by the build; scripts/bench fills the same
 * page with sed. */
static const char *const page_lines[] = {
#include "src/bench/page_lines.inc"
};

int
report_surprises(const struct report *r)
{
	int i, v, n = 0;

	for (i = 0; i < r->experiments; i++)
		for (v = 0; v < VARIANTS; v++)
			n += r->experiment[i].ran && r->chosen[v] &&
			     r->experiment[i].verdict[v].surprise;
	return n;
}

/* --- terminal --- */

static void
terminal_figures(FILE *out, const struct report *r, const struct experiment *e)
{
	const struct figure *f = e->recipe->figure;
	const struct value *values;
	char name[96];
	int v;

	for (; f->key != NULL; f++) {
		values = experiment_values(e, f->key);
		(void)snprintf(name, sizeof(name), "%s%s%s", f->name,
		    f->unit[0] != '\0' && f->unit[0] != '/' ? ", " : "",
		    f->unit[0] != '/' ? f->unit : "");
		(void)fprintf(out, "  %-*s", NAME_WIDE, name);
		for (v = 0; v < VARIANTS; v++) {
			if (!r->chosen[v])
				continue;
			if (values[v].samples > 0)
				(void)fprintf(out, " %*.*f", CELL_WIDE,
				    f->decimals, values[v].median);
			else
				(void)fprintf(out, " %*s", CELL_WIDE, "-");
		}
		(void)fputc('\n', out);
	}
}

static void
terminal_verdicts(FILE *out, const struct report *r, const struct experiment *e)
{
	int v;

	for (v = 0; v < VARIANTS; v++)
		if (r->chosen[v])
			(void)fprintf(out, "  %-11s %s%s\n", variants[v].name,
			    e->verdict[v].text,
			    e->verdict[v].surprise ? "  (UNEXPECTED)" : "");
}

void
report_terminal(FILE *out, const struct report *r)
{
	int i, v;

	(void)fprintf(
	    out, "%s, %s%s\n", r->date, r->machine, r->quick ? " (quick)" : "");
	if (r->no_standby)
		(void)fprintf(out, "This system has no standbys.\n");
	for (i = 0; i < r->experiments; i++) {
		const struct experiment *e = &r->experiment[i];

		if (!e->ran)
			continue;
		(void)fprintf(out, "\n%-*s", NAME_WIDE + 2, e->recipe->title);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				(void)fprintf(
				    out, " %*s", CELL_WIDE, variants[v].name);
		(void)fputc('\n', out);
		terminal_figures(out, r, e);
		terminal_verdicts(out, r, e);
	}
	if (report_surprises(r) > 0)
		(void)fprintf(out, "\n%d verdict%s unexpected: see above\n",
		    report_surprises(r),
		    report_surprises(r) == 1 ? " is" : "s are");
}

/* --- JSON --- */

static void
write_value(struct json *j, const char *name, const struct value *v)
{
	json_begin(j, name, '{');
	json_count(j, "samples", v->samples);
	if (v->samples > 0) {
		json_number(j, "median", v->median, -1);
		json_number(j, "low", v->low, -1);
		json_number(j, "high", v->high, -1);
	}
	if (v->note[0] != '\0')
		json_text(j, "note", v->note);
	json_end(j, '}');
}

static void
write_figures(
    struct json *j, const struct report *r, const struct experiment *e)
{
	const struct figure *f = e->recipe->figure;
	int v;

	json_begin(j, "figures", '{');
	for (; f->key != NULL; f++) {
		json_begin(j, f->key, '{');
		json_text(j, "name", f->name);
		json_text(j, "unit", f->unit);
		json_count(j, "decimals", f->decimals);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				write_value(j, variants[v].name,
				    &experiment_values(e, f->key)[v]);
		json_end(j, '}');
	}
	json_end(j, '}');
}

static void
write_verdicts(
    struct json *j, const struct report *r, const struct experiment *e)
{
	const struct verdict *verdict;
	int v;

	json_begin(j, "verdicts", '{');
	for (v = 0; v < VARIANTS; v++) {
		if (!r->chosen[v])
			continue;
		verdict = &e->verdict[v];
		json_begin(j, variants[v].name, '{');
		json_text(j, "opinion", opinion_name(verdict->opinion));
		json_bool(j, "surprise", verdict->surprise);
		json_text(j, "text", verdict->text);
		json_text(j, "why", verdict->why);
		json_end(j, '}');
	}
	json_end(j, '}');
}

static void
write_chart(struct json *j, const struct report *r, const struct experiment *e)
{
	const struct chart *c = &e->recipe->chart;
	int i, v;

	json_text(j, "chart", c->kind);
	json_begin(j, "parts", '[');
	for (i = 0; i < CHART_PARTS && c->part[i].figure != NULL; i++) {
		json_begin(j, NULL, '{');
		json_text(j, "figure", c->part[i].figure);
		json_text(j, "look", c->part[i].look);
		json_end(j, '}');
	}
	json_end(j, ']');
	json_begin(j, "pictures", '{');
	for (v = 0; c->draw != NULL && v < VARIANTS; v++)
		if (r->chosen[v] && e->tried[v])
			c->draw(j, variants[v].name,
			    e->pictures + (size_t)v * c->picture);
	json_end(j, '}');
}

static void
write_experiment(
    struct json *j, const struct report *r, const struct experiment *e)
{
	const struct recipe *recipe = e->recipe;

	json_line(j);
	json_begin(j, NULL, '{');
	json_text(j, "id", recipe->id);
	json_text(j, "group", recipe->group);
	json_text(j, "title", recipe->title);
	json_text(j, "question", recipe->question);
	json_text(j, "done", recipe->done);
	json_text(j, "by_hand", recipe->by_hand);
	if (recipe->figures_say != NULL)
		json_text(j, "figures_say", recipe->figures_say);
	write_figures(j, r, e);
	write_verdicts(j, r, e);
	write_chart(j, r, e);
	json_end(j, '}');
}

static void
write_closing(struct json *j, const struct report *r)
{
	char cell[CLOSING_TEXT];
	const struct closing_row *row;
	int v;

	json_begin(j, "which_for_what", '[');
	for (row = closing_rows; row < closing_rows + CLOSING_ROWS; row++) {
		json_line(j);
		json_begin(j, NULL, '{');
		json_text(j, "title", row->title);
		json_text(j, "experiment", row->id);
		json_bool(j, "by_verdict", row->by_verdict);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				json_text(j, variants[v].name,
				    closing_cell(cell, r, row, v));
		json_end(j, '}');
	}
	json_end(j, ']');
}

static void
write_variants(struct json *j, const struct report *r)
{
	int v;

	json_begin(j, "variants", '[');
	for (v = 0; v < VARIANTS; v++) {
		if (!r->chosen[v])
			continue;
		json_begin(j, NULL, '{');
		json_text(j, "name", variants[v].name);
		json_text(j, "who", variants[v].who);
		json_count(j, "look", v);
		json_end(j, '}');
	}
	json_end(j, ']');
}

void
report_results(FILE *out, const void *report)
{
	const struct report *r = report;
	struct json j = {.out = out};
	int i;

	json_begin(&j, NULL, '{');
	json_text(&j, "date", r->date);
	json_text(&j, "machine", r->machine);
	json_bool(&j, "quick", r->quick);
	json_bool(&j, "no_standby", r->no_standby);
	json_number(&j, "seconds", r->seconds, 1);
	json_count(&j, "surprises", report_surprises(r));
	write_variants(&j, r);
	json_begin(&j, "experiments", '[');
	for (i = 0; i < r->experiments; i++)
		if (r->experiment[i].ran)
			write_experiment(&j, r, &r->experiment[i]);
	json_end(&j, ']');
	json_line(&j);
	write_closing(&j, r);
	json_end(&j, '}');
	(void)fputc('\n', out);
}

void
report_page(FILE *out, const void *report)
{
	size_t i;

	for (i = 0; i < sizeof(page_lines) / sizeof(page_lines[0]); i++) {
		if (strcmp(page_lines[i], "@RESULTS@\n") == 0)
			report_results(out, report);
		else
			(void)fputs(page_lines[i], out);
	}
}
