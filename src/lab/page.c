/* The report as a page: one file, without a script and without a network. */
#include "lab/chart.h"
#include "lab/report.h"

#include <string.h>

static const char style[] =
    ":root{--bg:#fff;--ink:#1c2128;--dim:#57606a;--line:#d0d7de;--card:#f6f8fa;"
    "--good:#2f9e55;--warn:#c28800;--on:#fff;--bad:#d1343b;--plain:#8ba3bd;"
    "--served:#bfe3c9;"
    "--v0:#0068b5;--v1:#3fa4dd;--v2:#d1570f;--v3:#0b8f68;--v4:#b9589a}\n"
    "@media(prefers-color-scheme:dark){:root{--bg:#0f1419;--ink:#e4e8ee;"
    "--dim:#9aa5b1;--line:#36404a;--card:#182028;--good:#3fb56a;"
    "--warn:#e3b341;--on:#0f1419;--bad:#f0605f;--plain:#5d7690;--served:#24503a;"
    "--v0:#4a9fe3;--v1:#8ccbf2;--v2:#f08a4b;--v3:#3fc79b;--v4:#e090c6}}\n"
    "*{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1rem "
    "1.2rem 3rem;background:var(--bg);color:var(--ink);font:16px/1.55 "
    "system-ui,-apple-system,\"Segoe UI\",Roboto,\"DejaVu Sans\",sans-serif}"
    "h1{font-size:1.9rem;line-height:1.2;margin:.6em 0 .2em}"
    "h2{font-size:1.4rem;margin:2.4em 0 .4em;border-top:1px solid "
    "var(--line);padding-top:1em}h3{font-size:1rem;margin:1.4em 0 .3em}"
    "p{margin:.5em 0;max-width:46rem}.dim,figcaption{color:var(--dim)}"
    ".question{font-size:1.12rem;font-weight:600}a{color:inherit}\n"
    "nav{display:flex;flex-wrap:wrap;gap:.3rem 1rem;margin:1em 0}"
    ".scroll{overflow-x:auto}table{border-collapse:collapse;margin:.6em "
    "0;width:100%;font-size:.93rem}th,td{text-align:left;vertical-align:top;"
    "padding:.4rem .6rem;border-bottom:1px solid var(--line)}"
    "thead th{color:var(--dim);font-weight:600}td.r,th.r{text-align:right;"
    "white-space:nowrap;font-variant-numeric:tabular-nums}"
    "td small{display:block;color:var(--dim)}"
    ".ranges{font:12px/1.4 ui-monospace,monospace}\n"
    ".good-v,.mixed-v,.bad-v,.none-v{border-left:4px solid var(--line)}"
    ".good-v{border-left-color:var(--good)}.mixed-v{border-left-color:"
    "var(--warn)}.bad-v{border-left-color:var(--bad)}"
    ".surprise{background:var(--bad);color:#fff;padding:0 .4em;"
    "border-radius:3px}\n"
    ".verdicts{list-style:none;padding:0;margin:.8em 0}.verdicts "
    "li{background:var(--card);padding:.55rem .8rem;margin:.45rem 0;"
    "border-radius:0 4px 4px 0}.verdicts p{margin:.25em 0 0;max-width:none}\n"
    ".pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min("
    "100%,19rem),1fr));gap:1.1rem 1.6rem;margin:1em 0}.pictures svg{width:"
    "100%;max-width:30rem;height:auto;display:block}.one{max-width:34rem}"
    ".wide{max-width:44rem;grid-template-columns:1fr}.wide "
    "svg{max-width:none}\n"
    "svg text{font:11px system-ui,\"DejaVu Sans\",sans-serif;fill:var(--ink)}"
    "svg .t{font-size:13px;font-weight:600}svg .n{text-anchor:end}"
    "svg .a{text-anchor:middle;fill:var(--dim)}svg .in{text-anchor:middle;"
    "fill:var(--on);font-weight:600}svg .e{font-weight:600}"
    ".good{fill:var(--good);background:var(--good)}.warn{fill:var(--warn);"
    "background:var(--warn)}.bad{fill:var(--bad);background:var(--bad)}"
    ".plain{fill:var(--plain);background:var(--plain)}.served{fill:"
    "var(--served);background:var(--served)}svg .box{fill:var(--card);"
    "stroke:var(--line)}i.box{background:var(--card);border:1px solid "
    "var(--line)}.who{fill:var(--ink);background:var(--ink)}.hit{fill:"
    "var(--bad);background:var(--bad)}svg .miss{fill:var(--bg);stroke:"
    "var(--dim)}i.miss{border:1px solid var(--dim)}.w,.g,.now{fill:none;"
    "stroke:var(--dim)}.g{stroke:var(--line)}.now{stroke:var(--ink);"
    "stroke-width:1.5}.w{stroke:var(--ink)}"
    ".m0{fill:var(--v0)}.m1{fill:var(--v1)}.m2{fill:var(--v2)}"
    ".m3{fill:var(--v3)}.m4{fill:var(--v4)}"
    "[class^=l]{fill:none;stroke-width:2.2}.l0{stroke:var(--v0)}"
    ".l1{stroke:var(--v1);stroke-dasharray:5 3}.l2{stroke:var(--v2)}"
    ".l3{stroke:var(--v3)}.l4{stroke:var(--v4)}"
    "svg .f0{fill:var(--v0)}svg .f1{fill:var(--v1)}svg .f2{fill:var(--v2)}"
    "svg .f3{fill:var(--v3)}svg .f4{fill:var(--v4)}\n"
    ".key{font-size:.85rem;color:var(--dim);max-width:none}.key span"
    "{margin-right:1em;display:inline-block}.key i{display:inline-block;width:"
    ".8em;height:.8em;margin-right:.35em;border-radius:2px;vertical-align:"
    "-.05em}pre{background:var(--card);padding:.6rem .8rem;overflow-x:auto;"
    "font:13px/1.5 ui-monospace,monospace;border-radius:4px}"
    "summary{cursor:pointer;color:var(--dim)}\n"
    "@media(max-width:46rem){body{padding:.6rem .8rem 2rem}h1{font-size:"
    "1.5rem}.cards thead{display:none}.cards tr{display:block;margin:0 0 "
    "1rem}.cards th{display:block;border:0;padding:.5rem 0 .2rem;"
    "font-size:1.02rem}.cards td,.cards td.r{display:flex;gap:.8rem;"
    "white-space:normal;padding:.3rem .6rem}.cards td.r{justify-content:"
    "space-between;text-align:right}.cards td:before{content:attr(data-of);"
    "color:var(--dim);text-align:left;flex:0 0 32%}}\n"
    "@media print{:root{--bg:#fff;--ink:#000;--dim:#444;--line:#bbb;--card:"
    "#f4f4f4}body{font-size:11px;max-width:none;padding:0}nav{display:none}"
    "section,svg,tr,li{break-inside:avoid}h2{break-after:avoid}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

