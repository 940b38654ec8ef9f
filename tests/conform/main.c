/*
 * conform - tries a server of static files by the rules that bind it. See
 * conform.h; scripts/conformance builds and calls it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/escape.h"
#include "base/log.h"
#include "base/num.h"
#include "conform.h"
#include "fixture.h"

enum { ALWAYS = 64, SHOWN = 400 };

/* What became of a rule that every answer is held to. */
struct watch {
	int seen;
	char where[128]; /* the first row whose answer broke it */
	char head[SHOWN];
};

struct run {
	struct server server;
	struct watch watch[ALWAYS];
	const char *known; /* "nginx": differences that are known; or NULL */
	bool strict;	   /* what was not asked is a miss */
	bool verbose;
	bool first;   /* end at the first miss */
	bool guarded; /* the server wants a password */
	int held, known_misses, not_asked, missed;
};

static const struct rows *const themes[] = {&rows_framing, &rows_requests,
    &rows_answers, &rows_conditions, &rows_ranges};

static const char usage[] =
    "usage: conform -H HOST -p PORT [-k nginx] [-1] [-g] [-s] [-v] [-w SECONDS]\n"
    "       conform -t DIR\n"
    "  -k  do not count where nginx is known to differ, and say why it does\n"
    "  -1  end at the first miss\n"
    "  -g  try no more than how the server asks for a password\n"
    "  -s  count as missed what the server gave no occasion to ask\n"
    "  -v  quote the rules that are held, too\n"
    "  -w  wait so long for an answer (5)\n"
    "  -t  write the tree that the server has to serve, and exit";

static void
show(const char *what, const char *text)
{
	printf("          %-6s %s\n", what, text);
}

static void
show_bytes(const char *what, const char *bytes, size_t len)
{
	char out[SHOWN];

	escape_text(out, sizeof(out), bytes, len);
	show(what, out);
}

/* Counts a verdict and prints its line. Says whether more is to be said. */
static bool
report(struct run *r, enum verdict v, const char *rfc, const char *about,
    const char *nginx)
{
	const char *word = "ok";
	bool known = r->known != NULL && nginx != NULL;

	if (v == NOT_ASKED && r->strict)
		v = MISSED;
	if (v == MISSED && known) {
		word = "known";
		r->known_misses++;
	} else if (v == MISSED) {
		word = "MISS";
		r->missed++;
	} else if (v == NOT_ASKED) {
		word = "-";
		r->not_asked++;
	} else {
		r->held++;
	}
	printf("%-5s  %-14s  %s\n", word, rfc, about);
	return v != HELD;
}

static void
keep_watch(struct run *r, const struct row *row, const struct answer *a)
{
	const struct always *rule;
	struct watch *w;
	int i;

	for (i = 0; i < always_count; i++) {
		rule = &always_rows[i];
		w = &r->watch[i];
		if (!rule->concerns(a))
			continue;
		w->seen++;
		if (rule->kept(a) || w->where[0] != '\0')
			continue;
		snprintf(w->where, sizeof(w->where), "%s", row->about);
		escape_text(w->head, sizeof(w->head), a->head.at, a->head.len);
	}
}

static void
try_row(struct run *r, const struct row *row)
{
	struct trial t;
	enum verdict v = trial_run(&t, &r->server, row);
	int i;

	for (i = 0; i < t.x.interims; i++)
		keep_watch(r, row, &t.x.interim[i]);
	for (i = 0; i < t.x.answers; i++)
		keep_watch(r, row, &t.x.answer[i]);
	if (report(r, v, row->rfc, row->about, row->nginx)) {
		show("why", t.why);
		show("rule", row->must);
		if (v == MISSED) {
			show_bytes("sent", t.words.data, t.words.len);
			show_bytes(
			    "came", t.x.in_len > 0 ? t.x.in : "", t.x.in_len);
		}
		if (v == MISSED && row->nginx != NULL && r->known != NULL)
			show(r->known, row->nginx);
	} else if (r->verbose) {
		show("rule", row->must);
	}
	trial_release(&t);
}

