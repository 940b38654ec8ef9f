#include <string.h>

#include "conform.h"
#include "stamp.h"

/* The fields of which one line is all there may be, as they are no lists. */
static const char *const singles[] = {"Age", "Content-Length",
    "Content-Location", "Content-Range", "Content-Type", "Date", "ETag",
    "Expires", "Last-Modified", "Location", "Retry-After", "Server"};

static const char *const lists[] = {"Accept-Ranges", "Allow", "Cache-Control",
    "Connection", "Content-Encoding", "Transfer-Encoding", "Vary"};

static const char *const dates[] = {"Date", "Expires", "Last-Modified"};

enum {
	SINGLES = sizeof(singles) / sizeof(singles[0]),
	LISTS = sizeof(lists) / sizeof(lists[0]),
	DATES = sizeof(dates) / sizeof(dates[0])
};

static bool
has(const struct answer *a, const char *name)
{
	return answer_field(a, name).at != NULL;
}

static bool
any(const struct answer *a)
{
	(void)a;
	return true;
}

static bool
is_final(const struct answer *a)
{
	return a->status >= 200;
}

static bool
has_space(const struct answer *a)
{
	return (a->faults & FAULT_SPACE) == 0;
}

static bool
has_no_bare_cr(const struct answer *a)
{
	return (a->faults & FAULT_CR) == 0;
}

static bool
is_not_folded(const struct answer *a)
{
	return (a->faults & FAULT_FOLD) == 0;
}

static bool
is_known_version(const struct answer *a)
{
	return a->major == 1 && a->minor <= 1;
}

/* RFC 9110 section 8.8.3. */
static bool
is_etag(struct text t)
{
	size_t i = t.len > 2 && memcmp(t.at, "W/", 2) == 0 ? 2 : 0;

	if (t.len < i + 2 || t.at[i] != '"' || t.at[t.len - 1] != '"')
		return false;
	for (i++; i < t.len - 1; i++)
		if ((unsigned char)t.at[i] <= ' ' || t.at[i] == '"' ||
		    t.at[i] == 0x7f)
			return false;
	return true;
}

/* Something, a slash and something, of tokens. */
static bool
is_media_type(struct text t)
{
	size_t i, slash = 0;

	for (i = 0; i < t.len && t.at[i] != ';' && t.at[i] != ' '; i++) {
		if (t.at[i] == '/' && slash == 0 && i > 0)
			slash = i;
		else if (!byte_is_token(t.at[i]))
			return false;
	}
	return slash > 0 && i > slash + 1;
}

static bool
is_grammatical(const struct answer *a)
{
	struct text etag = answer_field(a, "ETag");
	struct text type = answer_field(a, "Content-Type");

	return (a->faults & (FAULT_LINE | FAULT_FIELD | FAULT_LENGTH |
				FAULT_CHUNK)) == 0 &&
	       (etag.at == NULL || is_etag(etag)) &&
	       (type.at == NULL || is_media_type(type));
}

static bool
repeats_nothing(const struct answer *a)
{
	int i, f, found;

	for (i = 0; i < SINGLES; i++) {
		for (f = found = 0; f < a->fields; f++)
			found += text_is(a->field[f].name, singles[i]);
		if (found > 1)
			return false;
	}
	return true;
}

static bool
has_list(const struct answer *a)
{
	int i;

	for (i = 0; i < LISTS; i++)
		if (has(a, lists[i]))
			return true;
	return false;
}

static bool
has_full_lists(const struct answer *a)
{
	struct text list, element;
	int i;

	for (i = 0; i < LISTS; i++)
		for (list = answer_field(a, lists[i]);
		     text_next(&list, &element);)
			/* All of Allow may be empty. */
			if (element.len == 0 && strcmp(lists[i], "Allow") != 0)
				return false;
	return true;
}

static bool
has_date(const struct answer *a)
{
	int i;

	for (i = 0; i < DATES; i++)
		if (has(a, dates[i]))
			return true;
	return false;
}

static bool
has_real_dates(const struct answer *a)
{
	int i;

	for (i = 0; i < DATES; i++)
		if (has(a, dates[i]) &&
		    stamp_read(answer_field(a, dates[i])) < 0)
			return false;
	return true;
}

static bool
wants_date(const struct answer *a)
{
	return a->status >= 200 && a->status < 500;
}

static bool
is_dated(const struct answer *a)
{
	return has(a, "Date");
}

static bool
has_modified(const struct answer *a)
{
	return has(a, "Last-Modified") && has(a, "Date");
}

