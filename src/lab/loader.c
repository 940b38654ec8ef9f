#include "loader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "bench/proc.h"

enum { REPORT_BYTES = 8192, PATIENCE_MS = 60000, ARGS = 24 };

double
loader_number(const char *json, const char *key)
{
	char quoted[64];
	const char *at;
	char *end;
	double n;

	(void)snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(json, quoted);
	if (at == NULL)
		return -1;
	at += strlen(quoted);
	n = strtod(at, &end);
	return end != at ? n : -1;
}

/* Until its end, or for as long as it may take. */
static void
read_all(struct program *p, char *out, size_t size)
{
	int64_t until = clock_now() + PATIENCE_MS, left;
	size_t len = 0;
	ssize_t n = 0;

	while (len < size - 1 && n >= 0 && (left = until - clock_now()) > 0) {
		n = program_read(p, out + len, size - 1 - len, left);
		len += n > 0 ? (size_t)n : 0;
	}
	out[len] = '\0';
}

int
loader_run(struct loader *b, const char *program, const struct instance *s,
    const char *const options[])
{
	const char *port = strrchr(s->dial.text, ':') + 1;
	const char *args[ARGS] = {program, "--json"};
	char report[REPORT_BYTES];
	int64_t before, after;
	struct program load;
	int n = 2, i;

	for (i = 0; options[i] != NULL && n < ARGS - 3; i++)
		args[n++] = options[i];
	args[n++] = "127.0.0.1";
	args[n++] = port;
	args[n] = NULL;
	memset(b, 0, sizeof(*b));
	before = proc_cpu_ns(s->program.pid);
	if (program_start(&load, args, PROGRAM_OUT, NULL) != 0)
		return -1;
	read_all(&load, report, sizeof(report));
	program_end(&load);
	after = proc_cpu_ns(s->program.pid);
	b->round_trips = loader_number(report, "round_trips");
	b->per_second = loader_number(report, "round_trips_per_second");
	b->p50_us = loader_number(report, "p50");
	b->p99_us = loader_number(report, "p99");
	b->lost = loader_number(report, "clients_lost");
	b->wrong = loader_number(report, "bytes_wrong") +
		   loader_number(report, "bodies_wrong") +
		   loader_number(report, "not_ok");
	b->cpu_us = after > 0 && b->round_trips > 0
			? (double)(after - before) / 1e3 / b->round_trips
			: -1;
	return b->round_trips > 0 ? 0 : -1;
}
