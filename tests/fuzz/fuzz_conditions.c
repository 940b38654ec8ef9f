/*
 * fuzz_conditions - the field values of conditions. A tag more in a list can
 * only make it match more; a list in two lines is the same as in one.
 */
#include "http/conditions.h"

#include "fuzz.h"

enum { MOST = 4096 };

static const struct validator file = {
    .dev = 1, .ino = 2, .size = 3, .mtime = 784111777, .mtime_ns = 4};
static const int64_t now = 784111777;

/* The status that a field of this value leads to. */
static int
ask(enum field f, const char *head, size_t len)
{
	struct request r = {.method = METHOD_GET};

	r.field[f].off = 1;
	r.field[f].len = (uint32_t)len - 1;
	return conditions_check(&r, head, &file, now);
}

/* The status that a field leads to whose two parts are joined so; 0 if that
 * makes no request. */
static int
ask_joined(const char *name, const char *data, size_t len, const char *joint)
{
	static const struct request_limits limits = {8192, 65536, 100};
	char text[MOST + 128];
	struct request r;
	size_t n, half = len / 2;

	n = (size_t)snprintf(
	    text, sizeof(text), "GET / HTTP/1.1\r\nHost: a\r\n%s: \"a\"", name);
	memcpy(text + n, data, half);
	n += half;
	n += (size_t)snprintf(text + n, sizeof(text) - n, joint, name);
	memcpy(text + n, data + half, len - half);
	n += len - half;
	memcpy(text + n, "\r\n\r\n", 4);
	request_init(&r);
	if (request_parse(&r, text, n + 4, &limits) != 200)
		return 0;
	return conditions_check(&r, text, &file, now);
}

static void
check_lines(const char *name, const char *data, size_t len)
{
	size_t i, quotes = 0;

	for (i = 0; i < len; i++) {
		/* It would make lines of its own. */
		if (data[i] == '\r' || data[i] == '\n')
			return;
		quotes += i < len / 2 && data[i] == '"';
	}
	/* In the middle of a tag a comma is a part of it. */
	if (quotes % 2 == 0)
		must(ask_joined(name, data, len, ",%.0s") ==
		     ask_joined(name, data, len, "\r\n%s: "));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char etag[ETAG_BYTES], text[MOST + ETAG_BYTES + 8];
	struct request r = {.method = METHOD_GET};
	size_t more;
	char *head;
	int f, match, none_match;

	if (len == 0 || len > MOST)
		return 0;
	head = copy_of(data, len);
	for (f = 0; f < FIELD_COUNT; f++) {
		match = ask((enum field)f, head, len);
		must(match == 200 || match == 304 || match == 412);
	}
	match = ask(FIELD_IF_MATCH, head, len);
	none_match = ask(FIELD_IF_NONE_MATCH, head, len);
	/* What matches strongly matches weakly. */
	must(match == 412 || none_match == 304);
	r.field[FIELD_IF_RANGE].off = 1;
	r.field[FIELD_IF_RANGE].len = (uint32_t)len - 1;
	if (conditions_if_range(&r, head, &file, now))
		must(match == 200);
	if (!(len == 2 && head[1] == '*')) {
		memcpy(text, head, len);
		(void)etag_format(etag, &file);
		more =
		    (size_t)snprintf(text + len, sizeof(text) - len, ",\"x\"");
		must(match == 412 ||
		     ask(FIELD_IF_MATCH, text, len + more) == 200);
		more = (size_t)snprintf(
		    text + len, sizeof(text) - len, ",%s", etag);
		must(none_match == 200 ||
		     ask(FIELD_IF_NONE_MATCH, text, len + more) == 304);
	}
	check_lines("If-Match", head, len);
	check_lines("IF-NONE-MATCH", head, len);
	free(head);
	return 0;
}
