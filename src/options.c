#include "config.h"

#include "options.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/num.h"
#include "http/caching.h"
#include "http/field.h"
#include "http/media.h"
#include "os/poller.h"
#include "worker/board.h"

enum kind { FLAG, NUMBER, SIZE, SECONDS, TEXT, CHOICE, LIST };

struct option {
	char brief; /* 0: none */
	enum kind kind;
	const char *name;
	const char *argument; /* its name in the help; of a CHOICE: "a|b|c" */
	size_t offset;	      /* in struct options */
	int64_t min, max;     /* of a NUMBER or SIZE; of SECONDS in ms */
	const char *help;
};

/* A name, not a path. */
static bool
is_name(const char *value)
{
	return value[0] != '\0' && strlen(value) <= 255 &&
	       strchr(value, '/') == NULL && strcmp(value, ".") != 0 &&
	       strcmp(value, "..") != 0;
}

static bool
is_field_line(const char *value)
{
	struct field_line f;

	return field_line_parse(&f, value);
}

static bool
is_caching_rule(const char *value)
{
	struct caching_rule rule;

	return caching_parse(&rule, value);
}

/* CODE=FILE, with the code of an error. */
static bool
is_error_page(const char *value)
{
	return (value[0] == '4' || value[0] == '5') &&
	       strspn(value, "0123456789") == 3 && value[3] == '=' &&
	       value[4] != '\0';
}

#define AT(field) offsetof(struct options, field)

enum { DAY_MS = 86400000 };

