/*
 * What a request is answered with: the first look at it.
 */
#include "reply.h"
#include "app.h"
#include "http_state.h"
#include "status.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/forwarded.h"
#include "http/path.h"

/* Redirects to the same path with a '/' at its end. Location is relative, since
 * a proxy before the server may have taken a prefix off the path: it is the
 * last segment as it came, and "./" before it, so that it is not read as a
 * scheme. */
static void
reply_redirect(struct reply *p, const struct asked *q)
{
	size_t query = p->path.query, segment = query;

	while (segment > 0 && q->target[segment - 1] != '/')
		segment--;
	if (out_target_size(q->target + segment, q->target_len - segment) >
	    LOCATION_BYTES) {
		reply_status(p, 414);
		return;
	}
	reply_status(p, 301);
	p->location = q->target + segment;
	p->location_len = query - segment;
	p->query_len = q->target_len - query;
}

/* May what is not there be a page that an application of a single page makes
 * itself (--spa)? Not by the name of a file: a script that is gone is no page.
 */
static bool
is_place(const struct reply *p)
{
	return p->site->spa && (p->site->spa_all || p->path.directory ||
				   !path_has_extension(p->path.name));
}

/* The page of that name: "/about" finds about.html. */
static bool
reply_page(struct reply *p, struct asked *q)
{
	char name[PATH_BYTES + sizeof(PAGE_SUFFIX)];
	struct stat st;
	int fd;

	if (p->path.directory)
		return false;
	memcpy(name, p->path.name, p->path.len);
	memcpy(name + p->path.len, PAGE_SUFFIX, sizeof(PAGE_SUFFIX));
	fd = root_open_beneath(q->s->config->root, name);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		(void)close(fd);
		return false;
	}
	reply_file(p, q, fd, &st, name);
	return true;
}

/* What is not there. */
static void
reply_missing(struct reply *p, struct asked *q, int error)
{
	if (error_status(error) == 404 &&
	    (reply_page(p, q) || (is_place(p) && reply_index(p, q, "."))))
		return;
	reply_error(p, error);
}

/* Where one file is served: at "/" and at its name. */
static void
reply_only(struct reply *p, struct asked *q)
{
	const struct root *root = q->s->config->root;
	struct stat st;
	int fd;

	if (strcmp(p->path.name, ".") != 0 &&
	    (p->path.directory || strcmp(p->path.name, root->only) != 0)) {
		reply_status(p, 404);
		return;
	}
	fd = root_open_only(root);
	if (fd < 0) {
		reply_error(p, errno);
	} else if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		reply_file(p, q, fd, &st, root->only);
	} else {
		(void)close(fd);
		reply_status(p, 403);
	}
}

/* GET or HEAD of a path. */
static bool
reply_path(struct reply *p, struct asked *q)
{
	struct stat st;
	int fd;

	if (q->s->config->root->only != NULL) {
		reply_only(p, q);
		return true;
	}
	if (p->path.hidden && !p->site->dotfiles) {
		reply_status(p, 404);
		return true;
	}
	fd = root_open_beneath(q->s->config->root, p->path.name);
	if (fd < 0) {
		reply_missing(p, q, errno);
		return true;
	}
	if (fstat(fd, &st) != 0) {
		reply_error(p, errno);
	} else if (S_ISDIR(st.st_mode) && p->path.directory) {
		return reply_directory(p, q, fd);
	} else if (S_ISDIR(st.st_mode)) {
		/* A page goes before a directory that has none. */
		if (has_index(p, q, p->path.name) || !reply_page(p, q))
			reply_redirect(p, q);
	} else if (!S_ISREG(st.st_mode)) {
		reply_status(p, 403); /* a device or FIFO is nothing */
	} else if (p->path.directory) {
		reply_missing(p, q, ENOTDIR); /* a file is no directory */
	} else {
		reply_file(p, q, fd, &st, p->path.name);
		return true;
	}
	(void)close(fd);
	return true;
}

/* If the root or the site is not what it was, forgets what was known of the old
 * one, or was rendered for it. */
static void
look_at_root(struct serving *s)
{
	struct root *root = s->config->root;
	const uint32_t version = s->config->site.version;
	uint32_t change;

	root_look(root, s->now);
	change = root->change;
	if (http_in(s)->root == change && http_in(s)->site == version)
		return;
	http_in(s)->root = change;
	http_in(s)->site = version;
	memset(http_in(s)->absent, 0, sizeof(http_in(s)->absent));
	if (http_in(s)->cache != NULL)
		cache_forget(http_in(s)->cache);
}

enum {
	KNOCK_MS = 10000
}; /* then a client that waits for its password to be
    * looked at is told to come again */

/* Is the request to be answered? Else *later, or p is the answer. OPTIONS
 * is answered to all: it tells nothing, and browsers send it without
 * credentials. */
