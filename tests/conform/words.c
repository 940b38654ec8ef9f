#include "words.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
add(struct words *w, const char *text, size_t len)
{
	size_t room =
	    2 * w->room > w->len + len + 1 ? 2 * w->room : w->len + len + 1;
	char *more;

	/* Twice as much each time: a million times one byte is a million
	 * copies otherwise. */
	if (w->len + len + 1 > w->room) {
		more = realloc(w->data, room);
		if (more == NULL)
			return -1;
		w->data = more;
		w->room = room;
	}
	memcpy(w->data + w->len, text, len);
	w->len += len;
	w->data[w->len] = '\0';
	return 0;
}

static int
add_etag(struct words *w, const struct facts *f, bool weak)
{
	bool is_weak = strncmp(f->etag, "W/", 2) == 0;

	if (f->etag[0] == '\0' || (is_weak && !weak)) {
		w->lacking = weak ? "no ETag" : "no strong ETag";
		return 0;
	}
	if (weak && !is_weak && add(w, "W/", 2) != 0)
		return -1;
	return add(w, f->etag, strlen(f->etag));
}

static int
add_date(struct words *w, int64_t base, int64_t shift, enum stamp_form form)
{
	char date[STAMP_BYTES];

	if (base < 0) {
		w->lacking = "no Last-Modified";
		return 0;
	}
	stamp_print(date, form, base + shift);
	return add(w, date, strlen(date));
}

static int
add_stop(struct words *w, enum stop stop)
{
	if (w->stops == WORDS_STOPS)
		return -1;
	w->stop[w->stops].at = w->len;
	w->stop[w->stops++].stop = stop;
	return 0;
}

static int
add_repeated(struct words *w, const char *word)
{
	char *text;
	long n = strtol(word, &text, 10);
	size_t len;

	if (n <= 0 || *text++ != '*')
		return -1;
	for (len = strlen(text); n > 0; n--)
		if (add(w, text, len) != 0)
			return -1;
	return 0;
}

static int
add_word(struct words *w, const char *word, const struct facts *f)
{
	/* 40 years ago, which could as well be in 60 years. */
	const int64_t forty = INT64_C(40) * 31556952;

	if (strcmp(word, "host") == 0)
		return add(w, f->host, strlen(f->host));
	if (strcmp(word, "etag") == 0 || strcmp(word, "weak") == 0)
		return add_etag(w, f, word[0] == 'w');
	if (strcmp(word, "modified") == 0)
		return add_date(w, f->modified, 0, STAMP_IMF);
	if (strcmp(word, "earlier") == 0)
		return add_date(w, f->modified, -1, STAMP_IMF);
	if (strcmp(word, "later") == 0)
		return add_date(w, f->modified, 1, STAMP_IMF);
	if (strcmp(word, "rfc850") == 0)
		return add_date(w, f->modified, 0, STAMP_850);
	if (strcmp(word, "asctime") == 0)
		return add_date(w, f->modified, 0, STAMP_ASCTIME);
	if (strcmp(word, "past") == 0)
		return add_date(w, f->now, -forty, STAMP_850);
	if (strcmp(word, "nul") == 0)
		return add(w, "", 1);
	if (strcmp(word, "pause") == 0)
		return add_stop(w, STOP_PAUSE);
	if (strcmp(word, "answer") == 0)
		return add_stop(w, STOP_ANSWER);
	if (strcmp(word, "end") == 0)
		return add_stop(w, STOP_END);
	return add_repeated(w, word);
}

int
words_fill(struct words *w, const char *pattern, const struct facts *f)
{
	char word[128];
	const char *brace, *end;
	size_t len;

	memset(w, 0, sizeof(*w));
	while (*pattern != '\0') {
		brace = strchr(pattern, '{');
		len =
		    brace != NULL ? (size_t)(brace - pattern) : strlen(pattern);
		if (add(w, pattern, len) != 0)
			return -1;
		if (brace == NULL)
			return 0;
		end = strchr(brace, '}');
		len = end != NULL ? (size_t)(end - brace - 1) : sizeof(word);
		if (len >= sizeof(word))
			return -1;
		memcpy(word, brace + 1, len);
		word[len] = '\0';
		if (add_word(w, word, f) != 0)
			return -1;
		pattern = end + 1;
	}
	return 0;
}

void
words_release(struct words *w)
{
	free(w->data);
	w->data = NULL;
}
