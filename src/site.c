#include "site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "http/field.h"
#include "http/out.h"
#include "os/memory.h"
#include "os/password.h"

enum { TYPES_BYTES = 1 << 20 };

/* A map, and what it was made in. */
struct types {
	struct media_map map;
	void *block; /* NULL: it is empty */
	size_t size;
};

/* What was made of files, and is made again. */
static struct {
	struct site *site;
	const char *charset;
	struct types types;
	struct content *types_file; /* NULL: none */
	struct error_page page[ARGUMENT_LIST_MAX];
	struct content *page_file[ARGUMENT_LIST_MAX];
} made;

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
	/* The options have not checked this length. */
	if (out.full || more > out.cap - out.len)
		die_usage("--header is not allowed so often: give at most %d "
			  "bytes in all",
		    SITE_FIELDS_BYTES);
	site->fields = text;
	site->fields_len = out.len;
	site->head_bytes = out.len + more;
}

/* Makes a map of what a file holds (NULL: there is none). 0; the number of a
 * bad line; or -1 with errno. */
static long
make_types(struct types *t, const struct content *file, const char *charset)
{
	const size_t len = file != NULL ? file->len : 0;
	const size_t rules = MEDIA_RULES_MAX * sizeof(struct media_rule);
	const size_t room = media_names_bytes(len);
	size_t line = 0;
	struct out names;

	/* What is not used of it is never touched. */
	t->size = rules + room;
	t->block = memory_private(t->size);
	if (t->block == NULL)
		return -1;
	out_init(&names, (char *)t->block + rules, room);
	media_begin(&t->map, t->block, &names, charset);
	if (file != NULL)
		line = media_read(&t->map, &names, file->text, len);
	if (line != 0 || names.len == 0) {
		memory_drop(t->block, t->size);
		t->block = NULL;
	}
	return (long)line;
}

static void
prepare_types(
    struct site *site, const struct options *o, struct contents *contents)
{
	long line;

	if (o->mime_types != NULL)
		made.types_file = contents_of(
		    contents, "MIME types", o->mime_types, TYPES_BYTES);
	line = make_types(&made.types, made.types_file, o->charset);
	if (line < 0)
		die("MIME types:");
	if (line != 0)
		arguments_refuse("--mime-types", o->mime_types,
		    "types with their extensions: line %ld is none", line);
	made.charset = o->charset;
	site->types = &made.types.map;
}

static void
set_page(int i)
{
	const struct content *file = made.page_file[i];

	made.page[i].text = file->text;
	made.page[i].length = (int64_t)file->len;
	made.page[i].type =
	    media_find(&made.types.map, file->name, strlen(file->name));
}

static void
prepare_pages(
    struct site *site, const struct options *o, struct contents *contents)
{
	const char *name;
	int i;

	for (i = 0; i < o->error_page.count; i++) {
		made.page[i].status =
		    (int)strtol(o->error_page.value[i], NULL, 10);
		name = strchr(o->error_page.value[i], '=') + 1;
		made.page_file[i] =
		    contents_of(contents, "error page", name, ERROR_PAGE_BYTES);
		set_page(i);
	}
	site->page = made.page;
	site->pages = o->error_page.count;
}

static void
warn_of(const char *what, const struct content *file, const char *why)
{
	log_warn(
	    "%s %s: %s; what was read before holds", what, file->name, why);
}

/* Has the file changed? Then *now is its new content. */
static bool
is_new(const char *what, const struct content *file, struct content *now)
{
	char why[CONTENTS_WHY];
	int is = contents_again(file, now, why);

	if (is < 0)
		warn_of(what, file, why);
	return is > 0;
}

static void
reread_types(void)
{
	struct content *file = made.types_file, now;
	char why[CONTENTS_WHY];
	struct types types;
	long line;

	if (file == NULL || !is_new("MIME types", file, &now))
		return;
	line = make_types(&types, &now, made.charset);
	if (line != 0) {
		(void)snprintf(why, sizeof(why),
		    line < 0 ? "no memory"
			     : "line %ld: no type with its extensions",
		    line);
		warn_of("MIME types", file, why);
		contents_discard(&now);
		return;
	}
	memory_drop(made.types.block, made.types.size);
	made.types = types;
	contents_replace(file, &now);
}

void
site_reread(void)
{
	struct content now;
	int i;

	reread_types();
	for (i = 0; i < made.site->pages; i++)
		if (is_new("error page", made.page_file[i], &now))
			contents_replace(made.page_file[i], &now);
	/* The types of all may be others now. */
	for (i = 0; i < made.site->pages; i++)
		set_page(i);
	made.site->version++;
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

/* What a hash costs is found out at the start: not how long it takes then, for
 * if a machine is busy just then everybody would wait too long later. */
static void
weigh_auth(struct image *image, struct auth *auth)
{
	int64_t before = clock_spent();

	if (!image->contents.whole) {
		auth_try(auth);
		image->auth_ms = (clock_spent() - before) / 1000000;
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
	made.site = site;
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
