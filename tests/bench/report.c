/*
 * report - from the runs of scripts/bench to what it reports.
 *
 *	report MACHINE CASES BARS RUNS TABLE JSON
 *
 * These are files, and the last two are written: a table for people, and what
 * src/bench/page.html draws. tests/bench/cases and tests/bench/bars say what a
 * line of theirs is; machine() and note() of scripts/bench write the other two.
 * Of each figure the median of the rounds counts; the spread is from quartile
 * to quartile. A line that is not as it should be ends this with status 111.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "bench/json.h"
#include "bench/quantile.h"

enum { FIELDS_MAX = 8, ROWS_MAX = 50000 };

struct row {
	const char *file;
	int line, fields; /* fields is 0 behind the last row */
	char *field[FIELDS_MAX];
};

static struct row machine[ROWS_MAX], cases[ROWS_MAX], bars[ROWS_MAX],
    runs[ROWS_MAX];
static FILE *table;
static struct json json;

/* What is told of a contender: what it cost, in the unit of the case, and how
 * far that is spread; where requests were made, how many in a second, and the
 * microseconds that one took; the memory in KiB. `field` is where it stands in
 * a run, `by` what it is divided by. A run of four fields has one figure. */
enum figure { COST, LOW, HIGH, RATE, P50, P99, PSS, FIGURES };
static const struct {
	const char *key;
	double quantile;
	int decimals, field, by;
} figures[FIGURES] = {
    [COST] = {"median", 0.5, 4, 4, 3},
    [LOW] = {"low", 0.25, 4, 4, 3},
    [HIGH] = {"high", 0.75, 4, 4, 3},
    [RATE] = {"per_second", 0.5, 2, 3, 5},
    [P50] = {"p50_us", 0.5, 0, 6, 0},
    [P99] = {"p99_us", 0.5, 0, 7, 0},
    [PSS] = {"pss_kib", 0.5, 0, 3, 0},
};

static void
demand(bool good, const struct row *r, const char *fault)
{
	if (!good)
		die("%s line %d: %s", r->file, r->line, fault);
}

static FILE *
opened(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (f == NULL)
		die("%s:", path);
	return f;
}

/* All lines but comments; each has so many fields, or so many. */
static void
read_rows(struct row *to, const char *file, int fields, int or_fields)
{
	struct row r = {.file = file}, *last = to + ROWS_MAX - 1;
	FILE *f = opened(file, "r");
	char *line = NULL, *at;
	size_t size = 0;

	while (getline(&line, &size, f) > 0) {
		r.line++;
		if (line[0] == '#' || line[0] == '\n')
			continue;
		line[strcspn(line, "\n")] = '\0';
		at = line;
		for (r.fields = 0; at != NULL && r.fields < FIELDS_MAX;) {
			r.field[r.fields++] = at;
			at = strchr(at, '|');
			if (at != NULL)
				*at++ = '\0';
		}
		demand(at == NULL && to < last &&
			   (r.fields == fields || r.fields == or_fields),
		    &r, "too few or too many fields, or too many lines");
		*to++ = r;
		line = NULL; /* the fields are in it */
	}
	free(line);
	(void)fclose(f);
}

static double
number(const struct row *r, int field)
{
	char *end;
	double n = strtod(r->field[field], &end);

	demand(end != r->field[field] && *end == '\0' && n >= 0, r,
	    "no number where one should be");
	return n;
}

/* From this row on, the first round of a contender of that case; the last, of
 * no fields, if there is none. */
static const struct row *
contender(const char *name, const struct row *r)
{
	while (r->fields > 0 && (strcmp(r->field[0], name) != 0 ||
				    strcmp(r->field[2], "1") != 0))
		r++;
	return r;
}

