#include "site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/field.h"
#include "http/out.h"
#include "os/password.h"

enum { TYPES_BYTES = 1 << 20 };

/* The lines that answers have if the options say nothing else. */
static const struct line {
	const char *name; /* in lower case */
	const char *line;
	bool cors;
} defaults[] = {
    {"server", "Server: prefork", false},
    {"x-content-type-options", "X-Content-Type-Options: nosniff", false},
    {"access-control-allow-origin", "Access-Control-Allow-Origin: *", true},
    {"access-control-expose-headers", "Access-Control-Expose-Headers: *", true},
};

/* All of a regular file of at most `most` bytes, in memory of its own. */
static char *
read_file(const char *what, const char *name, size_t most, size_t *len)
{
	int fd = open(name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	char *text = malloc(most + 1);
	struct stat st;
	ssize_t n = 0;

	if (fd < 0 || text == NULL || fstat(fd, &st) != 0)
		die("%s %s:", what, name);
	if (!S_ISREG(st.st_mode))
		die("%s %s: not a regular file", what, name);
	for (*len = 0; *len <= most; *len += (size_t)n) {
		n = read(fd, text + *len, most + 1 - *len);
		if (n < 0)
			die("%s %s:", what, name);
		if (n == 0)
			break;
	}
	if (*len > most)
		die("%s %s: more than %lu bytes", what, name,
		    (unsigned long)most);
	(void)close(fd);
	return text;
}

static bool
is_given(const struct argument_list *lines, const char *name)
{
	struct field_line f;
	int i;

	for (i = 0; i < lines->count; i++)
		if (field_line_parse(&f, lines->value[i]) &&
		    field_line_is(&f, name))
			return true;
	return false;
}

static void
prepare_fields(struct site *site, const struct options *o)
{
	static char text[SITE_FIELDS_BYTES];
	struct field_line f;
	struct out out;
	size_t i, more = 0;
	int k;

	for (k = 0; k < o->cache_control.count; k++)
		if (more < strlen(o->cache_control.value[k]))
			more = strlen(o->cache_control.value[k]);
	out_init(&out, text, sizeof(text));
	for (i = 0; i < sizeof(defaults) / sizeof(defaults[0]); i++) {
		if ((defaults[i].cors && !o->cors) ||
		    is_given(&o->header, defaults[i].name))
			continue;
		out_text(&out, "\r\n");
		out_text(&out, defaults[i].line);
	}
	for (k = 0; k < o->header.count; k++) {
		(void)field_line_parse(&f, o->header.value[k]);
		out_text(&out, "\r\n");
		out_bytes(&out, f.name, f.name_len);
		out_text(&out, ": ");
		out_bytes(&out, f.value, f.value_len);
	}
	/* The one length that the options have not looked at. */
	if (out.full || more > out.cap - out.len)
		die_usage("--header is not allowed so often: give at most %d "
			  "bytes in all",
		    SITE_FIELDS_BYTES);
	site->fields = text;
	site->fields_len = out.len;
	site->head_bytes = out.len + more;
}

static void
prepare_types(struct site *site, const struct options *o)
{
	static struct media_rule rules[MEDIA_RULES_MAX];
	static struct media_map map;
	struct out names;
	size_t len = 0, line = 0, room;
	char *text = NULL;

	if (o->mime_types != NULL)
		text =
		    read_file("MIME types", o->mime_types, TYPES_BYTES, &len);
	room = media_names_bytes(len);
	out_init(&names, malloc(room), room);
	if (names.data == NULL)
		die("MIME types:");
	media_begin(&map, rules, &names, o->charset);
	if (text != NULL)
		line = media_read(&map, &names, text, len);
	if (line != 0)
		arguments_refuse("--mime-types", o->mime_types,
		    "types with their extensions: line %lu is none",
		    (unsigned long)line);
	free(text);
	if (names.len == 0)
		free(names.data);
	site->types = &map;
}

static void
prepare_pages(struct site *site, const struct options *o)
{
	static struct error_page pages[ARGUMENT_LIST_MAX];
	struct error_page *page;
	const char *name;
	size_t len;
	int i;

	for (i = 0; i < o->error_page.count; i++) {
		page = &pages[i];
		page->status = (int)strtol(o->error_page.value[i], NULL, 10);
		name = strchr(o->error_page.value[i], '=') + 1;
		page->text =
		    read_file("error page", name, ERROR_PAGE_BYTES, &len);
		page->length = (int64_t)len;
		page->type = media_find(site->types, name, strlen(name));
	}
	site->page = pages;
	site->pages = o->error_page.count;
}

static void
prepare_caching(struct site *site, const struct options *o)
{
	static struct caching_rule rules[ARGUMENT_LIST_MAX];
	int i;

	for (i = 0; i < o->cache_control.count; i++)
		(void)caching_parse(&rules[i], o->cache_control.value[i]);
	site->caching = rules;
	site->caching_rules = (size_t)o->cache_control.count;
}

static void
prepare_auth(struct site *site, const char *file)
{
	char why[AUTH_WHY];
	int64_t began;

	if (file == NULL)
		return;
	if (!password_possible())
		die("auth file %s: this build has no crypt(3)", file);
	site->auth = auth_new(file);
	if (site->auth == NULL)
		die("auth file %s:", file);
	if (auth_read(site->auth, why) != 0)
		die("auth file %s: %s", file, why);
	began = clock_ns();
	auth_try(site->auth);
	auth_weigh(site->auth, (clock_ns() - began) / 1000000);
}

void
site_prepare(struct site *site, const struct options *o)
{
	memset(site, 0, sizeof(*site));
	site->index = o->index;
	site->listing = !o->no_listing;
	site->dotfiles = o->dotfiles;
	site->spa = o->spa || o->spa_all;
	site->spa_all = o->spa_all;
	site->cors = o->cors;
	prepare_caching(site, o);
	prepare_auth(site, o->auth_file);
	prepare_fields(site, o);
	prepare_types(site, o);
	prepare_pages(site, o);
}
