/*
 * The beginnings of every reply, and those that need no file.
 */
#include "reply.h"
#include "http_state.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/clear.h"
#include "http/status.h"
#include "status.h"

void
reply_begin(struct reply *p, const struct conn *c, const struct serving *s)
{
	const struct request *r = &client_of(c)->request;

	clear(p, offsetof(struct reply, path));
	p->site = http_is_status(c) ? &status_site : &s->config->site;
	p->file = p->types = -1;
	p->since = s->now;
	p->minor = r->minor;
	p->head_only = r->method == METHOD_HEAD;
	p->last = !r->persistent || s->draining;
	/* A final answer in place of 100: the body may follow or not, so
	 * where the next request begins cannot be known. */
	if (r->expect_continue && request_has_body(r))
		p->last = true;
	p->linger = request_has_body(r);
}

void
reply_status(struct reply *p, int status)
{
	struct out o;
	int i;

	p->status = status;
	if (status == 405)
		p->allow = "GET, HEAD, OPTIONS";
	for (i = 0; i < p->site->pages; i++)
		if (p->site->page[i].status == status) {
			p->text = p->site->page[i].text;
			p->length = p->site->page[i].length;
			p->type = p->site->page[i].type;
			return;
		}
	out_init(&o, p->page, sizeof(p->page));
	status_page(&o, status);
	p->text = p->page;
	p->length = (int64_t)o.len;
	p->type = "text/html; charset=utf-8";
}

int
error_status(int error)
{
	switch (error) {
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
	case EDQUOT:
	case EFBIG:
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case ENOSPC:
	case ESTALE:
		return 503;
	default:
		return 500;
	}
}

void
reply_error(struct reply *p, int error)
{
	reply_status(p, error_status(error));
}
