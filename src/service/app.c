/*
 * From a request that is whole to what its handler answers.
 */
#include "app.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hook.h"
#include "base/log.h"
#include "http_record.h"
#include "os/memory.h"
#include "os/random.h"

/* May a handler be run twice for it? */
static bool
is_safe(const struct request *r)
{
	return r->method == METHOD_GET || r->method == METHOD_HEAD ||
	       r->method == METHOD_OPTIONS;
}

struct app *
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
 * and the process that has taken over opens its own. */
static bool
is_open(struct app *app)
{
	if (app_own()->open == NULL || app->opener != 0)
		return true;
	if (app_own()->open(&app->state) != 0) {
		log_warn("the service %s does not open", app_own()->name);
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
	if (app->opener == (int32_t)getpid() && app_own()->close != NULL)
		app_own()->close(app->state);
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
	if (app == NULL || (!http_is_status(c) && !is_open(app))) {
		reply_status(p, 503);
		return;
	}
	name(c->r, app);
	now.state = http_is_status(c) ? s : app->state;
	request = app_request(c, &now, again, s->config->forwarders);
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