/* --- the summary --- */

static void
head_of(FILE *out, const struct report *r, const char *first)
{
	int v;

	(void)fprintf(out, "<thead><tr><th>%s</th>", first);
	for (v = 0; v < VARIANTS; v++)
		if (r->chosen[v])
			(void)fprintf(out, "<th>%s</th>", variants[v].name);
	(void)fputs("</tr></thead><tbody>\n", out);
}

static void
cell(FILE *out, const char *look, int v, const char *text)
{
	(void)fprintf(out, "<td class=\"%s-v\" data-of=\"%s\"><span>", look,
	    variants[v].name);
	chart_text(out, text);
	(void)fputs("</span></td>", out);
}

static void
summary(FILE *out, const struct report *r)
{
	int i, v;

	(void)fputs(
	    "<h2 id=\"short\">In short</h2>\n<table class=\"cards\">", out);
	head_of(out, r, "experiment");
	for (i = 0; i < r->experiments; i++) {
		const struct experiment *e = &r->experiment[i];

		if (!e->ran)
			continue;
		(void)fprintf(out, "<tr><th><a href=\"#%s\">%s</a></th>", e->id,
		    e->title);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				cell(out, opinion_name(e->verdict[v].opinion),
				    v, e->verdict[v].text);
		(void)fputs("</tr>\n", out);
	}
	(void)fputs("</tbody></table>\n", out);
}

