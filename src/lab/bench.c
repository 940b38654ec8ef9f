#include "lab/bench.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "lab/kin.h"

enum { REPORT_BYTES = 8192, PATIENCE_MS = 60000, ARGS = 24 };

double
bench_number(const char *json, const char *key)
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
static size_t
read_all(int fd, char *out, size_t size)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int64_t until = clock_now() + PATIENCE_MS, left;
	size_t len = 0;
	ssize_t n;

	while (len < size - 1) {
		left = until - clock_now();
		if (left <= 0 || poll(&p, 1, (int)left) == 0)
			break;
		n = read(fd, out + len, size - 1 - len);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			break;
		len += n > 0 ? (size_t)n : 0;
	}
	out[len] = '\0';
	return len;
}

int
bench_run(struct bench *b, const char *program, const struct specimen *s,
    const char *const options[])
{
	const char *port = strrchr(s->dial.text, ':') + 1;
	const char *args[ARGS] = {program, "--json"};
	char report[REPORT_BYTES];
	int64_t before, after;
	struct task task;
	int n = 2, i;

	for (i = 0; options[i] != NULL && n < ARGS - 3; i++)
		args[n++] = options[i];
	args[n++] = "127.0.0.1";
	args[n++] = port;
	args[n] = NULL;
	memset(b, 0, sizeof(*b));
	before = kin_cpu_ns(s->task.pid);
	if (task_start(&task, args, STDOUT_FILENO, NULL) != 0)
		return -1;
	(void)read_all(task.out, report, sizeof(report));
	(void)task_end(&task);
	after = kin_cpu_ns(s->task.pid);
	b->round_trips = bench_number(report, "round_trips");
	b->per_second = bench_number(report, "round_trips_per_second");
	b->p50_us = bench_number(report, "p50");
	b->p99_us = bench_number(report, "p99");
	b->lost = bench_number(report, "clients_lost");
	b->wrong = bench_number(report, "bytes_wrong") +
		   bench_number(report, "bodies_wrong") +
		   bench_number(report, "not_ok");
	b->cpu_us = after > 0 && b->round_trips > 0
			? (double)(after - before) / 1e3 / b->round_trips
			: -1;
	return b->round_trips > 0 ? 0 : -1;
}
