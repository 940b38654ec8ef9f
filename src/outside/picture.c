#include "picture.h"

#include <stdbool.h>
#include <string.h>

enum { HEAD_LINES = 7, DAYS_MAX = 99999, WIDE_MAX = 9999999 };

const char *
picture_short(char text[SHORT_BYTES], double n)
{
	static const char units[] = " kMGTPE";
	const char *unit = units;

	if (n < 9999.5) {
		(void)snprintf(text, SHORT_BYTES, "%.0f", n < 0 ? 0 : n);
		return text;
	}
	while (n >= 999.5 && unit[1] != '\0') {
		n /= 1000;
		unit++;
	}
	(void)snprintf(text, SHORT_BYTES, "%.*f%c",
	    n < 9.995	? 2
	    : n < 99.95 ? 1
			: 0,
	    n, *unit);
	return text;
}

/* "3 h 12 min": the two largest units. */
static const char *
duration(char text[SHORT_BYTES * 2], int64_t ms)
{
	static const struct {
		int64_t seconds;
		const char *name;
	} units[] = {{86400, "d"}, {3600, "h"}, {60, "min"}, {1, "s"}};
	int64_t s = ms > 0 ? ms / 1000 : 0;
	int i = 0;

	if (s / units[0].seconds > DAYS_MAX)
		s = DAYS_MAX * units[0].seconds;
	while (i < 3 && s < units[i].seconds)
		i++;
	if (i == 3)
		(void)snprintf(text, (size_t)SHORT_BYTES * 2, "%d s", (int)s);
	else
		(void)snprintf(text, (size_t)SHORT_BYTES * 2, "%lld %s %lld %s",
		    (long long)(s / units[i].seconds), units[i].name,
		    (long long)(s % units[i].seconds / units[i + 1].seconds),
		    units[i + 1].name);
	return text;
}

/* By the second. A server that began anew has no rate yet. */
static double
rate(int64_t now, int64_t before, const struct reading *r,
    const struct reading *earlier)
{
	const int64_t ms =
	    r->uptime_ms - (earlier != NULL ? earlier->uptime_ms : 0);

	if (earlier == NULL)
		before = 0;
	return ms > 0 && now >= before
		   ? (double)(now - before) * 1000 / (double)ms
		   : 0;
}

static double
all_clients(const struct reading *r)
{
	double sum = 0;
	int i;

	for (i = 0; i < r->slots; i++)
		sum += (double)r->slot[i].clients;
	return sum;
}

static void
head(FILE *out, const struct reading *r, const struct reading *b)
{
	const struct reading none = {.slots = 0}, *was = b != NULL ? b : &none;
	char t[5][SHORT_BYTES], up[SHORT_BYTES * 2];

	(void)fprintf(out, "prefork %.16s, model %.10s: %.20s, up %s\n",
	    r->version, r->model, r->readiness, duration(up, r->uptime_ms));
	(void)fprintf(out,
	    "clients %s, requests %s/s, in %s B/s, out %s B/s; answered %s\n",
	    picture_short(t[0], all_clients(r)),
	    picture_short(t[1], rate(r->requests, was->requests, r, b)),
	    picture_short(t[2], rate(r->bytes_in, was->bytes_in, r, b)),
	    picture_short(t[3], rate(r->bytes_out, was->bytes_out, r, b)),
	    picture_short(t[4], (double)r->requests));
	(void)fprintf(out, "answers 2xx %s, 3xx %s, 4xx %s, 5xx %s\n",
	    picture_short(t[0], (double)r->answers[0]),
	    picture_short(t[1], (double)r->answers[1]),
	    picture_short(t[2], (double)r->answers[2]),
	    picture_short(t[3], (double)r->answers[3]));
	(void)fprintf(out, "deaths of workers %s, standbys %s, masters %s\n",
	    picture_short(t[0], (double)r->workers),
	    picture_short(t[1], (double)r->standbys),
	    picture_short(t[2], (double)r->masters));
	(void)fprintf(out,
	    "clients kept %s, dropped %s, blamed %s, refused %s\n",
	    picture_short(t[0], (double)r->kept),
	    picture_short(t[1], (double)r->dropped),
	    picture_short(t[2], (double)r->blamed),
	    picture_short(t[3], (double)r->refused));
	if (r->unlogged + r->unheard > 0)
		(void)fprintf(out,
		    "lines lost to the logs: access %s, event %s\n",
		    picture_short(t[0], (double)r->unlogged),
		    picture_short(t[1], (double)r->unheard));
}

/* The same slot earlier; NULL: there was none. */
static const struct slot_reading *
earlier(const struct reading *before, const struct slot_reading *s)
{
	int i;

	for (i = 0; before != NULL && i < before->slots; i++)
		if (before->slot[i].slot == s->slot)
			return &before->slot[i];
	return NULL;
}

/* A number that is to fit into its column. */
static int
narrow(int64_t n, int most)
{
	return n >= 0 && n <= most ? (int)n : most;
}

static void
row(FILE *out, const struct reading *r, const struct reading *b,
    const struct slot_reading *s)
{
	const struct slot_reading *was = earlier(b, s);
	char t[5][SHORT_BYTES], took[SHORT_BYTES] = "-";

	if (s->took_us > 0)
		(void)snprintf(took, sizeof(took), "%.1f",
		    (double)narrow(s->took_us, WIDE_MAX) / 1000);
	(void)fprintf(out, "%4d %-9.9s %7d %7d %7s %7s %7s %7s %7s %7s\n",
	    narrow(s->slot, 9999), s->state, narrow(s->worker, WIDE_MAX),
	    narrow(s->standby, WIDE_MAX),
	    picture_short(t[0], (double)s->clients),
	    picture_short(
		t[1], rate(s->requests, was != NULL ? was->requests : 0, r,
			  was != NULL ? b : NULL)),
	    picture_short(t[2], (double)s->requests),
	    picture_short(t[3], (double)s->bytes_out),
	    picture_short(t[4], (double)s->takeovers), took);
}

void
picture(FILE *out, const struct reading *now, const struct reading *before,
    int rows)
{
	int i, most, lines = HEAD_LINES + (now->unlogged + now->unheard > 0);

	head(out, now, before);
	(void)fprintf(out, "\n%4s %-9s %7s %7s %7s %7s %7s %7s %7s %7s\n",
	    "slot", "state", "worker", "standby", "clients", "req/s", "answers",
	    "out B", "deaths", "last ms");
	most = now->slots;
	if (lines + most > rows)
		most = rows > lines + 1 ? rows - lines - 1 : 0;
	for (i = 0; i < most; i++)
		row(out, now, before, &now->slot[i]);
	if (most < now->slots)
		(void)fprintf(out, "and %d more\n", now->slots - most);
}