/* clang-format off */
static const struct option table[] = {
	{'w', NUMBER, "workers", "N", AT(workers), 1, BOARD_ROWS_MAX,
	    "workers to keep (default: processors online)"},
	{'p', NUMBER, "port", "PORT", AT(port), 0, 65535,
	    "port to listen on, 0 for a free one (default: 5000)"},
	{'b', TEXT, "bind", "ADDR", AT(bind), 0, 0,
	    "address or name to listen on, * for all (default: localhost)"},
	{'r', TEXT, "root", "DIR|FILE", AT(root), 0, 0,
	    "directory, or one file, to serve (default: .)"},
	{'s', CHOICE, "service", "auto|echo|http", AT(service), 0, 0,
	    "what clients get (default: auto, by their first bytes)"},
	{'m', CHOICE, "model", "prefork|prethread|fork|thread", AT(model), 0, 0,
	    "who serves them (default: prefork)"},
	{'u', TEXT, "user", "USER[:GROUP]", AT(user), 0, 0,
	    "become this user once the port is bound, by name or number"},
	{0, CHOICE, "poller", "epoll|poll", AT(poller), 0, 0,
	    "how workers wait (default: the best there is)"},
	{0, NUMBER, "max-clients", "N", AT(max_clients), 1, 1000000,
	    "clients at once: of each worker, in fork and thread of all"},
	{0, NUMBER, "max-clients-per-address", "N", AT(max_clients_per_address),
	    1, 1000000,
	    "of all workers together (default: all that there may be)"},
	{0, NUMBER, "max-blames", "N", AT(max_blames), 0, 1000000,
	    "deaths a minute one address may cause, 0: any (default: 5)"},
	{0, SIZE, "min-rate", "SIZE", AT(min_rate), 0, 1 << 30,
	    "a second, else let go when places are scarce (default: 100)"},
	{0, SECONDS, "timeout", "SECONDS", AT(timeout), 1000, DAY_MS,
	    "a worker that does not move for so long is replaced (default: 10)"},
	{0, SECONDS, "grace", "SECONDS", AT(grace), 0, DAY_MS,
	    "for clients to finish in when stopping (default: 30)"},
	{0, SECONDS, "idle-timeout", "SECONDS", AT(idle_timeout), 100, DAY_MS,
	    "without a byte, then a client is let go (default: 600)"},
	{0, SECONDS, "header-timeout", "SECONDS", AT(header_timeout), 100, DAY_MS,
	    "for the whole head of a request (default: 10)"},
	{0, SECONDS, "keep-alive", "SECONDS", AT(keep_alive), 100, DAY_MS,
	    "between two requests of a client (default: 65)"},
	{0, SIZE, "max-line", "SIZE", AT(max_line), 64, 24 << 10,
	    "bytes of a request line (default: 8K)"},
	{0, SIZE, "max-head", "SIZE", AT(max_head), 64, 32 << 10,
	    "bytes of the header fields of a request (default: 16K)"},
	{0, NUMBER, "max-fields", "N", AT(max_fields), 1, 1000,
	    "header fields of a request (default: 100)"},
	{0, SIZE, "max-body", "SIZE", AT(max_body), 0, 1 << 30,
	    "bytes of a request's body, which is dropped (default: 1M)"},
	{0, TEXT, "log", "FILE", AT(log), 0, 0,
	    "append the event log to FILE (default: standard error)"},
	{0, TEXT, "index", "NAME", AT(index), 0, 0,
	    "file that stands for its directory (default: index.html)"},
	{0, FLAG, "no-listing", NULL, AT(no_listing), 0, 0,
	    "directories without that file are forbidden"},
	{0, FLAG, "dotfiles", NULL, AT(dotfiles), 0, 0,
	    "list and serve names that begin with a dot"},
	{0, FLAG, "spa", NULL, AT(spa), 0, 0,
	    "what is not there, and no file by its name, is the root's index"},
	{0, FLAG, "spa-all", NULL, AT(spa_all), 0, 0,
	    "whatever is not there is the root's index"},
	{0, TEXT, "auth-file", "FILE", AT(auth_file), 0, 0,
	    "names and hashes of passwords (crypt(3)) of those who may read"},
	{0, CHOICE, "follow", "no|relative|inside", AT(follow), 0, 0,
	    "symbolic links that stay inside: none, relative, absolute too"},
	{0, LIST, "error-page", "CODE=FILE", AT(error_page), 0, 0,
	    "body of answers with that status; may be repeated"},
	{0, LIST, "header", "'NAME: VALUE'", AT(header), 0, 0,
	    "add this field to every answer; may be repeated"},
	{0, LIST, "cache-control", "'[PATTERN=]VALUE'", AT(cache_control), 0, 0,
	    "Cache-Control of files, by path or type; may be repeated"},
	{0, TEXT, "mime-types", "FILE", AT(mime_types), 0, 0,
	    "media types as in /etc/mime.types, before those built in"},
	{0, TEXT, "charset", "NAME|off", AT(charset), 0, 0,
	    "what text says that it is written in (default: utf-8)"},
	{0, FLAG, "cors", NULL, AT(cors), 0, 0,
	    "pages of other origins may read what is served"},
	{0, FLAG, "syslog", NULL, AT(syslog), 0, 0,
	    "hand the event log to syslog(3)"},
	{0, TEXT, "access-log", "FILE", AT(access_log), 0, 0,
	    "append a line for each HTTP answer to FILE, - for standard output"},
	{0, CHOICE, "log-format", "combined|json", AT(log_format), 0, 0,
	    "of the access log (default: combined)"},
	{0, FLAG, "no-standby", NULL, AT(no_standby), 0, 0,
	    "no takeovers: a crash costs the clients of its worker"},
	{0, FLAG, "demo", NULL, AT(demo), 0, 0,
	    "echo obeys commands that break things; send !help"},
	{0, FLAG, "traceable", NULL, AT(traceable), 0, 0,
	    "processes of the same user may look into ours, as gdb does"},
	{'t', FLAG, "test", NULL, AT(check), 0, 0,
	    "check the options and exit"},
	{'v', FLAG, "verbose", NULL, AT(verbose), 0, 0,
	    "log more"},
	{'h', FLAG, "help", NULL, AT(help), 0, 0,
	    "print this and exit"},
	{'V', FLAG, "version", NULL, AT(version), 0, 0,
	    "print the version and exit"},
};
/* clang-format on */

/* Of some TEXTs and LISTs: which values are good, and what is said to others.
 * Of the rest all are that are not empty. */
