#include "report.h"

#include <inttypes.h>

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
		uint64_t n = run->clients[i].round_trips;

		s.least = n < s.least ? n : s.least;
		s.most = n > s.most ? n : s.most;
	}
	return s;
}

void
report_progress(
    FILE *out, const struct run *run, struct progress *last, int64_t now)
{
	const struct tally *t = &run->tally;
	double span = seconds(now - last->at);

	if (last->at != 0 && span > 0)
		fprintf(out,
		    "\r%6.1f s  %d clients  %.0f/s  %.1f MB/s  "
		    "lost %" PRIu64 "  unconnected %" PRIu64 "  wrong %" PRIu64
		    "   ",
		    seconds(now - run->opened_at), run->crowd.connected,
		    (double)(t->round_trips - last->round_trips) / span,
		    (double)(t->bytes - last->bytes) / span / 1e6,
		    tally_lost(t), tally_unconnected(t),
		    t->bytes_wrong + t->bodies_wrong);
	fflush(out);
	*last = (struct progress){now, t->round_trips, t->bytes};
}

static void
table_losses(FILE *out, const struct tally *t)
{
	int i;

	fprintf(out, "clients lost     %" PRIu64, tally_lost(t));
	for (i = 0; i < LOSS_COUNT; i++)
		if (t->lost[i] > 0)
			fprintf(out, "  %s %" PRIu64, loss_name(i), t->lost[i]);
	fprintf(out, "\nconnect failures %" PRIu64, tally_unconnected(t));
	if (tally_unconnected(t) > 0)
		fprintf(out,
		    "  refused %" PRIu64 "  no port %" PRIu64
		    "  other %" PRIu64,
		    t->refused, t->no_port, t->unreached);
	fprintf(out, "\nbytes wrong      %" PRIu64 "\n", t->bytes_wrong);
}

static void
table_bodies(FILE *out, const struct tally *t)
{
	fprintf(out,
	    "bodies           %" PRIu64 " whole and equal, %" PRIu64
	    " wrong, %" PRIu64 " short\n"
	    "not 200          %" PRIu64 "\n",
	    t->bodies_whole, t->bodies_wrong, t->lost[LOSS_SHORT], t->not_ok);
}

void
report_table(FILE *out, const struct run *run)
{
	const struct tally *t = &run->tally;
	const struct spread s = spread(run);
	double cpu = (double)(t->cpu_user_us + t->cpu_sys_us);

	fprintf(out, "server           %s\n", run->dial->text);
	fprintf(out,
	    "connections      %" PRIu64 " made, %" PRIu64
	    " ended in order; open after %.3f s\n",
	    t->connected, t->in_order, seconds(t->open_ns));
	fprintf(out,
	    "round trips      %" PRIu64 " in %.3f s: %.0f/s"
	    "; per client %" PRIu64 " to %" PRIu64 "\n",
	    t->round_trips, seconds(t->run_ns), per_second(run, t->round_trips),
	    s.least, s.most);
	fprintf(out, "bytes            %" PRIu64 ": %.1f MB/s\n", t->bytes,
	    per_second(run, t->bytes) / 1e6);
	fprintf(out,
	    "latency          p50 %.1f us  p99 %.1f us  p99.9 %.1f us  "
	    "max %.1f us\n",
	    latency_us(run, 0.5), latency_us(run, 0.99), latency_us(run, 0.999),
	    latency_us(run, 1));
	if (run->settings->idle && t->round_trips > 0)
		fprintf(out,
		    "answered         first after %.3f ms, "
		    "last after %.3f ms\n",
		    (double)t->first_answer_ns / 1e6,
		    (double)t->last_answer_ns / 1e6);
	if (run->settings->get != NULL)
		table_bodies(out, t);
	table_losses(out, t);
	fprintf(out, "own processor    %.0f ms user, %.0f ms system",
	    (double)t->cpu_user_us / 1e3, (double)t->cpu_sys_us / 1e3);
	if (t->round_trips > 0)
		fprintf(out, ": %.2f us per round trip",
		    cpu / (double)t->round_trips);
	fprintf(out, "\n");
}

static void
json_each(FILE *out, const struct run *run)
{
	const struct client *c;
	int64_t i;

	fprintf(out, ",\"each\":[");
	for (i = 0; i < run->settings->clients; i++) {
		c = &run->clients[i];
		fprintf(out,
		    "%s{\"round_trips\":%" PRIu64 ",\"bytes\":%" PRIu64
		    ",\"lost\":%" PRIu64 "}",
		    i > 0 ? "," : "", c->round_trips, c->bytes, c->lost);
	}
	fprintf(out, "]");
}

static void
json_counts(FILE *out, const struct run *run)
{
	const struct tally *t = &run->tally;
	const struct spread s = spread(run);
	const struct {
		const char *key;
		uint64_t value;
	} pairs[] = {
	    {"clients", (uint64_t)run->settings->clients},
	    {"seed", (uint64_t)run->settings->seed},
	    {"connected", t->connected},
	    {"ended_in_order", t->in_order},
	    {"refused", t->refused},
	    {"no_port", t->no_port},
	    {"unreached", t->unreached},
	    {"clients_lost", tally_lost(t)},
	    {"reset", t->lost[LOSS_RESET]},
	    {"short", t->lost[LOSS_SHORT]},
	    {"closed", t->lost[LOSS_CLOSED]},
	    {"timeout", t->lost[LOSS_TIMEOUT]},
	    {"extra", t->lost[LOSS_EXTRA]},
	    {"garbled", t->lost[LOSS_GARBLED]},
	    {"bytes_wrong", t->bytes_wrong},
	    {"bodies_whole", t->bodies_whole},
	    {"bodies_wrong", t->bodies_wrong},
	    {"not_ok", t->not_ok},
	    {"round_trips", t->round_trips},
	    {"round_trips_least", s.least},
	    {"round_trips_most", s.most},
	    {"bytes", t->bytes},
	    {"bytes_sent", t->bytes_sent},
	};
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		fprintf(
		    out, "\"%s\":%" PRIu64 ",", pairs[i].key, pairs[i].value);
}

void
report_json(FILE *out, const struct run *run)
{
	const struct tally *t = &run->tally;

	fprintf(out, "{");
	json_counts(out, run);
	fprintf(out,
	    "\"seconds\":%.6f,\"open_seconds\":%.6f,"
	    "\"round_trips_per_second\":%.1f,"
	    "\"cpu_user_ms\":%.3f,\"cpu_sys_ms\":%.3f,",
	    seconds(t->run_ns), seconds(t->open_ns),
	    per_second(run, t->round_trips), (double)t->cpu_user_us / 1e3,
	    (double)t->cpu_sys_us / 1e3);
	fprintf(out,
	    "\"first_answer_us\":%.1f,\"last_answer_us\":%.1f,"
	    "\"latency_us\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,"
	    "\"max\":%.1f}",
	    (double)t->first_answer_ns / 1e3, (double)t->last_answer_ns / 1e3,
	    latency_us(run, 0.5), latency_us(run, 0.99), latency_us(run, 0.999),
	    latency_us(run, 1));
	if (run->settings->each)
		json_each(out, run);
	fprintf(out, "}\n");
}
