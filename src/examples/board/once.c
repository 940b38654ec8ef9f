#include "once.h"

#include <string.h>

#include "board.h"

void
once_name(struct once *o, const char *const texts[], size_t count)
{
	sha256(o->name, texts, count);
}

void
once_print(struct once *o, const char *const texts[], size_t count)
{
	sha256(o->print, texts, count);
}

enum known
once_look(struct store *s, const struct once *o, int64_t *result)
{
	char print[SHA256_HEX];

	store_ask(s, ASK_ONCE, "s", o->name);
	if (!store_row(s, ASK_ONCE))
		return NEW;
	store_text(s, ASK_ONCE, 0, print, sizeof(print));
	*result = store_int(s, ASK_ONCE, 1);
	return strcmp(print, o->print) == 0 ? DONE : OTHER;
}

void
once_keep(struct store *s, const struct once *o, int64_t result, int64_t now)
{
	store_ask(s, ADD_ONCE, "ssii", o->name, o->print, result, now);
	(void)store_done(s, ADD_ONCE);
	store_ask(s, REMOVE_ONCE_BEFORE, "i", now - ONCE_SECONDS);
	(void)store_done(s, REMOVE_ONCE_BEFORE);
}
