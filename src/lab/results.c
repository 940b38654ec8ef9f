/* The report as a table for the terminal, and as JSON. */
#include "lab/report.h"

#include <string.h>

enum { NAME_WIDE = 44, CELL_WIDE = 12 };

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
	char name[96], text[VALUE_TEXT];
	const struct figure *f;
	int i, v;

	for (i = 0; i < e->figures; i++) {
		f = &e->figure[i];
		(void)snprintf(name, sizeof(name), "%s%s%s", f->name,
		    f->unit[0] != '\0' && f->unit[0] != '/' ? ", " : "",
		    f->unit[0] != '/' ? f->unit : "");
		(void)fprintf(out, "  %-*s", NAME_WIDE, name);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				(void)fprintf(out, " %*s", CELL_WIDE,
				    value_text(text, f, v, false));
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
		(void)fprintf(out, "\n%-*s", NAME_WIDE + 2, e->title);
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

void
report_string(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			(void)fprintf(out, "\\%c", c);
		else if (c == '\n')
			(void)fputs("\\n", out);
		else if (c < 0x20)
			(void)fprintf(out, "\\u%04x", c);
		else
			(void)fputc(c, out);
	}
	(void)fputc('"', out);
}

static void
json_pair(FILE *out, const char *key, const char *text, const char *after)
{
	report_string(out, key);
	(void)fputc(':', out);
	report_string(out, text);
	(void)fputs(after, out);
}

static void
json_value(FILE *out, const struct value *v)
{
	if (v->samples == 0)
		(void)fputs("{\"samples\":0", out);
	else
		(void)fprintf(out,
		    "{\"samples\":%d,\"median\":%.6g,\"low\":%.6g,"
		    "\"high\":%.6g",
		    v->samples, v->median, v->low, v->high);
	if (v->note[0] != '\0') {
		(void)fputc(',', out);
		json_pair(out, "note", v->note, "");
	}
	(void)fputc('}', out);
}

static void
json_figures(FILE *out, const struct report *r, const struct experiment *e)
{
	const char *comma;
	int i, v;

	(void)fputs("\"figures\":{", out);
	for (i = 0; i < e->figures; i++) {
		const struct figure *f = &e->figure[i];

		(void)fputs(i > 0 ? "," : "", out);
		report_string(out, f->key);
		(void)fputs(":{", out);
		json_pair(out, "name", f->name, ",");
		json_pair(out, "unit", f->unit, "");
		for (v = 0; v < VARIANTS; v++) {
			if (!r->chosen[v])
				continue;
			(void)fprintf(out, ",\"%s\":", variants[v].name);
			json_value(out, &f->value[v]);
		}
		(void)fputc('}', out);
	}
	(void)fputs("},\"verdicts\":{", out);
	comma = "";
	for (v = 0; v < VARIANTS; v++) {
		if (!r->chosen[v])
			continue;
		(void)fprintf(out,
		    "%s\"%s\":{\"opinion\":\"%s\","
		    "\"surprise\":%s,",
		    comma, variants[v].name,
		    opinion_name(e->verdict[v].opinion),
		    e->verdict[v].surprise ? "true" : "false");
		json_pair(out, "text", e->verdict[v].text, ",");
		json_pair(out, "why", e->verdict[v].why, "}");
		comma = ",";
	}
	(void)fputc('}', out);
}

static void
json_closing(FILE *out, const struct report *r)
{
	char cell[CLOSING_TEXT];
	int i, v;

	(void)fputs("],\n\"which_for_what\":[", out);
	for (i = 0; i < CLOSING_ROWS; i++) {
		(void)fputs(i > 0 ? ",\n{" : "\n{", out);
		json_pair(out, "title", closing_rows[i].title, ",");
		json_pair(out, "experiment", closing_rows[i].id, "");
		for (v = 0; v < VARIANTS; v++) {
			if (!r->chosen[v])
				continue;
			(void)fputc(',', out);
			json_pair(out, variants[v].name,
			    closing_cell(cell, r, &closing_rows[i], v), "");
		}
		(void)fputc('}', out);
	}
	(void)fputs("]}\n", out);
}

void
report_results(FILE *out, const struct report *r)
{
	const char *comma = "\n";
	int i;

	(void)fputc('{', out);
	json_pair(out, "date", r->date, ",");
	json_pair(out, "machine", r->machine, ",");
	(void)fprintf(out,
	    "\"quick\":%s,\"seconds\":%.1f,\"surprises\":%d,"
	    "\"experiments\":[",
	    r->quick ? "true" : "false", r->seconds, report_surprises(r));
	for (i = 0; i < r->experiments; i++) {
		const struct experiment *e = &r->experiment[i];

		if (!e->ran)
			continue;
		(void)fprintf(out, "%s{", comma);
		comma = ",\n";
		json_pair(out, "id", e->id, ",");
		json_pair(out, "group", e->group, ",");
		json_pair(out, "title", e->title, ",");
		json_pair(out, "question", e->question, ",");
		json_pair(out, "done", e->done, ",");
		json_pair(out, "by_hand", e->commands, ",");
		json_figures(out, r, e);
		if (e->json != NULL)
			e->json(out, e, r->chosen);
		(void)fputc('}', out);
	}
	json_closing(out, r);
}