static const struct rule {
	const char *name;
	bool (*is_good)(const char *value);
	const char *allowed;
} rules[] = {
    {"index", is_name, "the name of a file, without a directory"},
    {"error-page", is_error_page, "a status from 400 to 599, = and a file"},
    {"header", is_field_line,
	"'NAME: VALUE', of a field that prefork does not write itself"},
    {"cache-control", is_caching_rule,
	"the value of a field, without control bytes, or a path or media type "
	"with *, = and such a value"},
    {"charset", media_charset_valid,
	"the name of a character set of at most 40 bytes, or off"},
};

enum { OPTIONS = sizeof(table) / sizeof(table[0]) };

/* Is value one of the words of "a|b|c"? Stores that word's first byte. */
static bool
is_choice(const char *words, const char *value)
{
	size_t len = strlen(value);
	const char *p = words;

	if (strchr(value, '|') != NULL)
		return false;
	while (len > 0 && p != NULL) {
		if (strncmp(p, value, len) == 0 &&
		    (p[len] == '|' || p[len] == '\0'))
			return true;
		p = strchr(p, '|');
		if (p != NULL)
			p++;
	}
	return false;
}

static const struct rule *
rule_of(const struct option *option)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rules[i].name, option->name) == 0)
			return &rules[i];
	return NULL;
}

static _Noreturn void
refuse(const struct option *option, const char *value)
{
	const struct rule *rule = rule_of(option);

	if (rule != NULL)
		die_usage("--%s: '%s' is not allowed: give %s", option->name,
		    value, rule->allowed);
	switch (option->kind) {
	case NUMBER:
		die_usage("--%s: '%s' is not allowed: give a number from %lld "
			  "to %lld",
		    option->name, value, (long long)option->min,
		    (long long)option->max);
	case SIZE:
		die_usage("--%s: '%s' is not allowed: give bytes from %lld to "
			  "%lld, K, M or G may follow",
		    option->name, value, (long long)option->min,
		    (long long)option->max);
	case SECONDS:
		die_usage("--%s: '%s' is not allowed: give seconds from %g to "
			  "%g",
		    option->name, value, (double)option->min / 1000,
		    (double)option->max / 1000);
	case CHOICE:
		die_usage("--%s: '%s' is not allowed: give one of %s",
		    option->name, value, option->argument);
	case FLAG:
		die_usage("--%s: '%s' is not allowed: it takes no value",
		    option->name, value);
	case TEXT:
	case LIST:
		break;
	}
	die_usage("--%s: '%s' is not allowed: give a %s that is not empty",
	    option->name, value, option->argument);
}

static bool
is_good(const struct option *option, const char *value)
{
	const struct rule *rule = rule_of(option);

	return rule != NULL ? rule->is_good(value) : value[0] != '\0';
}

static bool
append(struct words *words, const char *value)
{
	if (words->count == WORDS_MAX)
		return false;
	words->word[words->count++] = value;
	return true;
}

static void
store(struct options *o, const struct option *option, const char *value)
{
	void *to = (char *)o + option->offset;

	switch (option->kind) {
	case FLAG:
		*(bool *)to = true;
		return;
	case NUMBER:
		if (num_parse(value, option->min, option->max, to) == 0)
			return;
		break;
	case SIZE:
		if (num_parse_size(value, option->min, option->max, to) == 0)
			return;
		break;
	case SECONDS:
		if (num_parse_seconds(value, option->min, option->max, to) == 0)
			return;
		break;
	case CHOICE:
		if (is_choice(option->argument, value)) {
			*(const char **)to = value;
			return;
		}
		break;
	case TEXT:
		if (is_good(option, value)) {
			*(const char **)to = value;
			return;
		}
		break;
	case LIST:
		if (!is_good(option, value))
			break;
		if (!append(to, value))
			die_usage("--%s: given more than %d times",
			    option->name, WORDS_MAX);
		return;
	}
	refuse(option, value);
}

static const struct option *
find_long(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (strlen(table[i].name) == len &&
		    memcmp(table[i].name, name, len) == 0)
			return &table[i];
	return NULL;
}

