/*
 * What stands for a directory: its index, or a page of what is in it.
 */
#include "reply.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/accept.h"
#include "http/listing.h"
#include "job.h"
#include "os/beneath.h"

enum { NAME_BYTES = 256 }; /* of an index, with its NUL */

bool
reply_index(struct reply *p, struct asked *q, const char *dir)
{
	char name[PATH_BYTES + NAME_BYTES + 1];
	size_t n = strlen(dir);
	struct stat st;
	int fd;

	memcpy(name, dir, n);
	name[n++] = '/';
	memcpy(name + n, p->site->index, strlen(p->site->index) + 1);
	fd = beneath_open(q->s->config->root, name);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		errno = ENOENT;
		return false;
	}
	p->indexed = true;
	reply_file(p, q, fd, &st, name);
	return true;
}

bool
finish_listing(struct reply *p, struct conn *c, struct serving *s)
{
	int done = job_run(c->job);
	struct stat st;

	if (done == 0)
		return false;
	if (done < 0) {
		reply_error(p, errno);
	} else {
		p->status = 200;
		p->type = job_format(c->job) == LISTING_JSON
			      ? "application/json"
			      : "text/html; charset=utf-8";
		p->vary = "Accept";
		p->file = job_result(c->job, &p->length);
		/* Its name to whoever takes over, and to nobody else. */
		if (fstat(p->file, &st) == 0)
			identify(&p->id, &st);
	}
	job_free(c->job);
	c->job = NULL;
	s->jobs--;
	return true;
}

/* Begins a listing; then, or when it has to wait, as decide. */
static bool
start_listing(struct reply *p, struct asked *q, int fd)
{
	struct listing_view view = {LISTING_HTML, LISTING_NAME, false};
	const struct span *accept = &q->c->request.field[FIELD_ACCEPT];
	char shown[PATH_BYTES + 2] = "/";
	size_t n = 1, skip = p->path.query < q->target_len;

	if (!p->site->listing) {
		(void)close(fd);
		reply_status(p, 403);
		return true;
	}
	q->c->queued = q->s->jobs >= JOBS_MAX;
	if (q->c->queued) {
		(void)close(fd);
		return false;
	}
	if (accept->len > 0 &&
	    accept_prefers_json(q->head + accept->off, accept->len))
		view.format = LISTING_JSON;
	listing_query(&view, q->target + p->path.query + skip,
	    q->target_len - p->path.query - skip);
	if (strcmp(p->path.name, ".") != 0) {
		memcpy(shown + 1, p->path.name, p->path.len);
		n = 1 + p->path.len;
		shown[n++] = '/';
	}
	shown[n] = '\0';
	q->c->job =
	    job_new(q->s->config->root, fd, shown, &view, p->site->dotfiles);
	if (q->c->job == NULL) {
		reply_error(p, errno);
		return true;
	}
	q->s->jobs++;
	return finish_listing(p, q->c, q->s);
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
