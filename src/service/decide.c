#include "reply.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/listing.h"
#include "http/media.h"
#include "http/path.h"
#include "http/status.h"
#include "job.h"
#include "os/beneath.h"

static const char index_name[] = "index.html";

/* What a decision is made from, beside the reply that it ends in. */
struct asked {
	struct conn *c;
	struct serving *s;
	const char *head;
	const char *target; /* as it came */
	size_t target_len;
};

void
reply_status(struct reply *p, int status)
{
	struct out o;

	p->status = status;
	out_init(&o, p->page, sizeof(p->page));
	status_page(&o, status);
	p->text = p->page;
	p->length = (int64_t)o.len;
	p->type = "text/html; charset=utf-8";
}

static int
status_of_errno(void)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case EILSEQ:
	case EINVAL:
		return 404;
	case EACCES:
	case EPERM:
	case EXDEV:
	case ELOOP:
	case ENXIO:
		return 403;
	case EMFILE:
	case ENFILE:
	case ENOMEM:
		return 503;
	default:
		return 500;
	}
}

static void
identify(struct validator *v, const struct stat *st)
{
	memset(v, 0, sizeof(*v));
	v->dev = (uint64_t)st->st_dev;
	v->ino = (uint64_t)st->st_ino;
	v->size = (int64_t)st->st_size;
	v->mtime = (int64_t)st->st_mtim.tv_sec;
	v->mtime_ns = (int64_t)st->st_mtim.tv_nsec;
}

/* The part of the file that a Range asks for, if it is one part. */
static void
apply_range(struct reply *p, const struct asked *q)
{
	const struct span *f = &q->c->request.field[FIELD_RANGE];
	struct range ranges[RANGES_MAX];
	int n;

	if (q->c->request.method != METHOD_GET || f->len == 0 ||
	    !conditions_if_range(&q->c->request, q->head, &p->id, q->s->wall))
		return;
	n = range_parse(ranges, q->head + f->off, f->len, p->id.size);
	if (n < 0) {
		reply_status(p, 416);
		(void)close(p->file);
		p->file = -1;
		return;
	}
	if (n != 1)
		return;
	p->status = 206;
	p->range = ranges[0];
	p->offset = ranges[0].first;
	p->length = ranges[0].len;
}

/* A regular file, open as fd, which is taken over. */
static void
reply_file(struct reply *p, const struct asked *q, int fd,
    const struct stat *st, const char *name)
{
	int status;

	identify(&p->id, st);
	p->validated = true;
	status = conditions_check(&q->c->request, q->head, &p->id, q->s->wall);
	if (status != 200) {
		(void)close(fd);
		if (status == 304) {
			p->status = 304;
			p->length = -1;
		} else {
			reply_status(p, status);
		}
		return;
	}
	p->status = 200;
	p->type = media_type(name, strlen(name));
	p->length = p->id.size;
	p->file = fd;
	p->ranges = true;
	apply_range(p, q);
}

/* To the same place with a '/' behind it. */
static void
reply_redirect(struct reply *p, const struct asked *q)
{
	reply_status(p, 301);
	p->redirect = true;
	p->query = q->target + p->path.query;
	p->query_len = q->target_len - p->path.query;
}

/* Begins a listing. Returns false when it has begun. */
static bool
start_listing(struct reply *p, struct asked *q, int fd)
{
	struct listing_view view = {LISTING_HTML, LISTING_NAME, false};
	char shown[PATH_BYTES + 2] = "/";
	size_t n = 1, skip = p->path.query < q->target_len;

	listing_query(&view, q->target + p->path.query + skip,
	    q->target_len - p->path.query - skip);
	if (strcmp(p->path.name, ".") != 0) {
		memcpy(shown + 1, p->path.name, p->path.len);
		n = 1 + p->path.len;
		shown[n++] = '/';
	}
	shown[n] = '\0';
	q->c->job = job_new(q->s->config->root, fd, shown, &view);
	if (q->c->job == NULL) {
		reply_status(p, status_of_errno());
		return true;
	}
	return false;
}

