#include "experiment.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
value_from(struct value *v, double *sample, int samples)
{
	v->samples = samples;
	if (samples == 0)
		return;
	qsort(sample, (size_t)samples, sizeof(*sample), compare);
	v->low = sample[0];
	v->high = sample[samples - 1];
	v->median = (sample[samples / 2] + sample[(samples - 1) / 2]) / 2;
}

void
value_set(struct value *v, double only)
{
	value_from(v, &only, 1);
}

struct figure *
figure_add(struct experiment *e, const char *key, const char *name,
    const char *unit, int decimals)
{
	struct figure *f = &e->figure[e->figures++];

	assert(e->figures <= FIGURES_MAX);
	f->key = key;
	f->name = name;
	f->unit = unit;
	f->decimals = decimals;
	return f;
}

const struct figure *
figure_find(const struct experiment *e, const char *key)
{
	int i;

	for (i = 0; i < e->figures; i++)
		if (strcmp(e->figure[i].key, key) == 0)
			return &e->figure[i];
	return NULL;
}

char *
value_text(
    char out[VALUE_TEXT], const struct figure *f, int variant, bool spread)
{
	const struct value *v = &f->value[variant];

	if (v->samples == 0)
		(void)snprintf(out, VALUE_TEXT, "-");
	else if (spread && v->samples > 1)
		(void)snprintf(out, VALUE_TEXT, "%.*f [%.*f - %.*f]",
		    f->decimals, v->median, f->decimals, v->low, f->decimals,
		    v->high);
	else
		(void)snprintf(out, VALUE_TEXT, "%.*f", f->decimals, v->median);
	return out;
}

void
say(char *text, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, size, fmt, ap);
	va_end(ap);
	assert(n >= 0 && (size_t)n < size);
	(void)n;
}

const char *
opinion_name(enum opinion opinion)
{
	static const char *const names[] = {
	    [OPINION_NONE] = "none",
	    [OPINION_GOOD] = "good",
	    [OPINION_MIXED] = "mixed",
	    [OPINION_BAD] = "bad",
	};

	return names[opinion];
}
