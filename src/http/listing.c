#include "http/listing.h"

#include <string.h>

#include "http/bytes.h"
#include "http/date.h"
#include "natural.h"
#include "page.h"
#include "shown.h"

/* clang-format off */
static const char style[] =
	"table{width:100%;border-collapse:collapse}\n"
	"th,td{padding:.35rem .5rem;border-bottom:1px solid var(--line);"
		"text-align:left}\n"
	"th{font-size:.85rem;font-weight:500}\n"
	"th+th,td+td{color:var(--dim);white-space:nowrap}\n"
	"th+th,td+td{text-align:right;font-variant-numeric:tabular-nums}\n"
	"td:first-child{width:99%;overflow-wrap:anywhere}\n"
	"td a{display:block}\n"
	"button{padding:0;border:0;background:none;font:inherit;"
		"color:var(--dim);cursor:pointer}\n"
	"button:hover,button:focus{text-decoration:underline}\n"
	"tr:hover td{background:color-mix(in srgb,var(--line) 35%,transparent)}\n"
	"footer{padding:1rem .5rem;color:var(--dim);font-size:.85rem}\n"
	"footer button{margin-left:1rem}\n"
	/* On a phone each name has a line of its own. */
	"@media(max-width:36rem){"
		"tr{display:grid;grid-template-columns:1fr auto;"
		"border-bottom:1px solid var(--line)}"
		"thead tr{display:flex}"
		"th,td{border:0}"
		"td:first-child{grid-column:1/3;width:auto}"
		"td+td{padding-top:0;font-size:.85rem;text-align:left}}\n";
/* clang-format on */

enum {
	CRUMBS_MAX = 16, /* levels up that are linked; "../" adds up */
	NAME_BYTES = 255 /* path.h refuses longer ones, so they get no link */
};

struct column {
	const char *key;
	const char *title;
	bool descending; /* what is wanted first: new and big ones */
};

static const struct column columns[] = {
    [LISTING_NAME] = {"name", "Name", false},
    [LISTING_TIME] = {"time", "Changed (UTC)", true},
    [LISTING_SIZE] = {"size", "Size", true},
};

enum { COLUMNS = sizeof(columns) / sizeof(columns[0]) };

/* The order in which they stand on the page. */
static const enum listing_order shown[] = {
    LISTING_NAME, LISTING_SIZE, LISTING_TIME};

static bool
is_text(const char *at, const char *end, const char *text)
{
	return (size_t)(end - at) == strlen(text) &&
	       memcmp(at, text, strlen(text)) == 0;
}

/* Takes one key=value of a query; value is behind the '='. */
static void
query_one(
    struct listing_view *v, const char *key, const char *value, const char *end)
{
	bool reverse;
	int i;

	if (is_text(key, value, "sort=")) {
		reverse = value < end && *value == '-';
		for (i = 0; i < COLUMNS; i++) {
			if (!is_text(value + reverse, end, columns[i].key))
				continue;
			v->order = (enum listing_order)i;
			v->descending |= reverse;
		}
	}
	if (is_text(key, value, "desc=") && is_text(value, end, "1"))
		v->descending = true;
	if (is_text(key, value, "desc=") && is_text(value, end, "0"))
		v->descending = false;
}

void
listing_query(struct listing_view *v, const char *query, size_t len)
{
	const char *at = query, *stop = query + len, *end, *value;

	while (at < stop) {
		end = memchr(at, '&', (size_t)(stop - at));
		if (end == NULL)
			end = stop;
		value = memchr(at, '=', (size_t)(end - at));
		if (value != NULL)
			query_one(v, at, value + 1, end);
		at = end < stop ? end + 1 : stop;
	}
}

