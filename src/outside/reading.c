#include "reading.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"

struct place {
	const char *where;
	size_t at;
};

#define OF(field) offsetof(struct reading, field)
#define OF_SLOT(field) offsetof(struct slot_reading, field)

static const struct place texts[] = {
    {"version", OF(version)},
    {"model", OF(model)},
    {"readiness", OF(readiness)},
};

static const struct place numbers[] = {
    {"uptime_ms", OF(uptime_ms)},
    {"requests", OF(requests)},
    {"bytes_in", OF(bytes_in)},
    {"bytes_out", OF(bytes_out)},
    {"takeovers", OF(takeovers)},
    {"kept", OF(kept)},
    {"dropped", OF(dropped)},
    {"blamed", OF(blamed)},
    {"unlogged", OF(unlogged)},
    {"unheard", OF(unheard)},
    {"answers.2xx", OF(answers[0])},
    {"answers.3xx", OF(answers[1])},
    {"answers.4xx", OF(answers[2])},
    {"answers.5xx", OF(answers[3])},
    {"deaths.masters", OF(masters)},
};

static const struct place slot_texts[] = {{"slots.state", OF_SLOT(state)}};

static const struct place slot_numbers[] = {
    {"slots.slot", OF_SLOT(slot)},
    {"slots.worker", OF_SLOT(worker)},
    {"slots.standby", OF_SLOT(standby)},
    {"slots.age_ms", OF_SLOT(age_ms)},
    {"slots.clients", OF_SLOT(clients)},
    {"slots.requests", OF_SLOT(requests)},
    {"slots.bytes_in", OF_SLOT(bytes_in)},
    {"slots.bytes_out", OF_SLOT(bytes_out)},
    {"slots.takeovers", OF_SLOT(takeovers)},
    {"slots.kept", OF_SLOT(kept)},
    {"slots.dropped", OF_SLOT(dropped)},
    {"slots.blamed", OF_SLOT(blamed)},
    {"slots.took_us", OF_SLOT(took_us)},
};

#define COUNT_OF(list) (sizeof(list) / sizeof((list)[0]))

/* Where the value belongs in what is at base; NULL: nowhere. */
static void *
find(void *base, const struct place *list, size_t n, const char *where)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i].where, where) == 0)
			return (char *)base + list[i].at;
	return NULL;
}

static void
put_text(char to[WORD_BYTES], const char *text)
{
	size_t i;

	for (i = 0; i < WORD_BYTES - 1 && text[i] != '\0'; i++)
		to[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	to[i] = '\0';
}

/* No count is less than nothing. */
static int64_t
count_of(const char *value)
{
	const long long n = strtoll(value, NULL, 10);

	return n > 0 ? n : 0;
}

static void
add(int64_t *sum, const char *value)
{
	const int64_t n = count_of(value);

	*sum = n < INT64_MAX - *sum ? *sum + n : INT64_MAX;
}

static void
put(char *text, int64_t *number, const char *value)
{
	if (text != NULL)
		put_text(text, value);
	if (number != NULL)
		*number = count_of(value);
}

static bool
begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static void
found(void *own, const char *where, const char *value)
{
	struct reading *r = own;
	struct slot_reading *s;

	if (value == NULL) {
		if (strcmp(where, "slots") == 0 && r->slots < SLOTS_MAX)
			r->slots++;
	} else if (begins(where, "slots.") && r->slots > 0) {
		s = &r->slot[r->slots - 1];
		put(find(s, slot_texts, COUNT_OF(slot_texts), where),
		    find(s, slot_numbers, COUNT_OF(slot_numbers), where),
		    value);
	} else if (begins(where, "refused.")) {
		add(&r->refused, value);
	} else if (begins(where, "deaths.workers_")) {
		add(&r->workers, value);
	} else if (begins(where, "deaths.standbys_")) {
		add(&r->standbys, value);
	} else {
		put(find(r, texts, COUNT_OF(texts), where),
		    find(r, numbers, COUNT_OF(numbers), where), value);
	}
}

bool
reading_parse(struct reading *r, const char *json)
{
	memset(r, 0, sizeof(*r));
	return json_read(json, found, r) && r->version[0] != '\0' &&
	       r->model[0] != '\0';
}