/* --- an experiment --- */

static void
figures_of(FILE *out, const struct report *r, const struct experiment *e)
{
	char text[VALUE_TEXT];
	int i, v;

	(void)fputs("<div class=\"scroll\"><table class=\"cards\"><thead><tr>"
		    "<th></th>",
	    out);
	for (v = 0; v < VARIANTS; v++)
		if (r->chosen[v])
			(void)fprintf(
			    out, "<th class=\"r\">%s</th>", variants[v].name);
	(void)fputs("</tr></thead><tbody>", out);
	for (i = 0; i < e->figures; i++) {
		const struct figure *f = &e->figure[i];

		(void)fputs("<tr><th>", out);
		chart_text(out, f->name);
		if (f->unit[0] != '\0' && f->unit[0] != '/')
			(void)fprintf(out, ", %s", f->unit);
		(void)fputs("</th>", out);
		for (v = 0; v < VARIANTS; v++) {
			if (!r->chosen[v])
				continue;
			(void)fprintf(out,
			    "<td class=\"r\" data-of=\"%s\"><span>%s",
			    variants[v].name, value_text(text, f, v, false));
			if (f->value[v].samples > 1)
				(void)fprintf(out, "<small>%.*f - %.*f</small>",
				    f->decimals, f->value[v].low, f->decimals,
				    f->value[v].high);
			if (f->value[v].note[0] != '\0') {
				(void)fputs("<small>", out);
				chart_text(out, f->value[v].note);
				(void)fputs("</small>", out);
			}
			(void)fputs("</span></td>", out);
		}
		(void)fputs("</tr>\n", out);
	}
	(void)fputs("</tbody></table></div>\n", out);
}

/* Did an earlier variant come to the very same? */
static bool
is_same(const struct verdict *a, const struct verdict *b)
{
	return a->opinion == b->opinion && a->surprise == b->surprise &&
	       strcmp(a->text, b->text) == 0 && strcmp(a->why, b->why) == 0;
}

static void
one_verdict(
    FILE *out, const struct report *r, const struct experiment *e, int first)
{
	const struct verdict *verdict = &e->verdict[first];
	int v;

	(void)fprintf(out, "<li class=\"%s-v\"><b>%s",
	    opinion_name(verdict->opinion), variants[first].name);
	for (v = first + 1; v < VARIANTS; v++)
		if (r->chosen[v] && is_same(verdict, &e->verdict[v]))
			(void)fprintf(out, ", %s", variants[v].name);
	(void)fputs("</b>: ", out);
	chart_text(out, verdict->text);
	if (verdict->surprise)
		(void)fputs(" <span class=\"surprise\">unexpected</span>", out);
	(void)fputs("<p><b>Why?</b> ", out);
	chart_text(out, verdict->why);
	(void)fputs("</p></li>\n", out);
}

static void
verdicts_of(FILE *out, const struct report *r, const struct experiment *e)
{
	bool told;
	int v, k;

	(void)fputs("<ul class=\"verdicts\">\n", out);
	for (v = 0; v < VARIANTS; v++) {
		told = !r->chosen[v];
		for (k = 0; k < v; k++)
			told = told || (r->chosen[k] && is_same(&e->verdict[k],
							    &e->verdict[v]));
		if (!told)
			one_verdict(out, r, e, v);
	}
	(void)fputs("</ul>\n", out);
}