static int
compare_numbers(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int
listing_compare(const struct listing_view *v, const struct listing_entry *a,
    const struct listing_entry *b)
{
	int order = 0;

	if (a->directory != b->directory)
		return a->directory ? -1 : 1;
	switch (v->order) {
	case LISTING_NAME:
		order = natural_compare(a->name, b->name);
		break;
	case LISTING_TIME:
		order = compare_numbers(a->mtime, b->mtime);
		break;
	case LISTING_SIZE:
		if (!a->directory)
			order = compare_numbers(a->size, b->size);
		break;
	}
	if (order == 0)
		return natural_compare(a->name, b->name);
	return (order > 0) != v->descending ? 1 : -1;
}

/* Writes the path so that each level links to itself. */
static void
put_crumbs(struct out *o, const char *path, size_t len)
{
	const char *at = path, *stop = path + len, *end;
	int i, above = -1; /* levels from here down to the page */

	for (i = 0; i < (int)len; i++)
		above += path[i] == '/';
	for (; at < stop; at = end, above--) {
		end = memchr(at, '/', (size_t)(stop - at));
		end = end != NULL ? end + 1 : stop;
		if (above > 0 && above <= CRUMBS_MAX) {
			out_text(o, "<a href=\"");
			for (i = 0; i < above; i++)
				out_text(o, "../");
			out_text(o, "\">");
			shown_html(o, at, (size_t)(end - at));
			out_text(o, "</a>");
		} else {
			shown_html(o, at, (size_t)(end - at));
		}
	}
}

/* One title, which leads to the page sorted by it or, if it is, in reverse. A
 * button and no link: programs that mirror follow links, and what they got
 * would be the same page once more for each. */
static void
put_column(
    struct out *o, const struct listing_view *v, enum listing_order order)
{
	const struct column *c = &columns[order];
	bool now = v->order == order;
	bool descending = now ? !v->descending : c->descending;

	out_text(o, "<th");
	if (now)
		out_text(o, v->descending ? " aria-sort=descending"
					  : " aria-sort=ascending");
	out_text(o, "><button name=sort value=");
	out_text(o, descending ? "-" : "");
	out_text(o, c->key);
	out_text(o, ">");
	out_text(o, c->title);
	if (now)
		out_text(o, v->descending ? " \xe2\x96\xbe" : " \xe2\x96\xb4");
	out_text(o, "</button>");
}

static void
html_head(
    struct out *o, const struct listing_view *v, const char *path, size_t len)
{
	size_t i;

	page_begin(o);
	shown_html(o, path, len);
	page_style(o, style);
	out_text(o, "<h1>");
	put_crumbs(o, path, len);
	out_text(o, "</h1>\n<form>\n<table>\n<thead><tr>");
	for (i = 0; i < COLUMNS; i++)
		put_column(o, v, shown[i]);
	out_text(o, "\n<tbody>\n");
	if (len > 1)
		out_text(o, "<tr><td><a href=\"../\">../</a><td><td>\n");
}

void
listing_head(
    struct out *o, const struct listing_view *v, const char *path, size_t len)
{
	if (v->format == LISTING_HTML) {
		html_head(o, v, path, len);
		return;
	}
	out_text(o, "{\"path\":\"");
	shown_json(o, path, len);
	out_text(o, "\",\"entries\":[");
}

/* Writes a size for people: "812 B", "1.2 MiB", "340 GiB". */
static void
put_size(struct out *o, int64_t size)
{
	static const char units[][5] = {
	    " KiB", " MiB", " GiB", " TiB", " PiB", " EiB"};
	uint64_t n = size > 0 ? (uint64_t)size : 0, tenths;
	size_t unit = 0;

	if (n < 1024) {
		out_uint(o, n);
		out_text(o, " B");
		return;
	}
	/* n in 1/1024 of a unit, until the unit is large enough; 1023.95
	 * would be rounded to 1024. */
	while (n >= 1024 * 1024 - 512 && unit + 1 < sizeof(units) / 5) {
		n = (n >> 10) + (n >> 9 & 1);
		unit++;
	}
	tenths = (n * 10 + 512) / 1024;
	if (tenths < 100) {
		out_uint(o, tenths / 10);
		out_text(o, ".");
		out_uint(o, tenths % 10);
	} else {
		out_uint(o, (n + 512) / 1024);
	}
	out_text(o, units[unit]);
}

/* "./" keeps the browser from taking the name for a scheme or a host. */
static void
put_href(struct out *o, const struct listing_entry *e, size_t len)
{
	out_text(o, "./");
	out_url(o, e->name, len);
	out_text(o, e->directory ? "/\"" : "\"");
}

static void
html_item(struct out *o, const struct listing_entry *e)
{
	size_t len = strlen(e->name);
	bool linked = len <= NAME_BYTES;
	char time[17];

	out_text(o, "<tr><td>");
	if (linked) {
		out_text(o, "<a href=\"");
		put_href(o, e, len);
		out_text(o, ">");
	}
	shown_html(o, e->name, linked ? len : NAME_BYTES);
	out_text(o, e->directory ? "/" : "");
	out_text(o, linked ? "</a><td>" : "\xe2\x80\xa6<td>");
	if (!e->directory)
		put_size(o, e->size);
	date_format_short(time, e->mtime);
	out_text(o, "<td><time datetime=\"");
	out_bytes(o, time, 10);
	out_text(o, "T");
	out_bytes(o, time + 11, 5);
	out_text(o, "Z\">");
	out_text(o, time);
	out_text(o, "</time>\n");
}

static void
json_item(struct out *o, const struct listing_entry *e, uint64_t index)
{
	size_t len = strlen(e->name);

	out_text(o, index == 0 ? "\n{\"name\":\"" : ",\n{\"name\":\"");
	shown_json(o, e->name, len <= NAME_BYTES ? len : NAME_BYTES);
	out_text(o, "\",");
	if (len <= NAME_BYTES) {
		out_text(o, "\"href\":\"");
		put_href(o, e, len);
		out_text(o, ",");
	}
	if (e->directory) {
		out_text(o, "\"type\":\"directory\",\"mtime\":");
	} else {
		out_text(o, "\"type\":\"file\",\"size\":");
		out_uint(o, e->size > 0 ? (uint64_t)e->size : 0);
		out_text(o, ",\"mtime\":");
	}
	if (e->mtime < 0)
		out_text(o, "-");
	out_uint(o, e->mtime < 0 ? 0 - (uint64_t)e->mtime : (uint64_t)e->mtime);
	out_text(o, "}");
}

void
listing_item(struct out *o, const struct listing_view *v,
    const struct listing_entry *e, uint64_t index)
{
	if (v->format == LISTING_HTML)
		html_item(o, e);
	else
		json_item(o, e, index);
}

void
listing_tail(struct out *o, const struct listing_view *v, uint64_t count)
{
	if (v->format == LISTING_JSON) {
		out_text(o, "\n],\"count\":");
		out_uint(o, count);
		out_text(o, "}\n");
		return;
	}
	out_text(o, "</table>\n<footer>");
	out_uint(o, count);
	out_text(o, count == 1 ? " entry" : " entries");
	/* A button, as above. */
	out_text(o, "<button name=tar>All as .tar</button>");
	out_text(o, "</footer>\n</form>\n");
}