/* A figure of all rounds, in their order. Returns how many there are. */
static int
gather(double all[ROWS_MAX], const char *name, const char *who, enum figure f)
{
	const struct row *r;
	int n = 0;

	for (r = runs; r->fields > 0; r++) {
		if (strcmp(r->field[0], name) != 0 ||
		    strcmp(r->field[1], who) != 0 ||
		    (strcmp(r->field[2], "pss") == 0) != (f == PSS) ||
		    (r->fields == 4 && f > HIGH && f != PSS))
			continue;
		all[n] = number(r, r->fields == 4 ? 3 : figures[f].field);
		if (r->fields > 4 && figures[f].by > 0)
			all[n] /= number(r, figures[f].by);
		if (r->fields > 4 && f <= HIGH)
			all[n] /= 1000; /* from nanoseconds */
		demand(isfinite(all[n++]), r, "nothing done, or in no time");
	}
	return n;
}

/* NaN: it was not measured. */
static double
figure(const char *name, const char *who, enum figure f)
{
	static double all[ROWS_MAX];
	int n = gather(all, name, who, f);

	return n > 0 ? quantile(all, n, figures[f].quantile) : NAN;
}

/* The cheapest peer of a case; "best" if none was measured. */
static const char *
best(const char *name)
{
	const struct row *r = contender(name, runs);
	const char *peer = "best", *who;

	for (; r->fields > 0; r = contender(name, r + 1)) {
		who = r->field[1];
		if (strncmp(who, "prefork", 7) != 0 &&
		    strncmp(who, "floor", 5) != 0 &&
		    !(figure(name, who, COST) >= figure(name, peer, COST)))
			peer = who;
	}
	return peer;
}

/* What it costs; of prefork, what the bare calls cost in its place. */
static double
bare(const char *name, const char *who)
{
	char floor[64];

	if (strncmp(who, "prefork", 7) != 0)
		return figure(name, who, COST);
	(void)snprintf(floor, sizeof(floor), "floor%s", who + 7);
	return figure(name, floor, COST);
}

static const char *
unit(const char *name)
{
	return strcmp(name, "memory") == 0  ? "KiB"
	       : strcmp(name, "start") == 0 ? "ms"
					    : "us";
}

/* Three digits count, or all before the point. */
static int
decimals(double x)
{
	return x >= 100 ? 0 : x >= 10 ? 1 : 2;
}

static void
report_contender(const char *name, const char *who)
{
	static double all[ROWS_MAX];
	double x[FIGURES];
	char spread[64];
	enum figure f;
	int i, n = gather(all, name, who, COST);

	json_line(&json);
	json_begin(&json, NULL, '{');
	json_text(&json, "name", who);
	for (f = COST; f < FIGURES; f++) {
		x[f] = figure(name, who, f);
		/* Zero: no request was over in time. */
		if (x[f] > 0 || f < RATE)
			json_number(
			    &json, figures[f].key, x[f], figures[f].decimals);
	}
	json_begin(&json, "rounds", '[');
	for (i = 0; i < n; i++)
		json_number(&json, NULL, all[i], 4);
	json_end(&json, ']');
	json_end(&json, '}');

	(void)snprintf(spread, sizeof(spread), "%.*f - %.*f", decimals(x[LOW]),
	    x[LOW], decimals(x[HIGH]), x[HIGH]);
	(void)fprintf(table, "  %-13s %10.*f %21s %8.2f", who,
	    decimals(x[COST]), x[COST], spread,
	    figure(name, "prefork", COST) / x[COST]);
	if (!isnan(x[RATE]))
		(void)fprintf(table, " %10.*f", decimals(x[RATE]), x[RATE]);
	for (f = P50; !isnan(x[RATE]) && f <= PSS; f++)
		if (x[f] > 0)
			(void)fprintf(table, " %9.0f", x[f]);
		else
			(void)fprintf(table, " %9s", "-");
	(void)fputc('\n', table);
}

static void
report_case(const struct row *c)
{
	const char *name = c->field[0];
	const struct row *r = contender(name, runs);

	if (r->fields == 0)
		return;
	(void)fprintf(table, "\n%s: %s\n  %-13s %10s %21s %8s", name,
	    c->field[5], "", unit(name), "quartiles", "prefork");
	(void)fprintf(table, "%s\n",
	    r->fields == 4 ? "" : "      per s    p50 us    p99 us   PSS KiB");
	json_line(&json);
	json_begin(&json, NULL, '{');
	json_text(&json, "name", name);
	json_text(&json, "title", c->field[5]);
	json_text(&json, "unit", unit(name));
	json_begin(&json, "contenders", '[');
	for (; r->fields > 0; r = contender(name, r + 1))
		report_contender(name, r->field[1]);
	json_end(&json, ']');
	json_end(&json, '}');
}