/* A directory, open as fd: its index if it has one, else a listing. */
static bool
reply_directory(struct reply *p, struct asked *q, int fd)
{
	char name[PATH_BYTES + sizeof(index_name) + 1];
	struct stat st;
	int index;

	if (!p->path.directory) {
		(void)close(fd);
		reply_redirect(p, q);
		return true;
	}
	memcpy(name, p->path.name, p->path.len);
	name[p->path.len] = '/';
	memcpy(name + p->path.len + 1, index_name, sizeof(index_name));
	index = beneath_open(q->s->config->root, name);
	if (index >= 0 && fstat(index, &st) == 0 && S_ISREG(st.st_mode)) {
		(void)close(fd);
		reply_file(p, q, index, &st, index_name);
		return true;
	}
	if (index >= 0) {
		(void)close(index);
	} else if (errno != ENOENT && errno != ENOTDIR) {
		reply_status(p, status_of_errno());
		(void)close(fd);
		return true;
	}
	return start_listing(p, q, fd);
}

/* GET or HEAD of a path. */
static bool
reply_path(struct reply *p, struct asked *q)
{
	struct stat st;
	int fd;

	if (p->path.hidden) {
		reply_status(p, 404);
		return true;
	}
	fd = beneath_open(q->s->config->root, p->path.name);
	if (fd < 0 || fstat(fd, &st) != 0) {
		reply_status(p, status_of_errno());
	} else if (S_ISDIR(st.st_mode)) {
		return reply_directory(p, q, fd);
	} else if (S_ISREG(st.st_mode) && !p->path.directory) {
		reply_file(p, q, fd, &st, p->path.name);
		return true;
	} else {
		/* A file is no directory; a device or FIFO is nothing. */
		reply_status(p, S_ISREG(st.st_mode) ? 404 : 403);
	}
	if (fd >= 0)
		(void)close(fd);
	return true;
}

static bool
finish_listing(struct reply *p, struct conn *c)
{
	int done = job_run(c->job);

	if (done == 0)
		return false;
	if (done < 0) {
		reply_status(p, status_of_errno());
	} else {
		p->status = 200;
		p->type = "text/html; charset=utf-8";
		p->file = job_result(c->job, &p->length);
	}
	job_free(c->job);
	c->job = NULL;
	return true;
}

static void
begin(struct reply *p, const struct conn *c, const struct serving *s)
{
	const struct request *r = &c->request;

	memset(p, 0, offsetof(struct reply, path));
	p->file = -1;
	p->minor = r->minor;
	p->head_only = r->method == METHOD_HEAD;
	p->last = !r->persistent || s->draining;
	/* A final answer in place of 100: the body may follow or not, so
	 * where the next request begins cannot be known. */
	if (r->expect_continue && request_has_body(r))
		p->last = true;
	p->linger = request_has_body(r);
}

bool
decide(struct reply *p, struct conn *c, struct serving *s, const char *head,
    int status)
{
	const struct request *r = &c->request;
	struct asked q;

	begin(p, c, s);
	if (status != 200) {
		reply_status(p, status);
		p->head_only = false;
		p->last = p->linger = true;
		return true;
	}
	if (c->job != NULL)
		return finish_listing(p, c);
	q.c = c;
	q.s = s;
	q.head = head;
	q.target = head + r->target.off;
	q.target_len = r->target.len;
	if (r->content_length > s->config->max_body) {
		reply_status(p, 413);
		p->last = true;
	} else if (r->method == METHOD_UNKNOWN) {
		reply_status(p, 501);
	} else if (r->method == METHOD_KNOWN) {
		reply_status(p, 405);
	} else if (q.target_len == 1 && q.target[0] == '*') {
		p->status = 204;
		p->length = -1;
	} else {
		status = path_parse(&p->path, q.target, q.target_len);
		if (status != 0) {
			reply_status(p, status);
		} else if (r->method == METHOD_OPTIONS) {
			p->status = 204;
			p->length = -1;
		} else if (!reply_path(p, &q)) {
			return finish_listing(p, c);
		}
	}
	return true;
}
