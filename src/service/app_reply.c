#include "app_reply.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "http/bytes.h"
#include "http/field.h"
#include "http/media.h"
#include "os/memory.h"
#include "os/root.h"
#include "prefork/service.h"

void
app_reply_init(struct pf_reply *a)
{
	a->file = -1;
	pf_clear(a);
}

void
pf_clear(struct pf_reply *a)
{
	if (a->file >= 0)
		(void)close(a->file);
	a->file = -1;
	a->status = 200;
	a->why = NULL;
	a->type[0] = '\0';
	a->length = 0;
	a->is_file = a->streams = false;
	out_init(&a->fields, a->field, sizeof(a->field));
	out_init(&a->stage, a->bytes, sizeof(a->bytes));
}

void
app_reply_stream(struct pf_reply *a, const char *type)
{
	pf_type(a, type);
	a->streams = true;
}

void
app_reply_fail(struct pf_reply *a, const char *why)
{
	if (a->why == NULL)
		a->why = why;
}

void
pf_status(struct pf_reply *a, int status)
{
	if (status < 200 || status > 599)
		app_reply_fail(a, "pf_status: not from 200 to 599");
	else
		a->status = status;
}

void
app_reply_default(struct pf_reply *a, const char *type)
{
	if (a->type[0] == '\0')
		memcpy(a->type, type, strlen(type) + 1);
}

void
pf_type(struct pf_reply *a, const char *type)
{
	if (!field_value_valid(type) || strlen(type) >= sizeof(a->type))
		app_reply_fail(a, "pf_type: no field value");
	else
		memcpy(a->type, type, strlen(type) + 1);
}

/* Those by which a message is read. */
static bool
is_ours(const char *name)
{
	static const char *const reserved[] = {"connection", "content-length",
	    "content-type", "date", "keep-alive", "te", "trailer",
	    "transfer-encoding", "upgrade"};
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (token_is(name, strlen(name), reserved[i]))
			return true;
	return false;
}

static bool
is_token(const char *text)
{
	size_t i;

	for (i = 0; text[i] != '\0'; i++)
		if (!byte_is(text[i], BYTE_TOKEN))
			return false;
	return i > 0;
}

static void
put_field(struct pf_reply *a, const char *name, const char *value)
{
	out_text(&a->fields, "\r\n");
	out_text(&a->fields, name);
	out_text(&a->fields, ": ");
	out_text(&a->fields, value);
	if (a->fields.full)
		app_reply_fail(a, "more than 8192 bytes of fields");
}

void
pf_set(struct pf_reply *a, const char *name, const char *value)
{
	if (!is_token(name) || is_ours(name) || !field_value_valid(value))
		app_reply_fail(a, "pf_set: no such field can be set");
	else
		put_field(a, name, value);
}

/* What a value of a cookie may hold as it is, of what out_url would escape. */
static void
put_cookie(struct out *o, const char *value)
{
	size_t n;

	while (*value != '\0') {
		n = strspn(value, "!#$&'()*+:<=>?@[]^`{|}");
		out_bytes(o, value, n);
		value += n;
		n = strcspn(value, "!#$&'()*+:<=>?@[]^`{|}");
		out_url(o, value, n);
		value += n;
	}
}

void
pf_set_cookie(struct pf_reply *a, const char *name, const char *value,
    const char *attributes)
{
	if (!is_token(name) ||
	    (attributes != NULL && !field_value_valid(attributes))) {
		app_reply_fail(a, "pf_set_cookie: no such cookie can be set");
		return;
	}
	put_field(a, "Set-Cookie", name);
	out_text(&a->fields, "=");
	put_cookie(&a->fields, value);
	if (attributes != NULL) {
		out_text(&a->fields, "; ");
		out_text(&a->fields, attributes);
	}
	if (a->fields.full)
		app_reply_fail(a, "more than 8192 bytes of fields");
}

/* Puts bytes into the file, behind what is there. */
static int
spill(struct pf_reply *a, const char *bytes, size_t len)
{
	ssize_t n;

	if (a->file < 0)
		a->file = memory_file();
	if (a->file < 0)
		return -1;
	while (len > 0) {
		n = pwrite(a->file, bytes, len, (off_t)a->length);
		if (n <= 0)
			return -1;
		a->length += n;
		bytes += n;
		len -= (size_t)n;
	}
	return 0;
}

