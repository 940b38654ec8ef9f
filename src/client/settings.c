#include "settings.h"

#include <stdio.h>
#include <string.h>

#include "base/num.h"
#include "sha256.h"
#include "http/field.h"
#include "os/poller.h"

enum { KIB = 1024, GIB = 1024 * 1024 * KIB, DAY_MS = 86400000 };

/* "64" or "1-16K". */
static bool
take_sizes(void *at, const char *value)
{
	struct sizes *sizes = at;
	char low[32];
	size_t len = strcspn(value, "-");

	if (len >= sizeof(low))
		return false;
	memcpy(low, value, len);
	low[len] = '\0';
	if (num_parse_size(low, 1, GIB, &sizes->min) != 0)
		return false;
	sizes->max = sizes->min;
	return value[len] == '\0' || num_parse_size(value + len + 1, sizes->min,
					 GIB, &sizes->max) == 0;
}

/* A request target that cannot break the request line. */
static bool
is_path(const char *value)
{
	const char *p;

	for (p = value; *p != '\0'; p++)
		if (*p <= ' ' || *p > '~')
			return false;
	return value[0] == '/' && p - value <= 4000;
}

static bool
is_sum(const char *value)
{
	unsigned char sum[SHA256_SIZE];

	return sha256_parse(value, sum) == 0;
}

/* A field line that cannot break the head, and that goes with what we say
 * ourselves. */
static bool
is_line(const char *value)
{
	struct field_line f;

	return field_line_parse(&f, value) && !field_line_is(&f, "host");
}

static bool
is_port(const char *value)
{
	int64_t port;

	return num_parse(value, 1, 65535, &port) == 0;
}

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "load", .kind = ARGUMENT_FLAG, .at = AT(load),
	    .help = "make load instead of talking; implied by those below"},
	{.name = "clients", .kind = ARGUMENT_NUMBER, .at = AT(clients),
	    .min = 1, .max = 1000000, .value = "N", .preset = "50",
	    .help = "connections at a time"},
	{.name = "size", .kind = ARGUMENT_OTHER, .at = AT(size),
	    .value = "B|MIN-MAX", .take = take_sizes,
	    .allowed = "bytes from 1 to 1G, such as 64, 16K or 1-4K",
	    .otherwise = "64; with --stream 1-16K",
	    .help = "bytes of a message"},
	{.name = "seconds", .kind = ARGUMENT_SECONDS, .at = AT(duration),
	    .max = DAY_MS, .value = "S", .absent = -1,
	    .otherwise = "10; with --count no limit",
	    .help = "length of the run"},
	{.name = "count", .kind = ARGUMENT_NUMBER, .at = AT(count),
	    .min = 1, .max = INT64_MAX, .value = "K",
	    .otherwise = "no limit", .help = "round trips in total, then end"},
	{.name = "rate", .kind = ARGUMENT_NUMBER, .at = AT(rate),
	    .min = 1, .max = 10000000, .value = "R",
	    .otherwise = "as many as possible",
	    .help = "round trips a second in total"},
	{.name = "seed", .kind = ARGUMENT_NUMBER, .at = AT(seed),
	    .max = INT64_MAX, .value = "X", .preset = "1",
	    .help = "other bytes and sizes for another X"},
	{.name = "patience", .kind = ARGUMENT_SECONDS, .at = AT(patience),
	    .min = 1, .max = DAY_MS, .value = "S", .preset = "30",
	    .help = "a client that hears nothing due for so long is lost"},
	{.name = "stream", .kind = ARGUMENT_FLAG, .at = AT(stream),
	    .help = "send without waiting for what comes back"},
	{.name = "window", .kind = ARGUMENT_SIZE, .at = AT(window),
	    .min = 1, .max = GIB, .value = "B", .preset = "256K",
	    .help = "bytes under way per client with --stream"},
	{.name = "churn", .kind = ARGUMENT_FLAG, .at = AT(churn),
	    .help = "a new connection for every round trip"},
	{.name = "reconnect", .kind = ARGUMENT_FLAG, .at = AT(reconnect),
	    .help = "replace lost connections"},
	{.name = "idle", .kind = ARGUMENT_FLAG, .at = AT(idle),
	    .help = "connect, hold for --seconds, then one round trip each"},
	{.name = "get", .kind = ARGUMENT_TEXT, .at = AT(get),
	    .value = "PATH", .good = is_path,
	    .allowed = "a path that begins with '/', percent-encoded",
	    .help = "HTTP GET requests instead of echoes"},
	{.name = "pipeline", .kind = ARGUMENT_NUMBER, .at = AT(pipeline),
	    .min = 1, .max = 1000, .value = "K", .preset = "1",
	    .help = "requests sent at once with --get"},
	{.name = "sha256", .kind = ARGUMENT_TEXT, .at = AT(sha256),
	    .value = "HEX", .good = is_sum,
	    .allowed = "64 hexadecimal digits",
	    .otherwise = "the same as the first whole one",
	    .help = "what each body must be"},
	{.name = "header", .kind = ARGUMENT_LIST, .at = AT(header),
	    .value = "LINE", .good = is_line,
	    .allowed = "a line \"Name: value\", not of Host or framing",
	    .help = "send \"Name: value\" with each --get; may be repeated"},
	{.name = "json", .kind = ARGUMENT_FLAG, .at = AT(json),
	    .help = "report as one JSON object"},
	{.name = "each", .kind = ARGUMENT_FLAG, .at = AT(each),
	    .help = "with --json, also report each client"},
	{.name = "timeline", .kind = ARGUMENT_TEXT, .at = AT(timeline),
	    .value = "FILE",
	    .help = "write losses and gaps above 100 ms there"},
	{.name = "poller", .kind = ARGUMENT_CHOICE, .at = AT(poller),
	    .words = poller_names, .absent = -1,
	    .otherwise = "the best there is", .help = "how clients wait"},
	{.name = "version", .letter = 'V', .kind = ARGUMENT_PRINT,
	    .print = arguments_version, .help = "print the version"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};

