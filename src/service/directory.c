/*
 * What stands for a directory: its index, or a page of what is in it.
 */
#include "archive.h"
#include "reply.h"
#include "http_state.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/accept.h"
#include "http/listing.h"
#include "pages.h"

enum { NAME_BYTES = 256 }; /* of an index, with its NUL */

/* Opens it; -1 with errno. name: gets its path. */
static int
open_index(const struct reply *p, const struct asked *q, const char *dir,
    char name[PATH_BYTES + NAME_BYTES + 1], struct stat *st)
{
	size_t n = strlen(dir);
	int fd;

	memcpy(name, dir, n);
	name[n++] = '/';
	memcpy(name + n, p->site->index, strlen(p->site->index) + 1);
	fd = root_open_beneath(q->s->config->root, name);
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode))
		return fd;
	(void)close(fd);
	errno = ENOENT;
	return -1;
}

bool
has_index(const struct reply *p, const struct asked *q, const char *dir)
{
	char name[PATH_BYTES + NAME_BYTES + 1];
	struct stat st;
	int fd = open_index(p, q, dir, name, &st);

	if (fd >= 0)
		(void)close(fd);
	return fd >= 0;
}

bool
reply_index(struct reply *p, struct asked *q, const char *dir)
{
	char name[PATH_BYTES + NAME_BYTES + 1];
	struct stat st;
	int fd = open_index(p, q, dir, name, &st);

	if (fd < 0)
		return false;
	reply_file(p, q, fd, &st, name);
	return true;
}

static void
describe(struct reply *p, enum listing_format format)
{
	p->status = 200;
	p->type = format == LISTING_JSON ? "application/json"
					 : "text/html; charset=utf-8";
	p->vary = "Accept";
}

bool
finish_listing(struct reply *p, struct conn *c, struct serving *s)
{
	struct made made;
	int done = pages_go_on(c, s, &made);

	if (done == 0)
		return false;
	if (done < 0) {
		reply_error(p, errno);
		return true;
	}
	p->file = made.file;
	if (made.format == LISTING_PLAN) {
		if (archive_reply(p, made.length) == 0)
			return true;
		(void)close(p->file);
		p->file = -1;
		reply_error(p, EIO);
		return true;
	}
	describe(p, made.format);
	p->length = made.length;
	/* By this a takeover finds the page again. It is no validator for the
	 * client. */
	p->id = made.id;
	p->made = true;
	p->since = made.since;
	return true;
}

/* The directory's path, with a '/' at both ends. */
static void
show_path(char shown[PATH_BYTES + 2], const struct path *path)
{
	size_t n = 0;

	shown[n++] = '/';
	if (strcmp(path->name, ".") != 0) {
		memcpy(shown + n, path->name, path->len);
		n += path->len;
		shown[n++] = '/';
	}
	shown[n] = '\0';
}

/* Is the query "?tar", or "?tar=", as a form has it? */
static bool
is_archive(const char *query, size_t len)
{
	return (len == 4 || len == 5) && memcmp(query, "?tar=", len) == 0;
}

/* The view that is asked for. */
static void
begin_view(
    const struct reply *p, const struct asked *q, struct listing_view *view)
{
	const struct span *accept =
	    &client_of(q->c)->request.field[FIELD_ACCEPT];
	size_t skip = p->path.query < q->target_len;

	memset(view, 0, sizeof(*view));
	if (accept->len > 0 &&
	    accept_prefers_json(q->head + accept->off, accept->len))
		view->format = LISTING_JSON;
	if (is_archive(
		q->target + p->path.query, q->target_len - p->path.query)) {
		view->format = LISTING_PLAN;
		return;
	}
	listing_query(view, q->target + p->path.query + skip,
	    q->target_len - p->path.query - skip);
}

/* A listing, or begins one; then, or when it has to wait, as decide. */
static bool
start_listing(struct reply *p, struct asked *q, int fd)
{
	struct listing_view view;
	char shown[PATH_BYTES + 2];
	struct conn *c = q->c;

	if (!p->site->listing) {
		(void)close(fd);
		reply_status(p, 403);
		return true;
	}
	begin_view(p, q, &view);
	show_path(shown, &p->path);
	if (p->head_only) {
		describe(p, view.format);
		p->length = -1;
		if (view.format == LISTING_PLAN)
			p->type = "application/x-tar";
		else
			p->length = pages_length(q->s, fd, shown, &view);
		(void)close(fd);
		return true;
	}
	if (pages_ask(c, q->s, fd, shown, &view) == 0) {
		client_of(c)->waits = 0;
		return finish_listing(p, c, q->s);
	}
	client_of(c)->busy = false;
	if (client_of(c)->waits == 0)
		client_of(c)->waits = q->s->now;
	if (errno == EAGAIN && q->s->now - client_of(c)->waits < PAGE_WAIT_MS)
		return false;
	client_of(c)->waits = 0;
	reply_error(p, errno == EAGAIN ? ENOMEM : errno);
	return true;
}

bool
reply_directory(struct reply *p, struct asked *q, int fd)
{
	if (reply_index(p, q, p->path.name)) {
		(void)close(fd);
		return true;
	}
	if (errno != ENOENT && errno != ENOTDIR) {
		reply_error(p, errno);
		(void)close(fd);
		return true;
	}
	return start_listing(p, q, fd);
}
