#include "client/settings.h"

#include "base/escape.h"
#include "base/num.h"
#include "client/sha256.h"
#include "http/field.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define KIB INT64_C(1024)
#define GIB (KIB * KIB * KIB)
#define DAY INT64_C(86400000)

enum kind { FLAG, NUMBER, SIZE, SIZES, SECONDS, TEXT, PATH, SUM, LINES };

struct row {
	const char *name;
	char letter; /* '\0': none */
	enum kind kind;
	size_t field;
	int64_t min, max;
	const char *value; /* as the help calls it, NULL for a flag */
	const char *help;
};

#define FIELD(name) offsetof(struct settings, name)

static const struct row rows[] = {
    {"load", 0, FLAG, FIELD(load), 0, 0, NULL,
	"make load instead of talking; implied by those below"},
    {"clients", 0, NUMBER, FIELD(clients), 1, 1000000, "N",
	"connections at a time (50)"},
    {"size", 0, SIZES, FIELD(size_min), 1, GIB, "B|MIN-MAX",
	"bytes of a message (64; with --stream 1-16K)"},
    {"seconds", 0, SECONDS, FIELD(duration), 0, DAY, "S",
	"length of the run (10, or no limit with --count)"},
    {"count", 0, NUMBER, FIELD(count), 1, INT64_MAX, "K",
	"round trips in total, then end"},
    {"rate", 0, NUMBER, FIELD(rate), 1, 10000000, "R",
	"round trips per second in total (as many as possible)"},
    {"seed", 0, NUMBER, FIELD(seed), 0, INT64_MAX, "X",
	"other bytes and sizes for another X (1)"},
    {"patience", 0, SECONDS, FIELD(patience), 1, DAY, "S",
	"a client that hears nothing due for so long is lost (30)"},
    {"stream", 0, FLAG, FIELD(stream), 0, 0, NULL,
	"send without waiting for what comes back"},
    {"window", 0, SIZE, FIELD(window), 1, GIB, "B",
	"bytes under way per client with --stream (256K)"},
    {"churn", 0, FLAG, FIELD(churn), 0, 0, NULL,
	"a new connection for every round trip"},
    {"reconnect", 0, FLAG, FIELD(reconnect), 0, 0, NULL,
	"replace lost connections"},
    {"idle", 0, FLAG, FIELD(idle), 0, 0, NULL,
	"connect, hold for --seconds, then one round trip each"},
    {"get", 0, PATH, FIELD(get), 0, 0, "PATH",
	"HTTP GET requests instead of echoes"},
    {"pipeline", 0, NUMBER, FIELD(pipeline), 1, 1000, "K",
	"requests sent at once with --get (1)"},
    {"sha256", 0, SUM, FIELD(sha256), 0, 0, "HEX",
	"what each body must be (the same as the first whole one)"},
    {"header", 0, LINES, FIELD(header), 0, 0, "LINE",
	"send \"Name: value\" with each --get; may be repeated"},
    {"json", 0, FLAG, FIELD(json), 0, 0, NULL, "report as one JSON object"},
    {"each", 0, FLAG, FIELD(each), 0, 0, NULL,
	"with --json, also report each client"},
    {"timeline", 0, TEXT, FIELD(timeline), 0, 0, "FILE",
	"write losses and gaps above 100 ms there"},
    {"poller", 0, TEXT, FIELD(poller), 0, 0, "NAME",
	"epoll or poll (the best there is)"},
    {"version", 'V', FLAG, FIELD(version), 0, 0, NULL, "print the version"},
    {"help", 'h', FLAG, FIELD(help), 0, 0, NULL, "print this"},
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* Options that make no sense together, or not without another. */
static const struct rule {
	const char *name;
	const char *other;
	bool needs;
} rules[] = {
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
};

static int64_t *
number_at(struct settings *s, const struct row *row)
{
	return (int64_t *)(void *)((char *)s + row->field);
}

static const char **
text_at(struct settings *s, const struct row *row)
{
	return (const char **)(void *)((char *)s + row->field);
}

/* "64" or "1-16K": both ends into size_min and size_max. */
static int
parse_sizes(struct settings *s, const struct row *row, const char *value)
{
	char low[32];
	const char *dash = strchr(value, '-');
	int64_t min, max;

	if (dash == NULL)
		dash = value + strlen(value);
	if ((size_t)(dash - value) >= sizeof(low)) {
		errno = ERANGE;
		return -1;
	}
	memcpy(low, value, (size_t)(dash - value));
	low[dash - value] = '\0';
	if (num_parse_size(low, row->min, row->max, &min) != 0)
		return -1;
	max = min;
	if (*dash == '-' && num_parse_size(dash + 1, min, row->max, &max) != 0)
		return -1;
	s->size_min = min;
	s->size_max = max;
	return 0;
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

/* A field line that cannot break the head, and that goes with what we say
 * ourselves: into the first free place. */
static int
add_line(struct settings *s, const struct row *row, const char *value)
{
	const char **place = text_at(s, row), **end = place + SETTINGS_HEADERS;
	struct field_line f;

	while (place < end && *place != NULL)
		place++;
	if (place == end || !field_line_parse(&f, value) ||
	    field_line_is(&f, "host"))
		return -1;
	*place = value;
	return 0;
}

static int
parse_value(struct settings *s, const struct row *row, const char *value)
{
	unsigned char sum[SHA256_SIZE];
	int64_t *number = number_at(s, row);

	switch (row->kind) {
	case FLAG:
		*number = 1;
		return 0;
	case NUMBER:
		return num_parse(value, row->min, row->max, number);
	case SIZE:
		return num_parse_size(value, row->min, row->max, number);
	case SIZES:
		return parse_sizes(s, row, value);
	case SECONDS:
		return num_parse_seconds(value, row->min, row->max, number);
	case PATH:
		*text_at(s, row) = value;
		return is_path(value) ? 0 : -1;
	case SUM:
		*text_at(s, row) = value;
		return sha256_parse(value, sum);
	case LINES:
		return add_line(s, row, value);
	case TEXT:
		break;
	}
	*text_at(s, row) = value;
	return value[0] != '\0' ? 0 : -1;
}

/* What a value of this row has to be. */
static void
describe(const struct row *row, char *out, size_t size)
{
	long long min = row->min, max = row->max;

	switch (row->kind) {
	case NUMBER:
		snprintf(out, size, "a number from %lld to %lld", min, max);
		break;
	case SIZE:
		snprintf(out, size, "bytes, such as 64K, from %lld to 1G", min);
		break;
	case SIZES:
		snprintf(out, size,
		    "bytes, such as 64, 16K or 1-4K, from %lld to 1G", min);
		break;
	case SECONDS:
		snprintf(out, size, "seconds, such as 2.5, from %g to %lld",
		    (double)min / 1000, max / 1000);
		break;
	case PATH:
		snprintf(
		    out, size, "a path that begins with '/', percent-encoded");
		break;
	case SUM:
		snprintf(out, size, "64 hexadecimal digits");
		break;
	case LINES:
		snprintf(out, size,
		    "a line \"Name: value\", not of Host or framing, "
		    "at most %d in all",
		    SETTINGS_HEADERS);
		break;
	default:
		snprintf(out, size, "a text that is not empty");
		break;
	}
}

/* The row of "--name", "--name=value" or "-x"; *value behind the '='. */
static const struct row *
find_row(const char *arg, const char **value)
{
	const struct row *row;
	size_t len = strcspn(arg, "=");

	*value = arg[len] == '=' ? arg + len + 1 : NULL;
	for (row = rows; row < rows + ROWS; row++) {
		if (row->letter != '\0' && arg[1] == row->letter &&
		    arg[2] == '\0')
			return row;
		if (arg[1] == '-' && strlen(row->name) == len - 2 &&
		    strncmp(row->name, arg + 2, len - 2) == 0)
			return row;
	}
	return NULL;
}

static const struct row *
row_named(const char *name)
{
	const struct row *row = rows;

	while (strcmp(row->name, name) != 0)
		row++;
	return row;
}

static int
check_rules(const bool *given, char *why)
{
	const struct rule *rule;
	const size_t count = sizeof(rules) / sizeof(rules[0]);

	for (rule = rules; rule < rules + count; rule++) {
		if (!given[row_named(rule->name) - rows])
			continue;
		if (given[row_named(rule->other) - rows] == rule->needs)
			continue;
		snprintf(why, SETTINGS_WHY,
		    rule->needs ? "--%s: only together with --%s"
				: "--%s: not together with --%s",
		    rule->name, rule->other);
		return -1;
	}
	return 0;
}

/* What was not said. */
static void
settle(struct settings *s)
{
	if (s->size_min == 0) {
		s->size_min = s->stream ? 1 : 64;
		s->size_max = s->stream ? 16 * KIB : 64;
	}
	if (s->duration < 0 && s->count == 0)
		s->duration = 10000;
	/* A client without a round trip to make would only be in the way. */
	if (s->count > 0 && s->clients > s->count)
		s->clients = s->count;
}

/* One option; *used says whether `next` was its value. */
static int
parse_option(struct settings *s, const char *arg, const char *next,
    bool given[ROWS], bool *used, char *why)
{
	char allowed[96], shown[64];
	const char *value;
	const struct row *row = find_row(arg, &value);

	*used = false;
	escape_text(shown, sizeof(shown), arg, strlen(arg));
	if (row == NULL) {
		snprintf(
		    why, SETTINGS_WHY, "%s: no such option (try -h)", shown);
		return -1;
	}
	given[row - rows] = true;
	if (row->kind == FLAG && value != NULL) {
		snprintf(
		    why, SETTINGS_WHY, "%s: this option takes no value", shown);
		return -1;
	}
	if (row->kind != FLAG && value == NULL) {
		value = next;
		*used = true;
	}
	if ((row->kind == FLAG || value != NULL) &&
	    parse_value(s, row, value) == 0)
		return 0;
	if (value != NULL)
		escape_text(shown, sizeof(shown), value, strlen(value));
	else
		snprintf(shown, sizeof(shown), "nothing");
	describe(row, allowed, sizeof(allowed));
	snprintf(why, SETTINGS_WHY, "--%s: %s: must be %s", row->name, shown,
	    allowed);
	return -1;
}

/* HOST, then PORT. */
static int
take_operand(struct settings *s, const char *arg, char *why)
{
	char shown[64];
	int64_t port;

	escape_text(shown, sizeof(shown), arg, strlen(arg));
	if (s->host == NULL) {
		s->host = arg;
		return 0;
	}
	if (s->port != NULL) {
		snprintf(
		    why, SETTINGS_WHY, "%s: nothing follows HOST PORT", shown);
		return -1;
	}
	s->port = arg;
	if (num_parse(arg, 1, 65535, &port) == 0)
		return 0;
	snprintf(why, SETTINGS_WHY,
	    "PORT: %s: must be a number from 1 to 65535", shown);
	return -1;
}

int
settings_parse(
    struct settings *s, int argc, char **argv, char why[SETTINGS_WHY])
{
	bool given[ROWS] = {false}, used, options = true;
	int i;

	memset(s, 0, sizeof(*s));
	s->clients = 50;
	s->duration = -1;
	s->seed = 1;
	s->patience = 30000;
	s->window = 256 * KIB;
	s->pipeline = 1;
	for (i = 1; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (!options || argv[i][0] != '-') {
			if (take_operand(s, argv[i], why) != 0)
				return -1;
		} else {
			s->load = 1;
			if (parse_option(s, argv[i],
				i + 1 < argc ? argv[i + 1] : NULL, given, &used,
				why) != 0)
				return -1;
			if (s->help || s->version)
				return 0;
			i += used;
		}
	}
	if (s->port == NULL) {
		snprintf(why, SETTINGS_WHY, "HOST PORT is missing (try -h)");
		return -1;
	}
	if (check_rules(given, why) != 0)
		return -1;
	settle(s);
	return 0;
}

void
settings_help(void)
{
	const struct row *row;
	char left[40];

	printf("usage: prefork-client HOST PORT\n"
	       "       prefork-client --load [OPTION ...] HOST PORT\n\n");
	for (row = rows; row < rows + ROWS; row++) {
		if (row->letter != '\0')
			snprintf(left, sizeof(left), "-%c, --%s", row->letter,
			    row->name);
		else
			snprintf(left, sizeof(left), "--%s %s", row->name,
			    row->value != NULL ? row->value : "");
		printf("  %-20s %s\n", left, row->help);
	}
}
