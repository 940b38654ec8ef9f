#include "run.h"

#include "bench/json.h"

#include <inttypes.h>

uint64_t
report_unconnected(const struct tally *t)
{
	return t->refused + t->no_port + t->unreached;
}

bool
report_is_clean(const struct tally *t, const struct clients_count *count)
{
	return clients_lost(count) == 0 && report_unconnected(t) == 0 &&
	       count->bytes_wrong == 0 && t->bodies_wrong == 0 &&
	       t->not_ok == 0;
}

static double
seconds(int64_t ns)
{
	return (double)ns / 1e9;
}

static double
latency_us(const struct run *run, double share)
{
	return (double)histogram_at(&run->tally.latency, share) / 1e3;
}

static double
per_second(const struct run *run, uint64_t n)
{
	return run->tally.run_ns > 0 ? (double)n / seconds(run->tally.run_ns)
				     : 0;
}

/* How many round trips any one client made, from the fewest to the most. */
struct spread {
	uint64_t least, most;
};

static struct spread
spread(const struct run *run)
{
	struct spread s = {UINT64_MAX, 0};
	int64_t i;

	for (i = 0; i < run->settings->clients; i++) {
		uint64_t n = run->client[i].round_trips;

		s.least = n < s.least ? n : s.least;
		s.most = n > s.most ? n : s.most;
	}
	return s;
}

void
report_progress(
    FILE *out, const struct run *run, struct progress *last, int64_t now)
{
	const struct clients_count *n = &run->all.count;
	const struct tally *t = &run->tally;
	double span = seconds(now - last->at);

	if (last->at != 0 && span > 0)
		fprintf(out,
		    "\r%6.1f s  %d clients  %.0f/s  %.1f MB/s  "
		    "lost %" PRIu64 "  unconnected %" PRIu64 "  wrong %" PRIu64
		    "   ",
		    seconds(now - run->opened_at), run->all.crowd.connected,
		    (double)(t->round_trips - last->round_trips) / span,
		    (double)(n->bytes - last->bytes) / span / 1e6,
		    clients_lost(n), report_unconnected(t),
		    n->bytes_wrong + t->bodies_wrong);
	fflush(out);
	*last = (struct progress){now, t->round_trips, n->bytes};
}

static void
table_losses(FILE *out, const struct run *run)
{
	const struct clients_count *n = &run->all.count;
	const struct tally *t = &run->tally;
	int i;

	fprintf(out, "clients lost     %" PRIu64, clients_lost(n));
	for (i = 0; i < LOSS_COUNT; i++)
		if (n->lost[i] > 0)
			fprintf(out, "  %s %" PRIu64, loss_name(i), n->lost[i]);
	fprintf(out, "\nconnect failures %" PRIu64, report_unconnected(t));
	if (report_unconnected(t) > 0)
		fprintf(out,
		    "  refused %" PRIu64 "  no port %" PRIu64
		    "  other %" PRIu64,
		    t->refused, t->no_port, t->unreached);
	fprintf(out, "\nbytes wrong      %" PRIu64 "\n", n->bytes_wrong);
}

void
report_table(FILE *out, const struct run *run)
{
	const struct clients_count *n = &run->all.count;
	const struct tally *t = &run->tally;
	const struct spread s = spread(run);
	double cpu = (double)(t->cpu_user_us + t->cpu_sys_us);

	fprintf(out, "server           %s\n", run->dial->text);
	fprintf(out,
	    "connections      %" PRIu64 " made, %" PRIu64
	    " ended in order; open after %.3f s\n",
	    n->connected, n->in_order, seconds(t->open_ns));
	fprintf(out,
	    "round trips      %" PRIu64 " in %.3f s: %.0f/s"
	    "; per client %" PRIu64 " to %" PRIu64 "\n",
	    t->round_trips, seconds(t->run_ns), per_second(run, t->round_trips),
	    s.least, s.most);
	fprintf(out, "bytes            %" PRIu64 ": %.1f MB/s\n", n->bytes,
	    per_second(run, n->bytes) / 1e6);
	fprintf(out,
	    "latency          p50 %.1f us  p99 %.1f us  p99.9 %.1f us  "
	    "max %.1f us\n",
	    latency_us(run, 0.5), latency_us(run, 0.99), latency_us(run, 0.999),
	    latency_us(run, 1));
	if (run->settings->idle && t->round_trips > 0)
		fprintf(out,
		    "answered         first after %.3f ms, "
		    "last after %.3f ms\n",
		    (double)t->first_answer_ns / 1e6, (double)t->run_ns / 1e6);
	if (run->settings->get != NULL)
		fprintf(out,
		    "bodies           %" PRIu64 " whole and equal, %" PRIu64
		    " wrong, %" PRIu64 " short\n"
		    "not 200          %" PRIu64 "\n",
		    t->bodies_whole, t->bodies_wrong, n->lost[LOSS_SHORT],
		    t->not_ok);
	table_losses(out, run);
	fprintf(out, "own processor    %.0f ms user, %.0f ms system",
	    (double)t->cpu_user_us / 1e3, (double)t->cpu_sys_us / 1e3);
	if (t->round_trips > 0)
		fprintf(out, ": %.2f us per round trip",
		    cpu / (double)t->round_trips);
	fprintf(out, "\n");
}

