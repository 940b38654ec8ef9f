#include "bench/results_page.h"

#include <string.h>

/* The lines of page.html; made by the build. */
static const char *const lines[] = {
#include "src/bench/page_lines.inc"
};

void
page_write(FILE *out, void (*results)(FILE *out, const void *context),
    const void *context)
{
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (strcmp(lines[i], "@RESULTS@\n") == 0)
			results(out, context);
		else
			(void)fputs(lines[i], out);
	}
}
