#include "app.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arguments.h"
#include "base/hook.h"
#include "base/log.h"
#include "http/bytes.h"
#include "os/memory.h"
#include "os/random.h"
#include "service/program.h"

static const struct pf_service *offered;

/* How many segments of it are parameters; -1: it is no path. */
static int
count_params(const char *path)
{
	int n = 0;

	if (path == NULL || path[0] != '/')
		return -1;
	for (; path != NULL; path = strchr(path + 1, '/'))
		n += path[1] == ':';
	return n;
}

void
program_offer(const struct pf_service *service)
{
	const struct pf_route *route;
	int params;

	for (route = service->routes; route->method != NULL; route++) {
		params = count_params(route->path);
		if (params >= 0 && params <= APP_PARAMS &&
		    route->handler != NULL)
			continue;
		log_warn("route %s %s: a path begins with '/', has a handler, "
			 "and 16 parameters at most",
		    route->method, route->path != NULL ? route->path : "?");
		exit(EXIT_USAGE);
	}
	offered = service;
}

void
app_path(char text[APP_PATH], const struct path *path)
{
	size_t len = 0;

	text[len++] = '/';
	if (strcmp(path->name, ".") != 0) {
		memcpy(text + len, path->name, path->len);
		len += path->len;
		if (path->directory)
			text[len++] = '/';
	}
	text[len] = '\0';
}

/* Is it the path of a route? */
static bool
fits(const char *route, const char *path)
{
	while (*route != '\0') {
		if (*route == ':' && route[-1] == '/') {
			if (*path == '\0' || *path == '/')
				return false;
			route += strcspn(route, "/");
			path += strcspn(path, "/");
		} else if (*route++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

/* As a method of the request, which is text[0..len). HEAD is a GET. */
static bool
is_method(const char *method, const char *text, size_t len)
{
	if (len == 4 && memcmp(text, "HEAD", 4) == 0 &&
	    strcmp(method, "GET") == 0)
		return true;
	return strlen(method) == len && memcmp(method, text, len) == 0;
}

/* The route that takes it. NULL: none; then allow says by which methods one
 * would, if any. */
static const struct pf_route *
find(const char *path, const char *method, size_t len, struct out *allow)
{
	const struct pf_route *route;

	for (route = offered->routes; route->method != NULL; route++) {
		if (!fits(route->path, path))
			continue;
		if (is_method(route->method, method, len))
			return route;
		out_text(allow, allow->len > 0 ? ", " : "");
		out_text(allow, route->method);
		if (strcmp(route->method, "GET") == 0)
			out_text(allow, ", HEAD");
	}
	return NULL;
}

bool
app_claims(struct reply *p, const struct asked *q)
{
	const struct request *r = &client_of(q->c)->request;
	const char *method = q->head + r->method_text.off;
	char path[APP_PATH];
	struct out allow;

	if (offered == NULL ||
	    path_parse(&p->path, q->target, q->target_len) != 0)
		return false;
	app_path(path, &p->path);
	/* The last byte stays for a NUL. */
	out_init(&allow, p->several, sizeof(p->several) - 1);
	p->route = find(path, method, r->method_text.len, &allow);
	if (p->route != NULL && r->content_length > q->s->config->max_body) {
		p->route = NULL;
		p->last = true;
		reply_status(p, 413);
		return true;
	}
	if (p->route != NULL || allow.len == 0)
		return p->route != NULL;
	if (r->method == METHOD_OPTIONS) {
		p->status = 204;
		p->length = -1;
	} else {
		reply_status(p, 405);
	}
	out_text(&allow, ", OPTIONS");
	p->several[allow.len] = '\0';
	p->allow = p->several;
	return true;
}

enum result
app_answer(struct conn *c, struct serving *s, struct reply *p, const char *head)
{
	const struct request *r = &client_of(c)->request;
	const int64_t end = answer_now(c->r)->parsed + r->head_len;
	struct call call = {
	    .route = p->route, .path = &p->path, .head = head, .end = end};
	char nothing[1] = "";
	int status;

	if (!app_has_room(c, s))
		return BLOCKED;
	if (request_has_body(r)) {
		status = app_begin(c, s, head);
		if (status == 0)
			return GO_ON;
		reply_status(p, status);
		p->last = p->linger = true;
	} else {
		call.body = nothing;
		app_run(c, s, p, &call);
	}
	return answer_with(c, s, p, head, r->head_len, end);
}

/* May a handler be run twice for it? */
static bool
is_safe(const struct request *r)
{
	return r->method == METHOD_GET || r->method == METHOD_HEAD ||
	       r->method == METHOD_OPTIONS;
}

static struct app *
app_of(const struct serving *s)
{
	struct http *http = http_in(s);

	if (http->app == NULL)
		http->app = memory_private(sizeof(*http->app));
	if (http->app == NULL || http->app->next[0] != 0)
		return http->app;
	http->app->next[0] = random_number() | 1;
	http->app->next[1] = random_number();
	app_reply_init(&http->app->reply);
	return http->app;
}

/* The descriptors that are opened here no record names: a takeover closes them,
 * and whoever has taken over opens its own. */
static bool
is_open(struct app *app)
{
	if (offered->open == NULL || app->opener != 0)
		return true;
	if (offered->open(&app->state) != 0) {
		log_warn("the service %s does not open", offered->name);
		return false;
	}
	app->opener = (int32_t)getpid();
	return true;
}

void
app_shut(struct app *app)
{
	if (app == NULL)
		return;
	/* What another process has opened is not ours to close. */
	if (app->opener == (int32_t)getpid() && offered->close != NULL)
		offered->close(app->state);
	memory_drop(app, sizeof(*app));
}

/* The connection has a name of its own from now on. */
static void
name(struct record *r, struct app *app)
{
	uint64_t id[2];

	memcpy(id, r->own, sizeof(id));
	if (id[0] != 0)
		return;
	id[1] = app->next[1]++;
	memcpy(r->own + sizeof(id[0]), &id[1], sizeof(id[1]));
	/* The first is what says that there is one. */
	atomic_signal_fence(memory_order_seq_cst);
	memcpy(r->own, &app->next[0], sizeof(id[0]));
	atomic_signal_fence(memory_order_seq_cst);
}

static void
mark(struct record *r)
{
	struct answer *next = answer_begin(r);

	http_of(next)->begun = 1;
	answer_commit(r);
	HOOK("begun");
}

static const char unknown[] =
    "500: the server was stopped while it did this.\n"
    "The outcome is unknown: it may have been done or not.\n";

static void
reply_unknown(struct reply *p)
{
	p->status = 500;
	p->type = "text/plain; charset=utf-8";
	p->text = unknown;
	p->length = sizeof(unknown) - 1;
}

void
app_run(
    struct conn *c, struct serving *s, struct reply *p, const struct call *call)
{
	const struct request *r = &client_of(c)->request;
	const bool again = http_now(c->r)->begun != 0;
	struct asked q = {.c = c, .s = s, .head = call->head};
	struct app *app = app_of(s);
	struct pf_request *request;
	struct call now = *call;

	if (again && !is_safe(r) && !call->route->repeatable) {
		reply_unknown(p);
		return;
	}
	if (app == NULL || !is_open(app)) {
		reply_status(p, 503);
		return;
	}
	name(c->r, app);
	now.state = app->state;
	request = app_request(c, &now, again);
	if (request == NULL) {
		reply_status(p, errno == EINVAL ? 400 : 503);
		return;
	}
	mark(c->r);
	pf_clear(&app->reply);
	call->route->handler(request, &app->reply);
	HOOK("handled");
	app_reply_end(&app->reply, p, &q);
	free(request);
}
