#include "field_list.h"

#include <stdarg.h>
#include <stdio.h>

void
field_add(struct list *l, size_t at, size_t len, const char *name,
    const char *fmt, ...)
{
	struct field *f;
	va_list ap;

	if (l->count == FIELDS_MAX)
		return;
	f = &l->field[l->count++];
	f->at = l->base + at;
	f->len = len;
	f->name = name;
	f->note[0] = '\0';
	va_start(ap, fmt);
	(void)vsnprintf(f->value, sizeof(f->value), fmt, ap);
	va_end(ap);
}

void
field_note(struct list *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(l->field[l->count - 1].note, FIELD_NOTE, fmt, ap);
	va_end(ap);
}