static void
section(FILE *out, const struct report *r, const struct experiment *e)
{
	(void)fprintf(out, "<section id=\"%s\">\n<h2>", e->id);
	chart_text(out, e->title);
	(void)fputs("</h2>\n<p class=\"question\">", out);
	chart_text(out, e->question);
	(void)fputs("</p>\n<p>", out);
	chart_text(out, e->done);
	(void)fputs("</p>\n", out);
	if (e->chart != NULL)
		e->chart(out, e, r->chosen);
	figures_of(out, r, e);
	if (e->figures_say != NULL) {
		(void)fputs("<p class=\"dim\">", out);
		chart_text(out, e->figures_say);
		(void)fputs("</p>\n", out);
	}
	verdicts_of(out, r, e);
	(void)fputs("<h3>By hand</h3>\n<pre>", out);
	chart_text(out, e->commands);
	(void)fputs("</pre>\n</section>\n", out);
}

/* --- the end --- */

static const char *
look_of(const struct report *r, const struct closing_row *row, int v)
{
	const struct experiment *e = report_find(r, row->id);

	if (!row->by_verdict || e == NULL)
		return opinion_name(OPINION_NONE);
	return opinion_name(e->verdict[v].opinion);
}

static void
closing(FILE *out, const struct report *r)
{
	char text[CLOSING_TEXT];
	int i, v;

	(void)fputs("<section id=\"which\">\n<h2>Which for what</h2>\n<p>Each "
		    "row rests on an experiment above; the last one is common "
		    "knowledge, and what these programs gain and pay for it is "
		    "in the experiment.</p>\n<table class=\"cards\">",
	    out);
	head_of(out, r, "");
	for (i = 0; i < CLOSING_ROWS; i++) {
		const struct closing_row *row = &closing_rows[i];

		(void)fprintf(out, "<tr><th><a href=\"#%s\">%s</a></th>",
		    row->id, row->title);
		for (v = 0; v < VARIANTS; v++)
			if (r->chosen[v])
				cell(out, look_of(r, row, v), v,
				    closing_cell(text, r, row, v));
		(void)fputs("</tr>\n", out);
	}
	(void)fputs("</tbody></table>\n</section>\n", out);
}

static void
opening(FILE *out, const struct report *r)
{
	int i, v;

	(void)fprintf(out,
	    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width,initial-scale"
	    "=1\"><meta name=\"color-scheme\" content=\"light dark\">\n<title>"
	    "What an address space buys</title>\n<style>%s</style></head>\n"
	    "<body>\n<h1>What an address space buys</h1>\n<p>The same faults, "
	    "against the same service code, served in %d ways. What is said "
	    "here is computed from what was measured on this machine.</p>\n"
	    "<p class=\"dim\">%s; ",
	    style, VARIANTS, r->date);
	chart_text(out, r->machine);
	(void)fprintf(out, "; %.0f seconds%s</p>\n<ul>\n", r->seconds,
	    r->quick ? ", quick: fewer rounds, fewer clients" : "");
	for (v = 0; v < VARIANTS; v++)
		if (r->chosen[v])
			(void)fprintf(out, "<li><b>%s</b>: %s</li>\n",
			    variants[v].name, variants[v].who);
	(void)fputs("</ul>\n", out);
	if (r->no_standby)
		(void)fputs("<p>This system has no standbys, so prefork is the "
			    "same as no-standby here.</p>\n",
		    out);
	(void)fputs("<nav><a href=\"#short\">In short</a>", out);
	for (i = 0; i < r->experiments; i++)
		if (r->experiment[i].ran)
			(void)fprintf(out, "<a href=\"#%s\">%s</a>",
			    r->experiment[i].id, r->experiment[i].title);
	(void)fputs("<a href=\"#which\">Which for what</a></nav>\n", out);
}

void
report_page(FILE *out, const struct report *r)
{
	int i, surprises = report_surprises(r);

	opening(out, r);
	if (surprises > 0)
		(void)fprintf(out,
		    "<p><span class=\"surprise\">%d unexpected</span> Some "
		    "outcomes contradict what the models promise; they are "
		    "marked below.</p>\n",
		    surprises);
	summary(out, r);
	for (i = 0; i < r->experiments; i++)
		if (r->experiment[i].ran)
			section(out, r, &r->experiment[i]);
	closing(out, r);
	(void)fputs("</body></html>\n", out);
}