static bool
is_let_in(struct reply *p, struct conn *c, struct serving *s, const char *head,
    bool *later)
{
	const struct auth *auth = s->config->site.auth;
	enum auth_verdict verdict = AUTH_YES;

	*later = false;
	if (auth != NULL && client_of(c)->request.method != METHOD_OPTIONS)
		verdict = auth_ask(auth, &http_in(s)->let_in,
		    &client_of(c)->request, head, s->now);
	if (verdict == AUTH_LATER) {
		if (client_of(c)->knocked == 0)
			client_of(c)->knocked = s->now;
		client_of(c)->busy = false;
		*later = s->now - client_of(c)->knocked < KNOCK_MS;
	}
	if (*later)
		return false;
	client_of(c)->knocked = 0;
	if (verdict == AUTH_YES)
		return true;
	reply_status(p, verdict == AUTH_NO ? 401 : 503);
	return false;
}

/* Has it just been answered? */
static bool
recall(struct reply *p, struct conn *c, struct serving *s, const char *head)
{
	/* The last answer of a connection says so. */
	if (http_in(s)->cache == NULL || s->draining)
		return false;
	p->found = cache_find(http_in(s)->cache, &client_of(c)->request, head,
	    s->now, &p->cached);
	p->asked = !p->found;
	p->status = p->cached.status;
	p->length = p->cached.length;
	if (!p->found)
		return false;
	p->file = p->cached.file;
	p->offset = p->cached.offset;
	p->id = p->cached.id;
	return true;
}

/* An answer to HEAD has no body, also if the rest of the request is bad: the
 * method may be known before its line is whole. */
static bool
is_head(const struct request *r, const char *head)
{
	return r->method_text.len == 4 &&
	       memcmp(head + r->method_text.off, "HEAD", 4) == 0;
}

/* What may be asked for. */
static void
reply_options(struct reply *p)
{
	p->status = 204;
	p->length = -1;
	p->allow = "GET, HEAD, OPTIONS";
}

/* Is the client for which a proxy asks refused? The connection is the proxy's,
 * and serves other clients too: it stays. */
static bool
is_refused(const struct conn *c, struct serving *s, const char *head)
{
	const struct networks *trusted = s->config->forwarders;
	const struct board *board = s->config->board;
	struct peer client;

	if (trusted == NULL || board == NULL ||
	    !board_is_refusing(board, s->now))
		return false;
	return forwarded_by(&client, &c->r->peer, head,
		   client_of(c)->request.head_len, trusted) &&
	       board_refuses(board, peer_network(&client), s->now);
}

/* There is no TLS here, and to go on without is forbidden (RFC 9110
 * section 7.4): but for a proxy that ends it, and says so. */
static bool
is_misdirected(struct reply *p, const struct asked *q)
{
	const struct networks *trusted = q->s->config->forwarders;

	return path_is_secured(q->target, q->target_len) &&
	       (trusted == NULL || !networks_have(trusted, &q->c->r->peer)) &&
	       path_parse(&p->path, q->target, q->target_len) == 0;
}

/* The parser lets no other method have it. */
static bool
is_of_all(const struct asked *q)
{
	return q->target_len == 1 && q->target[0] == '*';
}

/* Of a method that files have. */
static bool
reply_target(struct reply *p, struct asked *q)
{
	int status = path_parse(&p->path, q->target, q->target_len);

	if (status == 404)
		reply_missing(p, q, ENAMETOOLONG);
	else if (status != 0)
		reply_status(p, status);
	else if (client_of(q->c)->request.method == METHOD_OPTIONS)
		reply_options(p);
	else
		return reply_path(p, q);
	return true;
}

bool
decide(struct reply *p, struct conn *c, struct serving *s, const char *head,
    int status)
{
	const struct request *r = &client_of(c)->request;
	struct asked q = {.c = c,
	    .s = s,
	    .head = head,
	    .target = head + r->target.off,
	    .target_len = r->target.len};
	bool later;

	reply_begin(p, c, s);
	if (status != 200) {
		reply_status(p, status);
		p->head_only = is_head(r, head);
		p->last = p->linger = true;
		return true;
	}
	if (client_of(c)->page != 0)
		return finish_listing(p, c, s);
	if (!http_is_status(c)) {
		if (is_refused(c, s, head)) {
			conn_count(c, s, COUNT_REFUSED_NETWORK, 1);
			reply_status(p, 403);
			return true;
		}
		if (!is_let_in(p, c, s, head, &later))
			return !later;
		look_at_root(s);
	}
	if (is_misdirected(p, &q)) {
		reply_status(p, 421);
		return true;
	}
	if (app_claims(p, &q))
		return true;
	if (http_is_status(c)) {
		if (is_of_all(&q)) {
			reply_options(p);
			return true;
		}
		reply_status(p, 404);
		p->last = p->linger = true;
		return true;
	}
	if (recall(p, c, s, head))
		return true;
	if (r->content_length > s->config->max_body) {
		reply_status(p, 413);
		p->last = true;
	} else if (r->method == METHOD_UNKNOWN) {
		reply_status(p, 501);
	} else if (r->method == METHOD_KNOWN) {
		reply_status(p, 405);
	} else if (is_of_all(&q)) {
		reply_options(p);
	} else {
		return reply_target(p, &q);
	}
	return true;
}
