#include "config.h"

#include "options.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/arguments.h"
#include "outside/fetch.h"
#include "http/access.h"
#include "http/caching.h"
#include "http/field.h"
#include "http/media.h"
#include "master/config.h"
#include "os/listener.h"
#include "os/poller.h"
#include "os/root.h"
#include "service/registry.h"
#include "stream/board.h"

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

static bool
is_status_address(const char *value)
{
	struct listener_status s;

	return listener_parse_status(&s, value);
}

static bool
take_mode(void *at, const char *value)
{
	size_t i, len = strlen(value);
	mode_t mode = 0;

	if (len == 0 || len > 4 || strspn(value, "01234567") != len)
		return false;
	for (i = 0; i < len; i++)
		mode = mode << 3 | (mode_t)(value[i] - '0');
	*(mode_t *)at = mode;
	return mode <= 0777;
}

static bool
take_networks(void *at, const char *value)
{
	return networks_parse(at, value);
}

static void
print_version(const struct arguments *a)
{
	int i;

	(void)a;
	(void)printf("prefork %s\npollers:", PACKAGE_VERSION);
	for (i = 0; poller_names[i] != NULL; i++)
		(void)printf(" %s", poller_names[i]);
	(void)printf("\n");
}

static const char *const follow_words[] = {
    [ROOT_NO_LINKS] = "no",
    [ROOT_RELATIVE_LINKS] = "relative",
    [ROOT_LINKS] = "inside",
    NULL,
};

static const char *const format_words[] = {
    [ACCESS_COMBINED] = "combined",
    [ACCESS_JSON] = "json",
    NULL,
};

#define AT(field) offsetof(struct options, field)

enum { DAY_MS = 86400000 };

