#include "site.h"

#include <stdlib.h>
#include <string.h>

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
prepare_types(
    struct site *site, const struct options *o, struct contents *contents)
{
	static struct media_rule rules[MEDIA_RULES_MAX];
	static struct media_map map;
	struct out names;
	const struct content *file = NULL;
	size_t line = 0, room;

	if (o->mime_types != NULL)
		file = contents_of(
		    contents, "MIME types", o->mime_types, TYPES_BYTES);
	room = media_names_bytes(file != NULL ? file->len : 0);
	out_init(&names, malloc(room), room);
	if (names.data == NULL)
		die("MIME types:");
	media_begin(&map, rules, &names, o->charset);
	if (file != NULL)
		line = media_read(&map, &names, file->text, file->len);
	if (line != 0)
		arguments_refuse("--mime-types", o->mime_types,
		    "types with their extensions: line %lu is none",
		    (unsigned long)line);
	if (names.len == 0)
		free(names.data);
	site->types = &map;
}

static void
prepare_pages(
    struct site *site, const struct options *o, struct contents *contents)
{
	static struct error_page pages[ARGUMENT_LIST_MAX];
	const struct content *file;
	struct error_page *page;
	const char *name;
	int i;

	for (i = 0; i < o->error_page.count; i++) {
		page = &pages[i];
		page->status = (int)strtol(o->error_page.value[i], NULL, 10);
		name = strchr(o->error_page.value[i], '=') + 1;
		file =
		    contents_of(contents, "error page", name, ERROR_PAGE_BYTES);
		page->text = file->text;
		page->length = (int64_t)file->len;
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

/* What a hash costs is found out at the start. */
static void
weigh_auth(struct image *image, struct auth *auth)
{
	int64_t began = clock_ns();

	if (!image->contents.whole) {
		auth_try(auth);
		image->auth_ms = (clock_ns() - began) / 1000000;
	}
	auth_weigh(auth, image->auth_ms);
}

static void
prepare_auth(struct site *site, const char *name, struct image *image)
{
	const struct content *file;
	char why[AUTH_WHY];

	if (name == NULL)
		return;
	if (!password_possible())
		die("auth file %s: this build has no crypt(3)", name);
	file = contents_of(&image->contents, "auth file", name, AUTH_BYTES);
	site->auth = auth_new(name);
	if (site->auth == NULL)
		die("auth file %s:", name);
	if (auth_take(site->auth, file->text, &file->st, image->contents.whole,
		why) != 0)
		die("auth file %s: %s", name, why);
	weigh_auth(image, site->auth);
}

void
site_prepare(struct site *site, const struct options *o, struct image *image)
{
	memset(site, 0, sizeof(*site));
	site->index = o->index;
	site->listing = !o->no_listing;
	site->dotfiles = o->dotfiles;
	site->spa = o->spa || o->spa_all;
	site->spa_all = o->spa_all;
	site->cors = o->cors;
	prepare_caching(site, o);
	prepare_auth(site, o->auth_file, image);
	prepare_fields(site, o);
	prepare_types(site, o, &image->contents);
	prepare_pages(site, o, &image->contents);
}