static void
report_bar(const struct row *b)
{
	const char *name = b->field[0], *of = b->field[1], *limit = b->field[2];
	bool is_best = strcmp(b->field[3], "best") == 0, met;
	const char *that = is_best ? best(name) : b->field[3];
	const char *point = strchr(limit, '.');
	double value = figure(name, of, COST), low;
	char floor[64] = "", text[512];

	if (that[0] == '\0') {
		(void)snprintf(text, sizeof(text),
		    "%s: %s takes %.*f %s, at most %s", name, of,
		    decimals(value), value, unit(name), limit);
	} else {
		value /= figure(name, that, COST);
		low = bare(name, of) / bare(name, that);
		if (strcmp(that, "floor") != 0 && !isnan(low))
			(void)snprintf(
			    floor, sizeof(floor), " (the floor %.2f)", low);
		(void)snprintf(text, sizeof(text),
		    "%s: %s costs %.2f of %s%s, at most %s%s", name, of, value,
		    that, floor, limit, is_best ? " of the best peer" : "");
	}
	if (isnan(value))
		return; /* not measured */
	met = value <= number(b, 2);
	(void)fprintf(table, "%s: %s\n", text, met ? "met" : "missed");
	json_line(&json);
	json_begin(&json, NULL, '{');
	json_text(&json, "case", name);
	json_text(&json, "of", of);
	json_text(&json, "that", that);
	json_number(&json, "value", value, 4);
	json_number(&json, "limit", number(b, 2),
	    point != NULL ? (int)strlen(point + 1) : 0);
	json_bool(&json, "met", met);
	json_text(&json, "text", text);
	json_end(&json, '}');
}

static void
report_machine(const struct row *m)
{
	(void)fprintf(table,
	    "%s, %s processors, %s, %s, %s (%s)\n"
	    "CPU time of the family for a request, user and system, in "
	    "microseconds: the median of the\n"
	    "rounds, its quartiles, and prefork's share of it.\n",
	    m[0].field[0], m[1].field[0], m[2].field[0], m[3].field[0],
	    m[5].field[0], m[4].field[0]);
	json_text(&json, "processor", m[0].field[0]);
	json_count(&json, "processors", (int64_t)number(&m[1], 0));
	json_text(&json, "system", m[2].field[0]);
	json_text(&json, "date", m[3].field[0]);
	json_text(&json, "commit", m[4].field[0]);
	json_text(&json, "version", m[5].field[0]);
}

int
main(int argc, char **argv)
{
	const struct row *r;

	log_init("report", LOG_NOTE);
	if (argc != 7)
		die_usage("report MACHINE CASES BARS RUNS TABLE JSON");
	read_rows(machine, argv[1], 1, 1);
	read_rows(cases, argv[2], 6, 6);
	read_rows(bars, argv[3], 4, 4);
	read_rows(runs, argv[4], 4, 8);
	if (machine[5].fields == 0)
		die("%s: not six lines", argv[1]);
	table = opened(argv[5], "w");
	json.out = opened(argv[6], "w");
	json_begin(&json, NULL, '{');
	report_machine(machine);
	json_begin(&json, "cases", '[');
	for (r = cases; r->fields > 0; r++)
		report_case(r);
	json_end(&json, ']');
	json_begin(&json, "bars", '[');
	(void)fputc('\n', table);
	for (r = bars; r->fields > 0; r++)
		report_bar(r);
	json_end(&json, ']');
	json_end(&json, '}');
	(void)fputc('\n', json.out);
	if (fclose(table) != 0 || fclose(json.out) != 0)
		die("%s, %s:", argv[5], argv[6]);
	return 0;
}
