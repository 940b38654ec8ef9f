/*
 * Which handler takes a request.
 */
#include <stdlib.h>
#include <string.h>

#include "app.h"
#include "base/arguments.h"
#include "base/log.h"
#include "service/program.h"

static const struct pf_service *offered;

const struct pf_service *
app_own(void)
{
	return offered;
}

const struct pf_service *
app_offered(const struct conn *c, const struct serving *s)
{
	return http_is_status(c) ? s->config->status : offered;
}

/* How many segments of a route's path are parameters; -1: it is no path. */
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
		log_warn("route %s %s: its path must begin with '/' and have "
			 "at most 16 parameters, and it must have a handler",
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
find(const struct pf_service *service, const char *path, const char *method,
    size_t len, struct out *allow)
{
	const struct pf_route *route;

	for (route = service->routes; route->method != NULL; route++) {
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

static bool
claims(const struct pf_service *service, struct reply *p, const struct asked *q)
{
	const struct request *r = &client_of(q->c)->request;
	const char *method = q->head + r->method_text.off;
	char path[APP_PATH];
	struct out allow;

	if (path_parse(&p->path, q->target, q->target_len) != 0)
		return false;
	app_path(path, &p->path);
	/* The last byte stays for a NUL. */
	out_init(&allow, p->several, sizeof(p->several) - 1);
	p->route = find(service, path, method, r->method_text.len, &allow);
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

bool
app_claims(struct reply *p, const struct asked *q)
{
	const struct pf_service *service = app_offered(q->c, q->s);

	return service != NULL && claims(service, p, q);
}
