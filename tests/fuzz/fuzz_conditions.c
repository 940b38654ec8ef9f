/*
 * fuzz_conditions - the field values of conditions. A tag more in a list can
 * only make it match more.
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
	free(head);
	return 0;
}