static void
json_counts(struct json *j, const struct run *run)
{
	const struct clients_count *n = &run->all.count;
	const struct tally *t = &run->tally;
	const struct spread s = spread(run);
	const struct {
		const char *key;
		uint64_t value;
	} pairs[] = {
	    {"clients", (uint64_t)run->settings->clients},
	    {"seed", (uint64_t)run->settings->seed},
	    {"connected", n->connected},
	    {"ended_in_order", n->in_order},
	    {"refused", t->refused},
	    {"no_port", t->no_port},
	    {"unreached", t->unreached},
	    {"clients_lost", clients_lost(n)},
	    {"bytes_wrong", n->bytes_wrong},
	    {"bodies_whole", t->bodies_whole},
	    {"bodies_wrong", t->bodies_wrong},
	    {"not_ok", t->not_ok},
	    {"round_trips", t->round_trips},
	    {"round_trips_least", s.least},
	    {"round_trips_most", s.most},
	    {"bytes", n->bytes},
	    {"bytes_sent", n->bytes_sent},
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		json_count(j, pairs[i].key, (int64_t)pairs[i].value);
	for (i = 0; i < LOSS_COUNT; i++)
		json_count(j, loss_name((enum loss)i), (int64_t)n->lost[i]);
}

static void
json_times(struct json *j, const struct run *run)
{
	const struct tally *t = &run->tally;

	json_number(j, "seconds", seconds(t->run_ns), 6);
	json_number(j, "open_seconds", seconds(t->open_ns), 6);
	json_number(
	    j, "round_trips_per_second", per_second(run, t->round_trips), 1);
	json_number(j, "cpu_user_ms", (double)t->cpu_user_us / 1e3, 3);
	json_number(j, "cpu_sys_ms", (double)t->cpu_sys_us / 1e3, 3);
	json_number(j, "first_answer_us", (double)t->first_answer_ns / 1e3, 1);
	json_number(j, "last_answer_us", (double)t->run_ns / 1e3, 1);
	json_begin(j, "latency_us", '{');
	json_number(j, "p50", latency_us(run, 0.5), 1);
	json_number(j, "p99", latency_us(run, 0.99), 1);
	json_number(j, "p999", latency_us(run, 0.999), 1);
	json_number(j, "max", latency_us(run, 1), 1);
	json_end(j, '}');
}

static void
json_each(struct json *j, const struct run *run)
{
	const struct load_client *l = run->client;
	const struct load_client *stop = l + run->settings->clients;

	json_begin(j, "each", '[');
	for (; l < stop; l++) {
		json_begin(j, NULL, '{');
		json_count(j, "round_trips", (int64_t)l->round_trips);
		json_count(j, "bytes", (int64_t)l->client.bytes);
		json_count(j, "lost", (int64_t)l->lost);
		json_end(j, '}');
	}
	json_end(j, ']');
}

void
report_json(FILE *out, const struct run *run)
{
	struct json j = {.out = out};

	json_begin(&j, NULL, '{');
	json_counts(&j, run);
	json_times(&j, run);
	if (run->settings->each)
		json_each(&j, run);
	json_end(&j, '}');
	(void)fputc('\n', out);
}