/* clang-format off */
static const struct argument rows[] = {
	{.name = "config", .kind = ARGUMENT_FILE, .at = AT(config),
	    .value = "FILE",
	    .help = "read options from FILE, one a line"},
	{.name = "workers", .letter = 'w', .kind = ARGUMENT_NUMBER,
	    .at = AT(workers), .value = "N", .min = 1, .max = BOARD_ROWS_MAX,
	    .otherwise = "processors online", .help = "workers to keep"},
	{.name = "port", .letter = 'p', .kind = ARGUMENT_NUMBER, .at = AT(port),
	    .value = "PORT", .max = 65535, .preset = "5000",
	    .help = "port to listen on, 0 for a free one"},
	{.name = "bind", .letter = 'b', .kind = ARGUMENT_LIST, .at = AT(bind),
	    .value = "ADDR", .good = listener_is_address,
	    .allowed = "an address, a name, *, or unix: and a path that is not "
		"too long", .otherwise = "localhost",
	    .help = "listen there, or at unix:PATH; may be repeated"},
	{.name = "status", .kind = ARGUMENT_TEXT, .at = AT(status),
	    .value = "[ADDR:]PORT", .good = is_status_address,
	    .allowed = "a port, an address, a : and a port, or unix: and a "
		"path that is not too long",
	    .help = "serve the server's status there, or at unix:PATH"},
	{.name = "socket-mode", .kind = ARGUMENT_OTHER, .at = AT(socket_mode),
	    .value = "MODE", .take = take_mode, .preset = "0660",
	    .allowed = "permissions in octal, from 0 to 0777",
	    .help = "permissions of the files of unix: listeners"},
	{.name = "socket-owner", .kind = ARGUMENT_TEXT, .at = AT(socket_owner),
	    .value = "USER[:GROUP]",
	    .help = "owner of those files, by name or number"},
	{.name = "proxy-protocol", .kind = ARGUMENT_OTHER,
	    .at = AT(proxy_protocol), .value = "ADDR[/BITS],...",
	    .take = take_networks,
	    .allowed = "addresses, or networks with /BITS, or unix, with "
		"commas between",
	    .help = "only these proxies may connect; they say who a client is"},
	{.name = "trust-forwarded", .kind = ARGUMENT_OTHER,
	    .at = AT(trust_forwarded), .value = "ADDR[/BITS],...",
	    .take = take_networks,
	    .allowed = "addresses, or networks with /BITS, or unix, with "
		"commas between",
	    .help = "proxies whose X-Forwarded-For the log, and blame, believe"},
	{.name = "root", .letter = 'r', .kind = ARGUMENT_TEXT, .at = AT(root),
	    .value = "DIR|FILE", .preset = ".",
	    .help = "directory, or one file, to serve"},
	{.name = "service", .letter = 's', .kind = ARGUMENT_CHOICE,
	    .at = AT(service), .words = service_words, .preset = "auto",
	    .help = "what clients get; auto: by their first bytes"},
	{.name = "model", .letter = 'm', .kind = ARGUMENT_CHOICE,
	    .at = AT(model), .words = model_names, .preset = "prefork",
	    .help = "what serves clients: processes or threads"},
	{.name = "user", .letter = 'u', .kind = ARGUMENT_TEXT, .at = AT(user),
	    .value = "USER[:GROUP]",
	    .help =
		"become this user once the port is bound, by name or number"},
	{.name = "pid-file", .kind = ARGUMENT_TEXT, .at = AT(pid_file),
	    .value = "FILE",
	    .help = "write the pid to FILE, locked, and remove it at the end"},
	{.name = "notification-fd", .kind = ARGUMENT_NUMBER,
	    .at = AT(notification_fd), .value = "FD", .min = 3, .max = 65535,
	    .absent = -1, .help = "write a newline there when all is ready"},
	{.name = "upgrade", .kind = ARGUMENT_TEXT, .at = AT(upgrade),
	    .value = "PID|FILE",
	    .help =
		"upgrade the server with that pid, or pid file, and wait"},
	{.name = "check", .kind = ARGUMENT_TEXT, .at = AT(check_url),
	    .value = "URL", .good = fetch_is_url,
	    .allowed = "http://HOST[:PORT][/PATH]",
	    .help = "ask a server for URL: exit 0 if the status is good, else 1"},
	{.name = "top", .kind = ARGUMENT_TEXT, .at = AT(top_url),
	    .value = "URL", .good = fetch_is_url,
	    .allowed = "http://HOST[:PORT][/PATH]",
	    .help = "show the status of the server at URL, each second"},
	{.name = "poller", .kind = ARGUMENT_CHOICE, .at = AT(poller),
	    .words = poller_names, .otherwise = "the best there is",
	    .absent = -1, .help = "how workers wait"},
	{.name = "max-clients", .kind = ARGUMENT_NUMBER, .at = AT(max_clients),
	    .value = "N", .min = 1, .max = 1000000,
	    .help =
		"clients at once: of each worker, in fork and thread of all"},
	{.name = "max-clients-per-address", .kind = ARGUMENT_NUMBER,
	    .at = AT(max_clients_per_address), .value = "N", .min = 1,
	    .max = 1000000, .otherwise = "no limit",
	    .help = "clients at once from one address"},
	{.name = "max-blames", .kind = ARGUMENT_NUMBER, .at = AT(max_blames),
	    .value = "N", .max = 1000000, .otherwise = "5", .absent = -1,
	    .help = "deaths a minute one address may cause, 0: any number"},
	{.name = "min-rate", .kind = ARGUMENT_SIZE, .at = AT(min_rate),
	    .value = "SIZE", .max = 1 << 30, .preset = "100",
	    .help = "fewest bytes a second when places are scarce"},
	{.name = "timeout", .kind = ARGUMENT_SECONDS, .at = AT(timeout),
	    .value = "SECONDS", .min = 1000, .max = DAY_MS, .preset = "10",
	    .help = "a worker that does not move for so long is replaced"},
	{.name = "grace", .kind = ARGUMENT_SECONDS, .at = AT(grace),
	    .value = "SECONDS", .max = DAY_MS, .preset = "30",
	    .help = "when stopping, time for clients to finish"},
	{.name = "drain-delay", .kind = ARGUMENT_SECONDS,
	    .at = AT(drain_delay), .value = "SECONDS", .max = DAY_MS,
	    .preset = "0",
	    .help = "when told to stop, serve on but say not ready"},
	{.name = "idle-timeout", .kind = ARGUMENT_SECONDS,
	    .at = AT(idle_timeout), .value = "SECONDS", .min = 100,
	    .max = DAY_MS, .preset = "600",
	    .help = "a client is let go after so long without a byte"},
	{.name = "header-timeout", .kind = ARGUMENT_SECONDS,
	    .at = AT(header_timeout), .value = "SECONDS", .min = 100,
	    .max = DAY_MS, .preset = "10",
	    .help = "time for the whole head of a request"},
	{.name = "keep-alive", .kind = ARGUMENT_SECONDS, .at = AT(keep_alive),
	    .value = "SECONDS", .min = 100, .max = DAY_MS, .preset = "65",
	    .help = "time between two requests on a connection"},
	{.name = "max-line", .kind = ARGUMENT_SIZE, .at = AT(max_line),
	    .value = "SIZE", .min = 64, .max = 24 << 10, .preset = "8K",
	    .help = "most bytes of a request line"},
	{.name = "max-head", .kind = ARGUMENT_SIZE, .at = AT(max_head),
	    .value = "SIZE", .min = 64, .max = 32 << 10, .preset = "16K",
	    .help = "most bytes of the header fields of a request"},
	{.name = "max-fields", .kind = ARGUMENT_NUMBER, .at = AT(max_fields),
	    .value = "N", .min = 1, .max = 1000, .preset = "100",
	    .help = "most header fields of a request"},
	{.name = "max-body", .kind = ARGUMENT_SIZE, .at = AT(max_body),
	    .value = "SIZE", .max = 1 << 30, .preset = "1M",
	    .help = "most bytes of a request's body"},
	{.name = "log", .kind = ARGUMENT_TEXT, .at = AT(log), .value = "FILE",
	    .otherwise = "standard error",
	    .help = "append the event log to FILE"},
	{.name = "index", .kind = ARGUMENT_TEXT, .at = AT(index),
	    .value = "NAME", .preset = "index.html", .good = is_name,
	    .allowed = "the name of a file, without a directory",
	    .help = "file that is served in place of its directory"},
	{.name = "no-listing", .kind = ARGUMENT_FLAG, .at = AT(no_listing),
	    .help = "no listings: directories without that file are forbidden"},
	{.name = "dotfiles", .kind = ARGUMENT_FLAG, .at = AT(dotfiles),
	    .help = "list and serve names that begin with a dot"},
	{.name = "spa", .kind = ARGUMENT_FLAG, .at = AT(spa),
	    .help =
		"the root's index for paths that are not there, but no files"},
	{.name = "spa-all", .kind = ARGUMENT_FLAG, .at = AT(spa_all),
	    .help = "the root's index for all paths that are not there"},
	{.name = "auth-file", .kind = ARGUMENT_TEXT, .at = AT(auth_file),
	    .value = "FILE",
	    .help =
		"names and password hashes (crypt(3)) of users who may read"},
	{.name = "follow", .kind = ARGUMENT_CHOICE, .at = AT(follow),
	    .words = follow_words, .preset = "relative",
	    .help =
		"symbolic links to follow, inside the root"},
	{.name = "error-page", .kind = ARGUMENT_LIST, .at = AT(error_page),
	    .value = "CODE=FILE", .good = is_error_page,
	    .allowed = "a status from 400 to 599, = and a file",
	    .help = "body of answers with that status; may be repeated"},
	{.name = "header", .kind = ARGUMENT_LIST, .at = AT(header),
	    .value = "'NAME: VALUE'", .good = is_field_line,
	    .allowed =
		"'NAME: VALUE', of a field that prefork does not write itself",
	    .help = "add this field to every answer; may be repeated"},
	{.name = "cache-control", .kind = ARGUMENT_LIST,
	    .at = AT(cache_control), .value = "'[PATTERN=]VALUE'",
	    .good = is_caching_rule,
	    .allowed = "the value of a field, without control bytes, "
		"or a path or media type with *, = and such a value",
	    .help = "Cache-Control of files, by path or type; may be repeated"},
	{.name = "mime-types", .kind = ARGUMENT_TEXT, .at = AT(mime_types),
	    .value = "FILE",
	    .help = "media types as in /etc/mime.types, before those built in"},
	{.name = "charset", .kind = ARGUMENT_TEXT, .at = AT(charset),
	    .value = "NAME|off", .preset = "utf-8", .good = media_charset_valid,
	    .allowed =
		"the name of a character set of at most 40 bytes, or off",
	    .help = "charset of text whose media type names none"},
	{.name = "cors", .kind = ARGUMENT_FLAG, .at = AT(cors),
	    .help = "pages of other origins may read what is served"},
	{.name = "syslog", .kind = ARGUMENT_FLAG, .at = AT(syslog),
	    .help = "hand the event log to syslog(3)"},
	{.name = "access-log", .kind = ARGUMENT_TEXT, .at = AT(access_log),
	    .value = "FILE",
	    .help =
		"append a line for each HTTP answer to FILE, - for standard output"},
	{.name = "log-format", .kind = ARGUMENT_CHOICE, .at = AT(log_format),
	    .words = format_words, .preset = "combined",
	    .help = "format of the access log"},
	{.name = "no-standby", .kind = ARGUMENT_FLAG, .at = AT(no_standby),
	    .help = "no takeovers: a crash costs the clients of its worker"},
	{.name = "no-exec", .kind = ARGUMENT_FLAG, .at = AT(no_exec),
	    .help = "workers keep the memory layout of those before them"},
	{.name = "no-keeper", .kind = ARGUMENT_FLAG, .at = AT(no_keeper),
	    .help = "no new master after its death: that ends the server"},
	{.name = "keeper", .kind = ARGUMENT_FLAG, .at = AT(keeper),
	    .help = "the default; says so at the start where it is impossible"},
	{.name = "demo", .kind = ARGUMENT_FLAG, .at = AT(demo),
	    .help = "echo obeys commands that break things; send !help"},
	{.name = "traceable", .kind = ARGUMENT_FLAG, .at = AT(traceable),
	    .help =
		"processes of the same user may trace the server, as gdb does"},
	{.name = "test", .letter = 't', .kind = ARGUMENT_FLAG, .at = AT(test),
	    .help = "check the options, try a start, and exit"},
	{.name = "verbose", .letter = 'v', .kind = ARGUMENT_FLAG,
	    .at = AT(verbose), .help = "log more"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this and exit"},
	{.name = "version", .letter = 'V', .kind = ARGUMENT_PRINT,
	    .print = print_version, .help = "print the version and exit"},
	{.name = NULL},
};
/* clang-format on */

static const struct argument_rule rules[] = {
    {"syslog", "log", false},
    {NULL, NULL, false},
};

static const struct arguments arguments = {
    .usage = "usage: prefork [options]\n"
	     "Echoes what it is sent and serves files over HTTP; kill its "
	     "workers and see.\n",
    .row = rows,
    .rule = rules,
};

void
options_parse(struct options *o, char **argv)
{
	memset(o, 0, sizeof(*o));
	(void)arguments_demand(&arguments, o, argv);
}
