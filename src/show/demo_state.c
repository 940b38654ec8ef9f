/* What is known of the demo, and told to people. */
#include "demo.h"

#include <stdio.h>

#include "base/clock.h"

const char *const demo_models[DEMO_MODELS + 1] = {
    "prefork", "prethread", "fork", "thread"};

void
demo_news(struct demo *d, const char *text)
{
	(void)snprintf(d->news[d->newses++ % DEMO_NEWS], DEMO_NEWS_LINE,
	    "%7.2f  %s", (double)(clock_now() - d->began) / 1000, text);
	if (d->screen)
		return;
	(void)printf("%s\n", d->news[(d->newses - 1) % DEMO_NEWS]);
	(void)fflush(stdout);
}

void
demo_say(struct demo *d, const char *fmt, ...)
{
	char text[DEMO_NEWS_LINE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	demo_news(d, text);
}

struct score
demo_score(const struct demo *d)
{
	const struct clients_count *count = &d->clients.all.count;
	struct score s = d->score[d->model];

	s.shown |= d->log.ready;
	s.deaths += d->log.deaths;
	s.kept += d->log.kept;
	s.lost += clients_lost(count);
	s.wrong += count->bytes_wrong;
	s.verified += count->bytes - count->bytes_wrong;
	return s;
}