static void
tell_watch(struct run *r, const struct always *rule, const struct watch *w)
{
	enum verdict v = w->seen == 0	       ? NOT_ASKED
			 : w->where[0] != '\0' ? MISSED
					       : HELD;

	if (report(r, v, rule->rfc, rule->about, rule->nginx)) {
		show("why", v == MISSED ? w->where : "no answer was of it");
		show("rule", rule->must);
		if (v == MISSED)
			show("came", w->head);
		if (v == MISSED && rule->nginx != NULL && r->known != NULL)
			show(r->known, rule->nginx);
	} else if (r->verbose) {
		show("rule", rule->must);
	}
}

/* Learns from small.txt what the rows need to know. Dies if the tree is not
 * there. */
static void
learn(struct run *r)
{
	static const struct row row = {.about = "small.txt",
	    .send = GET("/small.txt", ""),
	    .given = "200, body small.txt"};
	struct facts *f = &r->server.facts;
	struct text etag;
	struct trial t;

	f->now = clock_wall();
	if (trial_run(&t, &r->server, &row) != HELD)
		die("http://%s/small.txt is not that of the tree: %s", f->host,
		    t.why);
	etag = answer_field(&t.x.answer[0], "ETag");
	snprintf(f->etag, sizeof(f->etag), "%.*s", (int)etag.len,
	    etag.at != NULL ? etag.at : "");
	f->modified = stamp_read(answer_field(&t.x.answer[0], "Last-Modified"));
	keep_watch(r, &row, &t.x.answer[0]);
	trial_release(&t);
}

static bool
is_over(const struct run *r)
{
	return r->first && r->missed > 0;
}

static void
try_theme(struct run *r, const struct rows *theme)
{
	int n;

	for (n = 0; n < theme->count && !is_over(r); n++)
		try_row(r, &theme->row[n]);
}

static void
try_all(struct run *r)
{
	size_t i;
	int n;

	learn(r);
	for (i = 0; i < sizeof(themes) / sizeof(themes[0]); i++)
		try_theme(r, themes[i]);
	for (n = 0; n < always_count && !is_over(r); n++)
		tell_watch(r, &always_rows[n], &r->watch[n]);
}

static void
tell_sum(const struct run *r)
{
	printf("%d rows: %d held, %d not asked, ",
	    r->held + r->missed + r->known_misses + r->not_asked, r->held,
	    r->not_asked);
	if (r->known != NULL)
		printf("%d known of %s, ", r->known_misses, r->known);
	printf("%d missed\n", r->missed);
}

static _Noreturn void
make_tree(const char *directory)
{
	const char *what;

	if (fixture_write(directory, &what) != 0)
		die("%s:", what);
	exit(0);
}

/* Returns the port. */
static const char *
take_options(struct run *r, int argc, char **argv, const char **host)
{
	const char *port = NULL;
	int64_t ms;
	int c;

	while ((c = getopt(argc, argv, "H:p:w:k:t:1gsv")) != -1) {
		if (c == 'H')
			*host = optarg;
		else if (c == 'p')
			port = optarg;
		else if (c == 'k' && strcmp(optarg, "nginx") == 0)
			r->known = optarg;
		else if (c == '1')
			r->first = true;
		else if (c == 'g')
			r->guarded = true;
		else if (c == 's')
			r->strict = true;
		else if (c == 'v')
			r->verbose = true;
		else if (c == 't')
			make_tree(optarg);
		else if (c == 'w' &&
			 num_parse_seconds(optarg, 100, 600000, &ms) == 0)
			r->server.patience = (int)ms;
		else
			die_usage("%s", usage);
	}
	if (port == NULL || *host == NULL || optind != argc)
		die_usage("%s", usage);
	return port;
}

int
main(int argc, char **argv)
{
	static struct run run = {.server.patience = 5000};
	const char *host = NULL, *port;
	char why[256];

	log_init("conform", LOG_NOTE);
	setvbuf(stdout, NULL, _IOLBF, 0);
	port = take_options(&run, argc, argv, &host);
	if (dial_resolve(&run.server.to, host, port, NULL, why, sizeof(why)) !=
	    0)
		die("%s", why);
	snprintf(run.server.facts.host, sizeof(run.server.facts.host), "%s",
	    run.server.to.text);
	if (run.guarded)
		try_theme(&run, &rows_guarded);
	else
		try_all(&run);
	tell_sum(&run);
	return run.missed > 0;
}
