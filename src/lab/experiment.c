#include "experiment.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "bench/quantile.h"

const struct variant variants[VARIANTS] = {
    {.name = "prefork",
	.model = "prefork",
	.standby = true,
	.who = "a few processes, each with many clients, and a standby "
	       "behind each",
	.known = "this server"},
    {.name = "no-standby",
	.model = "prefork",
	.more = "--no-standby",
	.who = "a few processes, each with many clients",
	.known = "nginx, HAProxy with processes, gunicorn with async workers"},
    {.name = "prethread",
	.model = "prethread",
	.threads = true,
	.who = "a few threads of one process, each with many clients",
	.known = "memcached, Envoy, most servers in Go, Java and Rust"},
    {.name = "fork",
	.model = "fork",
	.per_client = true,
	.who = "a process for each client",
	.known = "PostgreSQL, OpenSSH, inetd, Apache httpd with mpm_prefork"},
    {.name = "thread",
	.model = "thread",
	.threads = true,
	.per_client = true,
	.who = "a thread for each client, all in one process",
	.known = "MySQL, classic Tomcat, many textbook servers"},
};

void
value_from(struct value *v, double *sample, int samples)
{
	v->samples = samples;
	if (samples == 0)
		return;
	v->low = quantile(sample, samples, 0);
	v->median = quantile(sample, samples, 0.5);
	v->high = quantile(sample, samples, 1);
}

void
experiment_add(struct experiment *e, int variant, const double *sample)
{
	struct value *v;
	int i;

	for (i = 0; e->recipe->figure[i].key != NULL; i++) {
		if (isnan(sample[i]))
			continue;
		v = &e->value[i][variant];
		assert(v->samples < SAMPLES_MAX);
		e->sample[i][variant][v->samples] = sample[i];
		value_from(v, e->sample[i][variant], v->samples + 1);
	}
}

void
experiment_clear(struct experiment *e, int variant, const char *note)
{
	int i;

	for (i = 0; i < FIGURES_MAX; i++) {
		e->value[i][variant].samples = 0;
		say(e->value[i][variant].note, NOTE_TEXT, "%s", note);
	}
}

const struct value *
experiment_values(const struct experiment *e, const char *key)
{
	const struct figure *f = e->recipe->figure;

	while (strcmp(f->key, key) != 0)
		f++;
	return e->value[f - e->recipe->figure];
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