static bool
is_not_from_the_future(const struct answer *a)
{
	return stamp_read(answer_field(a, "Last-Modified")) <=
	       stamp_read(answer_field(a, "Date"));
}

static bool
has_no_content_by_status(const struct answer *a)
{
	return a->status < 200 || a->status == 204;
}

static bool
has_no_length(const struct answer *a)
{
	return !has(a, "Content-Length");
}

static bool
has_no_coding(const struct answer *a)
{
	return !has(a, "Transfer-Encoding");
}

static bool
is_to_old(const struct answer *a)
{
	return a->to_old;
}

static bool
is_not_framed_twice(const struct answer *a)
{
	return !has(a, "Transfer-Encoding") || !has(a, "Content-Length");
}

/* What is said of the connection is listed as being said of it. */
static bool
lists_options(const struct answer *a)
{
	static const char *const hops[] = {"Keep-Alive", "TE", "Upgrade"};
	size_t i;

	for (i = 0; i < sizeof(hops) / sizeof(hops[0]); i++)
		if (has(a, hops[i]) &&
		    !text_lists(answer_field(a, "Connection"), hops[i]))
			return false;
	return true;
}

static bool
has_location(const struct answer *a)
{
	return has(a, "Location");
}

/* Where the authority of the Location begins; NULL: it has none. */
static const char *
authority(const struct answer *a, size_t *len)
{
	struct text t = answer_field(a, "Location");
	size_t i;

	for (i = 0; i + 1 < t.len && memcmp(t.at + i, "//", 2) != 0; i++)
		if (t.at[i] == '/' || t.at[i] == '?')
			return NULL;
	if (i + 1 >= t.len)
		return NULL;
	i += 2;
	for (*len = 0;
	     i + *len < t.len && t.at[i + *len] != '/' && t.at[i + *len] != '?';
	     ++*len)
		;
	return t.at + i;
}

static bool
leads_to_a_host(const struct answer *a)
{
	size_t len = 0;
	const char *host = authority(a, &len);

	return host == NULL || (len > 0 && host[0] != ':');
}

static bool
names_no_user(const struct answer *a)
{
	size_t len = 0;
	const char *host = authority(a, &len);

	return host == NULL || memchr(host, '@', len) == NULL;
}

static bool
is_405(const struct answer *a)
{
	return a->status == 405;
}

static bool
has_allow(const struct answer *a)
{
	return has(a, "Allow");
}

static bool
is_single_part(const struct answer *a)
{
	return a->status == 206 && !a->to_head &&
	       (answer_field(a, "Content-Type").len < 10 ||
		   memcmp(answer_field(a, "Content-Type").at, "multipart/",
		       10) != 0);
}

/* "bytes FIRST-LAST/SIZE", with as many bytes as it says. */
static bool
tells_its_range(const struct answer *a)
{
	static const char unit[] = "bytes ";
	struct text t = answer_field(a, "Content-Range"), first, last, size;
	const char *dash, *slash;

	if (t.at == NULL || t.len < sizeof(unit) ||
	    memcmp(t.at, unit, sizeof(unit) - 1) != 0)
		return false;
	first.at = t.at + sizeof(unit) - 1;
	dash = memchr(t.at, '-', t.len);
	slash = memchr(t.at, '/', t.len);
	if (dash == NULL || slash == NULL || slash < dash)
		return false;
	first.len = (size_t)(dash - first.at);
	last.at = dash + 1;
	last.len = (size_t)(slash - last.at);
	size.at = slash + 1;
	size.len = (size_t)(t.at + t.len - size.at);
	return text_number(first) >= 0 &&
	       text_number(last) >= text_number(first) &&
	       text_number(size) > text_number(last) &&
	       (int64_t)a->content.len ==
		   text_number(last) - text_number(first) + 1;
}