static const struct option *
find_brief(char c)
{
	size_t i;

	for (i = 0; i < OPTIONS; i++)
		if (table[i].brief == c)
			return &table[i];
	return NULL;
}

/* --name, --name=value, --name value. Returns how many arguments it took. */
static int
parse_long(struct options *o, char **argv)
{
	const char *name = argv[0] + 2, *equals = strchr(name, '=');
	size_t len = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct option *option = find_long(name, len);

	if (option == NULL)
		die_usage("%s: no such option; -h lists them", argv[0]);
	if (option->kind == FLAG) {
		if (equals != NULL)
			refuse(option, equals + 1);
		store(o, option, NULL);
		return 1;
	}
	if (equals != NULL) {
		store(o, option, equals + 1);
		return 1;
	}
	if (argv[1] == NULL)
		die_usage(
		    "--%s: a %s is missing", option->name, option->argument);
	store(o, option, argv[1]);
	return 2;
}

/* -w4, -w 4, -tv. Returns how many arguments it took. */
static int
parse_brief(struct options *o, char **argv)
{
	const struct option *option;
	const char *p;

	for (p = argv[0] + 1; *p != '\0'; p++) {
		option = find_brief(*p);
		if (option == NULL)
			die_usage("-%c: no such option; -h lists them", *p);
		if (option->kind == FLAG) {
			store(o, option, NULL);
			continue;
		}
		if (p[1] != '\0') {
			store(o, option, p + 1);
			return 1;
		}
		if (argv[1] == NULL)
			die_usage("-%c: a %s is missing", *p, option->argument);
		store(o, option, argv[1]);
		return 2;
	}
	return 1;
}

void
options_parse(struct options *o, int argc, char **argv)
{
	static const struct options defaults = {
	    .port = 5000,
	    .bind = "localhost",
	    .root = ".",
	    .service = "auto",
	    .model = "prefork",
	    .log_format = "combined",
	    .timeout = 10000,
	    .grace = 30000,
	    .max_blames = -1,
	    .min_rate = 100,
	    .idle_timeout = 600000,
	    .header_timeout = 10000,
	    .keep_alive = 65000,
	    .index = "index.html",
	    .charset = "utf-8",
	    .follow = "relative",
	    .max_line = 8192,
	    .max_head = 16384,
	    .max_fields = 100,
	    .max_body = 1 << 20,
	};
	int i = 1;

	*o = defaults;
	while (i < argc) {
		if (argv[i][0] != '-' || argv[i][1] == '\0')
			die_usage("'%s': an argument that is no option; -h "
				  "lists them",
			    argv[i]);
		if (strcmp(argv[i], "--") == 0) {
			if (i + 1 < argc)
				die_usage("'%s': an argument that is no "
					  "option; -h lists them",
				    argv[i + 1]);
			break;
		}
		i += argv[i][1] == '-' ? parse_long(o, &argv[i])
				       : parse_brief(o, &argv[i]);
	}
}

void
options_help(void)
{
	char left[64];
	size_t i;

	(void)printf("usage: prefork [options]\n"
		     "Echoes what it is sent and serves files over HTTP; kill "
		     "its workers and see.\n\n");
	for (i = 0; i < OPTIONS; i++) {
		const struct option *option = &table[i];
		char brief[8] = "    ";

		if (option->brief != 0)
			(void)snprintf(
			    brief, sizeof(brief), "-%c, ", option->brief);
		(void)snprintf(left, sizeof(left), "%s--%s%s%s", brief,
		    option->name, option->argument != NULL ? " " : "",
		    option->argument != NULL ? option->argument : "");
		if (strlen(left) > 29)
			(void)printf(
			    "  %s\n  %-29s  %s\n", left, "", option->help);
		else
			(void)printf("  %-29s  %s\n", left, option->help);
	}
}

void
options_version(void)
{
	int i;

	(void)printf("prefork %s\npollers:", PACKAGE_VERSION);
	for (i = 0; poller_known(i) != NULL; i++)
		(void)printf(" %s", poller_known(i));
	(void)printf("\n");
}