static const struct argument operands[] = {
	{.name = "HOST", .kind = ARGUMENT_TEXT, .at = AT(host)},
	{.name = "PORT", .kind = ARGUMENT_TEXT, .at = AT(port),
	    .good = is_port, .allowed = "a number from 1 to 65535"},
	{.name = NULL},
};
/* clang-format on */

/* What makes no sense together, or not without another. */
static const struct argument_rule rules[] = {
    {"stream", "churn", false},
    {"stream", "idle", false},
    {"stream", "get", false},
    {"stream", "rate", false},
    {"stream", "count", false},
    {"churn", "idle", false},
    {"churn", "reconnect", false},
    {"churn", "pipeline", false},
    {"idle", "count", false},
    {"idle", "reconnect", false},
    {"idle", "pipeline", false},
    {"get", "size", false},
    {"window", "stream", true},
    {"pipeline", "get", true},
    {"sha256", "get", true},
    {"header", "get", true},
    {"each", "json", true},
    {NULL, NULL, false},
};

static const struct arguments arguments = {
    .usage = "usage: prefork-client HOST PORT\n"
	     "       prefork-client --load [OPTION ...] HOST PORT\n",
    .row = rows,
    .rule = rules,
    .operand = operands,
};

/* What was not said. */
static void
settle(struct settings *s)
{
	if (s->size.min == 0) {
		s->size.min = s->stream ? 1 : 64;
		s->size.max = s->stream ? 16 * KIB : 64;
	}
	if (s->duration < 0 && s->count == 0)
		s->duration = 10000;
	/* A client without a round trip to make would only be in the way. */
	if (s->count > 0 && s->clients > s->count)
		s->clients = s->count;
}

void
settings_parse(struct settings *s, char **argv)
{
	memset(s, 0, sizeof(*s));
	s->load = arguments_demand(&arguments, s, argv) > 0;
	settle(s);
}
