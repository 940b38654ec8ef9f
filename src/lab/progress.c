#include "lab.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"

void
progress_open(struct progress *p, double total)
{
	memset(p, 0, sizeof(*p));
	p->total = total;
	p->begun = clock_now();
	p->terminal = isatty(STDERR_FILENO) == 1;
}

double
progress_left(const struct progress *p, double elapsed)
{
	double pace = 1;

	/* The first steps tell little: believe them little by little. */
	if (p->done > 0)
		pace = (elapsed + 5) / (p->done + 5);
	return (p->total - p->done) * pace;
}

void
progress_step(struct progress *p, double seconds, const char *what)
{
	double elapsed = (double)(clock_now() - p->begun) / 1e3;
	int percent;

	p->done += p->current;
	p->current = seconds;
	percent = p->total > 0 ? (int)(100 * p->done / p->total) : 0;
	(void)fprintf(stderr, "%s%3d %%, about %.0f s left: %s%s",
	    p->terminal ? "\r" : "", percent, progress_left(p, elapsed), what,
	    p->terminal ? "\033[K" : "\n");
	(void)fflush(stderr);
}

void
progress_close(struct progress *p)
{
	p->done = p->total;
	if (p->terminal)
		(void)fputs("\r\033[K", stderr);
}