const struct always always_rows[] = {
    {"9110 2.2",
	"A sender MUST NOT generate protocol elements that do not match the "
	"grammar defined by the corresponding ABNF rules.",
	"status line, fields, chunks", is_grammatical, any, NULL},
    {"9112 2.2",
	"A sender MUST NOT generate a bare CR (a CR character not immediately "
	"followed by LF) within any protocol elements other than the content.",
	"no CR without LF", has_no_bare_cr, any, NULL},
    {"9112 4",
	"A server MUST send the space that separates the status-code from the "
	"reason-phrase even when the reason-phrase is absent (i.e., the "
	"status-line would end with the space).",
	"the space behind the status", has_space, any, NULL},
    {"9112 5.2",
	"A sender MUST NOT generate a message that includes line folding "
	"(i.e., that has any field line value that contains a match to the "
	"obs-fold rule) unless the message is intended for packaging within "
	"the \"message/http\" media type.",
	"no folded line", is_not_folded, any, NULL},
    {"9110 6.2",
	"A server MUST NOT send a version to which it is not conformant.",
	"the version is 1.1 or 1.0", is_known_version, any, NULL},
    {"9110 5.3",
	"This means that, aside from the well-known exception noted below, a "
	"sender MUST NOT generate multiple field lines with the same name in "
	"a message (whether in the headers or trailers) or append a field "
	"line when a field line of the same name already exists in the "
	"message, unless that field's definition allows multiple field line "
	"values to be recombined as a comma-separated list (i.e., at least "
	"one alternative of the field's definition allows a comma-separated "
	"list, such as an ABNF rule of #(values) defined in Section 5.6.1).",
	"what is no list comes once", repeats_nothing, any, NULL},
    {"9110 5.6.1.1",
	"In any production that uses the list construct, a sender MUST NOT "
	"generate empty list elements.",
	"no empty element in a list", has_full_lists, has_list, NULL},
    {"9110 5.6.7",
	"When a sender generates a field that contains one or more timestamps "
	"defined as HTTP-date, the sender MUST generate those timestamps in "
	"the IMF-fixdate format.",
	"the form of dates", has_real_dates, has_date, NULL},
    {"9110 6.6.1",
	"An origin server with a clock (as defined in Section 5.6.7) MUST "
	"generate a Date header field in all 2xx (Successful), 3xx "
	"(Redirection), and 4xx (Client Error) responses, and MAY generate a "
	"Date header field in 1xx (Informational) and 5xx (Server Error) "
	"responses.",
	"Date in 2xx, 3xx and 4xx", is_dated, wants_date, NULL},
    {"9110 7.6.1",
	"When a field aside from Connection is used to supply control "
	"information for or about the current connection, the sender MUST "
	"list the corresponding field name within the Connection header "
	"field.",
	"options are listed", lists_options, is_final, NULL},
    {"9110 8.6",
	"A server MUST NOT send a Content-Length header field in any response "
	"with a status code of 1xx (Informational) or 204 (No Content).",
	"no length in 1xx and 204", has_no_length, has_no_content_by_status,
	NULL},
    {"9112 6.1",
	"A server MUST NOT send a Transfer-Encoding header field in any "
	"response with a status code of 1xx (Informational) or 204 (No "
	"Content).",
	"no coding in 1xx and 204", has_no_coding, has_no_content_by_status,
	NULL},
    {"9112 6.1",
	"A server MUST NOT send a response containing Transfer-Encoding "
	"unless the corresponding request indicates HTTP/1.1 (or later minor "
	"revisions).",
	"no coding to HTTP/1.0", has_no_coding, is_to_old, NULL},
    {"9112 6.2",
	"A sender MUST NOT send a Content-Length header field in any message "
	"that contains a Transfer-Encoding header field.",
	"not both of them", is_not_framed_twice, any, NULL},
    {"9110 8.8.2.1",
	"An origin server with a clock (as defined in Section 5.6.7) MUST NOT "
	"generate a Last-Modified date that is later than the server's time "
	"of message origination (Date, Section 6.6.1).",
	"Last-Modified is not later than Date", is_not_from_the_future,
	has_modified, "nginx sends the date of the file as it is"},
    {"9110 4.2.1",
	"A sender MUST NOT generate an \"http\" URI with an empty host "
	"identifier.",
	"Location has a host, or none at all", leads_to_a_host, has_location,
	NULL},
    {"9110 4.2.4",
	"A sender MUST NOT generate the userinfo subcomponent (and its \"@\" "
	"delimiter) when an \"http\" or \"https\" URI reference is generated "
	"within a message as a target URI or field value.",
	"Location names no user", names_no_user, has_location, NULL},
    {"9110 15.5.6",
	"The origin server MUST generate an Allow header field in a 405 "
	"response containing a list of the target resource's currently "
	"supported methods.",
	"Allow in 405", has_allow, is_405,
	"nginx's static module answers 405 without Allow"},
    {"9110 15.3.7.1",
	"If a single part is being transferred, the server generating the 206 "
	"response MUST generate a Content-Range header field, describing what "
	"range of the selected representation is enclosed, and a content "
	"consisting of the range.",
	"Content-Range tells what 206 holds", tells_its_range, is_single_part,
	NULL},
};

const int always_count = sizeof(always_rows) / sizeof(always_rows[0]);
