#include "timeline.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct timeline {
	FILE *file;
	int64_t start; /* ns */
};

/* clock_wall() has seconds only, too coarse to set against another log. */
static int64_t
epoch_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

struct timeline *
timeline_open(const char *path)
{
	struct timeline *t = malloc(sizeof(*t));

	if (t == NULL)
		return NULL;
	t->file = fopen(path, "w");
	if (t->file == NULL) {
		free(t);
		return NULL;
	}
	t->start = clock_ns();
	fprintf(t->file, "0 - start %lld\n", (long long)epoch_ms());
	return t;
}

void
timeline_note(struct timeline *t, int64_t now, int client, const char *event,
    const char *detail)
{
	if (t == NULL)
		return;
	fprintf(t->file, "%lld %d %s%s%s\n",
	    (long long)((now - t->start) / 1000000), client, event,
	    detail != NULL ? " " : "", detail != NULL ? detail : "");
}

int
timeline_close(struct timeline *t)
{
	int failed;

	if (t == NULL)
		return 0;
	failed = ferror(t->file);
	failed |= fclose(t->file);
	free(t);
	return failed != 0 ? -1 : 0;
}