void
pf_write(struct pf_reply *a, const void *bytes, size_t length)
{
	app_reply_default(a, "text/plain; charset=utf-8");
	if (a->why != NULL)
		return;
	if (length > a->stage.cap - a->stage.len) {
		if (spill(a, a->stage.data, a->stage.len) != 0)
			app_reply_fail(a, "no room for a long answer");
		out_init(&a->stage, a->bytes, sizeof(a->bytes));
	}
	if (length > a->stage.cap) {
		if (spill(a, bytes, length) != 0)
			app_reply_fail(a, "no room for a long answer");
		return;
	}
	out_bytes(&a->stage, bytes, length);
}

void
pf_file(struct pf_reply *a, const char *path)
{
	path += strspn(path, "/");
	a->is_file = true;
	if (strlen(path) >= sizeof(a->name))
		path = "";
	memcpy(a->name, path, strlen(path) + 1);
}

void
pf_redirect(struct pf_reply *a, const char *location)
{
	if (a->status < 300 || a->status > 399)
		a->status = 303;
	pf_set(a, "Location", location);
}

/* A file: to GET and HEAD as any file below the root is, with conditions and
 * one range; to other methods, and with another status than 200, of which
 * neither may make another (RFC 9110 sections 13.2.1 and 14.2), from its first
 * byte to its last, as a body. */
static void
end_file(struct pf_reply *a, struct reply *p, const struct asked *q)
{
	struct request *r = &client_of(q->c)->request;
	int fd = root_open_beneath(q->s->config->root, a->name);
	struct span *range = &r->field[FIELD_RANGE];
	struct stat st;

	if (fd < 0) {
		reply_error(p, errno);
	} else if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		reply_status(p, 404);
	} else if (a->status == 200 &&
		   (r->method == METHOD_GET || r->method == METHOD_HEAD)) {
		/* Several would come in pieces, by the path of the request. */
		if (memchr(q->head + range->off, ',', range->len) != NULL)
			range->len = 0;
		reply_file(p, q, fd, &st, a->name);
	} else {
		journal_identify(&p->id, &st);
		p->type = media_find(p->site->types, a->name, strlen(a->name));
		p->length = (int64_t)st.st_size;
		p->file = fd;
	}
}

/* Has an answer of that status no body, whatever the handler says? */
static bool
is_bodiless(int status)
{
	return status == 204 || status == 205 || status == 304;
}

/* A body that was too long for memory. */
static int
end_long(struct pf_reply *a, struct reply *p)
{
	struct stat st;

	if (spill(a, a->stage.data, a->stage.len) != 0 ||
	    fstat(a->file, &st) != 0)
		return -1;
	journal_identify(&p->id, &st);
	p->length = a->length;
	p->file = a->file;
	a->file = -1;
	return 0;
}

static void
fail(struct pf_reply *a, struct reply *p, const struct asked *q)
{
	const struct request *r = &client_of(q->c)->request;

	log_warn("an answer of the service could not be made: %s, to a %.*s",
	    a->why, (int)r->method_text.len, q->head + r->method_text.off);
	pf_clear(a);
	reply_status(p, 500);
}

void
app_reply_end(struct pf_reply *a, struct reply *p, const struct asked *q)
{
	const bool empty = a->stage.len == 0 && a->file < 0;

	p->status = a->status;
	p->length = 0;
	if (is_bodiless(a->status))
		p->length = a->status == 205 ? 0 : -1;
	else if (a->why == NULL && a->is_file)
		end_file(a, p, q);
	else if (empty && a->status >= 400 && a->type[0] == '\0')
		reply_status(p, a->status);
	else if (a->file < 0) {
		p->text = a->bytes;
		p->length = (int64_t)a->stage.len;
	} else if (a->why == NULL && end_long(a, p) != 0)
		app_reply_fail(a, "no room for a long answer");
	if (a->why != NULL) {
		fail(a, p, q);
		return;
	}
	if (a->streams) {
		p->text = NULL;
		p->length = -1;
		p->streams = p->last = true;
	}
	if (a->type[0] != '\0' && (p->length >= 0 || a->streams) &&
	    (!a->is_file || p->file >= 0))
		p->type = a->type;
	p->fields = a->field;
	p->fields_len = a->fields.len;
	if (a->file >= 0)
		(void)close(a->file);
	a->file = -1;
}
