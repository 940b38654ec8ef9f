#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conform.h"
#include "fixture.h"

enum { EXPECT_BYTES = 512, SILENCE = 500 };

static bool
no(struct trial *t, const char *what, const char *detail)
{
	snprintf(t->why, sizeof(t->why), "%s%s", what, detail);
	return false;
}

/* "200", "4xx", "!304", "200|400". */
static bool
status_fits(const char *pattern, int status)
{
	bool wanted = pattern[0] != '!';
	char digits[8];
	const char *p;
	int i;

	snprintf(digits, sizeof(digits), "%d", status);
	for (p = pattern + !wanted; *p != '\0'; p += *p == '|') {
		for (i = 0;
		     digits[i] != '\0' && (p[i] == digits[i] || p[i] == 'x');
		     i++)
			;
		p += i;
		if (digits[i] == '\0' && (*p == '|' || *p == '\0'))
			return wanted;
		p += strcspn(p, "|");
	}
	return !wanted;
}

static bool
judge_status(struct trial *t, const struct answer *a, const char *pattern)
{
	char status[16];

	if (status_fits(pattern, a->status))
		return true;
	if (a->status == 0)
		return no(t, "no answer came", "");
	snprintf(status, sizeof(status), "%d", a->status);
	return no(t, "it was answered with ", status);
}

static bool
judge_has(struct trial *t, const struct answer *a, const char *name)
{
	return answer_field(a, name).at != NULL || no(t, "without ", name);
}

static bool
judge_no(struct trial *t, const struct answer *a, const char *name)
{
	return answer_field(a, name).at == NULL || no(t, "with ", name);
}

static bool
judge_is(struct trial *t, const struct answer *a, const char *field)
{
	const char *colon = strchr(field, ':');
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)(colon - field), field);
	return text_is(answer_field(a, name), colon + 2) ||
	       no(t, "it does not say ", field);
}

static bool
judge_body(struct trial *t, const struct answer *a, const char *arg)
{
	char name[64];
	long long first = 0, last;

	if (sscanf(arg, "%63s %lld-%lld", name, &first, &last) < 3)
		last = fixture_size(name) - 1;
	if ((long long)a->content.len != last - first + 1)
		return no(t, "its content has another length than ", arg);
	return fixture_holds(name, first, a->content) ||
	       no(t, "its content is not ", arg);
}

static bool
judge_empty(struct trial *t, const struct answer *a, const char *arg)
{
	(void)arg;
	return a->content.len == 0 || no(t, "it has content", "");
}

static bool
judge_aged(struct trial *t, const struct answer *a, const char *arg)
{
	(void)arg;
	return stamp_read(answer_field(a, "Last-Modified")) <=
		   stamp_read(answer_field(a, "Date")) ||
	       no(t, "Last-Modified is later than Date", "");
}

static bool
judge_parts(struct trial *t, const struct answer *a, const char *name)
{
	const char *fault = parts_fault(a, name);

	return fault == NULL || no(t, fault, "");
}

static bool
judge_prompt(struct trial *t, const struct answer *a, const char *arg)
{
	(void)a;
	(void)arg;
	return !t->x.unanswered ||
	       no(t, "it waited for the content before it answered", "");
}

static bool
judge_final(struct trial *t, const struct answer *a, const char *arg)
{
	(void)a;
	(void)arg;
	return t->x.interims == 0 || no(t, "an interim answer came", "");
}

/* Sends other words to the same server, and reads one answer. */
static const struct answer *
ask(struct trial *t, struct exchange *x, const struct words *w)
{
	if (exchange_open(x, &t->server->to, t->server->patience) != 0)
		return NULL;
	exchange_send(x, w);
	return exchange_read(x, 1) ? &x->answer[0] : NULL;
}

/* Copies the request but for the lines that begin with one of the prefixes,
 * which stand before the colon of `arg`. */
static void
leave_out(struct words *to, const struct words *from, const char *arg)
{
	const char *p, *next, *end = from->data + from->len;
	size_t len;
	bool drop;

	to->len = 0;
	for (p = from->data; p < end; p = next) {
		next = memchr(p, '\n', (size_t)(end - p));
		next = next != NULL ? next + 1 : end;
		drop = false;
		for (const char *a = arg;
		     *a != '\0' && *a != ':' && p > from->data;
		     a += len + (a[len] == ' ')) {
			len = strcspn(a, " :");
			if ((size_t)(end - p) > len && strncmp(p, a, len) == 0)
				drop = true;
		}
		if (drop)
			continue;
		memcpy(to->data + to->len, p, (size_t)(next - p));
		to->len += (size_t)(next - p);
	}
}

/* Is Content-Length, if it is there, what the other request would get, sent
 * as a GET? */
static bool
judge_length(struct trial *t, const struct answer *a, const char *arg)
{
	struct text length = answer_field(a, "Content-Length");
	struct words w = {.data = malloc(t->words.len)};
	const struct answer *other;
	struct exchange x;
	bool same = length.at == NULL;

	if (w.data == NULL)
		return no(t, "no memory", "");
	leave_out(&w, &t->words, arg);
	if (strncmp(w.data, "HEAD ", 5) == 0) {
		memcpy(w.data, "GET ", 4);
		memmove(w.data + 4, w.data + 5, --w.len - 4);
	}
	other = ask(t, &x, &w);
	if (other != NULL && !same)
		same = text_number(length) == (int64_t)other->content.len;
	exchange_close(&x);
	free(w.data);
	return same ||
	       no(t, "its Content-Length is not that of the content", "");
}

/* Is a field of one answer that of the other? */
static bool
field_is_same(const struct answer *a, const struct answer *b, const char *name)
{
	struct text its = answer_field(b, name), ours = answer_field(a, name);

	if (strcmp(name, "status") == 0)
		return a->status == b->status;
	if (its.at == NULL)
		return true;
	return ours.at != NULL &&
	       (strcmp(name, "Date") == 0 ||
		   (ours.len == its.len &&
		       memcmp(ours.at, its.at, its.len) == 0));
}

static bool
compare(struct trial *t, const struct answer *a, const char *arg, bool same)
{
	char fields[EXPECT_BYTES], *name, *save = NULL;
	struct words w = {.data = malloc(t->words.len)};
	const struct answer *other;
	struct exchange x;
	bool fits;

	if (w.data == NULL)
		return no(t, "no memory", "");
	leave_out(&w, &t->words, arg);
	snprintf(fields, sizeof(fields), "%s", strchr(arg, ':') + 1);
	other = ask(t, &x, &w);
	fits = other != NULL || no(t, "there was no other answer", "");
	for (name = strtok_r(fields, " ", &save); fits && name != NULL;
	     name = strtok_r(NULL, " ", &save))
		if (field_is_same(a, other, name) != same)
			fits = no(t,
			    same ? "another or no " : "the same or no ", name);
	exchange_close(&x);
	free(w.data);
	return fits;
}

static bool
judge_same(struct trial *t, const struct answer *a, const char *arg)
{
	return compare(t, a, arg, true);
}

static bool
judge_other(struct trial *t, const struct answer *a, const char *arg)
{
	return compare(t, a, arg, false);
}

static bool
judge_close(struct trial *t, const struct answer *a, const char *arg)
{
	(void)a;
	(void)arg;
	if (exchange_ends(&t->x))
		return true;
	return no(t,
	    t->x.in_len > t->x.read_at ? "more came where it had to end"
				       : "the connection stays open",
	    "");
}

static bool
judge_only(struct trial *t, const struct answer *a, const char *arg)
{
	(void)a;
	(void)arg;
	return exchange_silent(&t->x, SILENCE) || no(t, "more came", "");
}

/* The words, each with what may follow it; a digit or '!' is a status. */
static const struct word {
	const char *text;
	bool (*judge)(struct trial *, const struct answer *, const char *);
	bool ends; /* is said of the connection */
} vocabulary[] = {
    {"has ", judge_has, false},
    {"no ", judge_no, false},
    {"is ", judge_is, false},
    {"body ", judge_body, false},
    {"empty", judge_empty, false},
    {"aged", judge_aged, false},
    {"parts ", judge_parts, false},
    {"prompt", judge_prompt, false},
    {"final", judge_final, false},
    {"like GET", judge_length, false},
    {"length without ", judge_length, false},
    {"same without ", judge_same, false},
    {"other without ", judge_other, false},
    {"close", judge_close, true},
    {"only", judge_only, true},
};

enum { WORDS = sizeof(vocabulary) / sizeof(vocabulary[0]) };

static bool
judge_term(
    struct trial *t, const struct answer *a, const char *term, bool *ends)
{
	const struct word *w;
	size_t len;

	for (w = vocabulary; w < vocabulary + WORDS; w++) {
		len = strlen(w->text);
		if (strncmp(term, w->text, len) == 0) {
			*ends |= w->ends;
			return w->judge(t, a, term + len);
		}
	}
	if (strspn(term, "!0123456789x|") == strlen(term))
		return judge_status(t, a, term);
	return no(t, "nobody knows the word ", term);
}

/* Ends the string at the separator. Returns what follows; NULL: nothing. */
static char *
cut(char *string, const char *separator)
{
	char *p = strstr(string, separator);

	if (p == NULL)
		return NULL;
	*p = '\0';
	return p + strlen(separator);
}

/* The next request on the connection must meet with its answer. */
static bool
in_step(struct trial *t, const struct answer *last)
{
	struct words w;
	bool read;

	if (last->status == 0 || answer_closes(last))
		return judge_close(t, last, "");
	if (words_fill(&w, GET("/small.txt", "Connection: close\r\n"),
		&t->server->facts) != 0)
		return no(t, "no memory", "");
	exchange_send(&t->x, &w);
	words_release(&w);
	read = exchange_read(&t->x, t->x.answers + 1);
	if (!read && t->x.ended && t->x.in_len == t->x.read_at)
		return true;
	last = &t->x.answer[t->x.answers - 1];
	if (!read || last->status != 200 ||
	    !fixture_holds("small.txt", 0, last->content) ||
	    (int64_t)last->content.len != fixture_size("small.txt"))
		return no(t, "it is out of step with what follows", "");
	return judge_close(t, last, "");
}

/* Holds the answers to what is expected of each. *last is the last of them,
 * *ends whether something was said of the connection. */
static bool
judge_answers(
    struct trial *t, const char *expect, const struct answer **last, bool *ends)
{
	static const struct answer none;
	char copy[EXPECT_BYTES], *part, *next, *term, *rest;
	int i = 0;

	snprintf(copy, sizeof(copy), "%s", expect);
	for (part = copy; part != NULL; part = next, i++) {
		next = cut(part, " ; ");
		*last = exchange_read(&t->x, i + 1) ? &t->x.answer[i] : &none;
		if (*last == &none && t->x.in_len > t->x.read_at)
			return no(t, "what came is no whole answer", "");
		for (term = part; term != NULL; term = rest) {
			rest = cut(term, ", ");
			if (!judge_term(t, *last, term, ends))
				return false;
		}
	}
	return true;
}

bool
judge(struct trial *t, const char *expect)
{
	const struct answer *last;
	bool ends = false;

	return judge_answers(t, expect, &last, &ends) &&
	       (ends || in_step(t, last));
}

bool
judge_given(struct trial *t, const char *given)
{
	const struct answer *last;
	bool ends = false;

	return judge_answers(t, given, &last, &ends);
}
