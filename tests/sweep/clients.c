#include "clients.h"

#include <stddef.h>
#include <string.h>

static const struct act connect_act = {"connect", .doing = OPEN};
static const struct act narrow = {"connect", .doing = OPEN_NARROW};
static const struct act line = {
    "line", .doing = SEND, .bytes = 8, .text = "is here\n"};
static const struct act get = {
    "get", .doing = SEND, .text = "GET /big HTTP/1.1\r\nHost: x\r\n\r\n"};
static const struct act hang_up = {"close", .doing = CLOSE};
static const struct act rest = {"rest", .doing = READ, .answers = 1};
static const struct act some = {"some", .doing = READ, .bytes = 1000};

static void
act(const struct clients *c, struct talk *t, const struct act *a)
{
	talk_act(t, a, c->with);
	talk_await(t, a);
}

static bool
echoes(const struct clients *c, struct talk *t)
{
	t->len = 0;
	act(c, t, &line);
	return t->ending == ENDS_OPEN && t->len == line.bytes &&
	       memcmp(t->bytes, line.text, t->len) == 0;
}

static void
end_download(struct talk *t)
{
	t->mark = 0;
	talk_await(t, &rest);
	talk_blank(t);
}

/* Each server has a root of its own, and so other tags. */
static void
note_download(struct clients *c)
{
	talk_begin(&c->want);
	act(c, &c->want, &connect_act);
	act(c, &c->want, &get);
	act(c, &c->want, &some);
	end_download(&c->want);
	act(c, &c->want, &hang_up);
}

bool
clients_begin(struct clients *c, const struct partner *with)
{
	c->with = with;
	talk_begin(&c->bystander);
	talk_begin(&c->download);
	note_download(c);
	act(c, &c->bystander, &connect_act);
	return echoes(c, &c->bystander);
}

void
clients_download(struct clients *c)
{
	talk_release(&c->download);
	act(c, &c->download, &narrow);
	act(c, &c->download, &get);
	act(c, &c->download, &some);
}

const char *
clients_finish(struct clients *c)
{
	const char *why = NULL;

	if (c->download.fd < 0)
		return NULL;
	end_download(&c->download);
	if (!talk_same(&c->want, &c->download))
		why = talk_difference(&c->want, &c->download);
	talk_release(&c->download);
	return why;
}

const char *
clients_check(struct clients *c)
{
	const char *why = clients_finish(c);
	struct talk t;
	bool well;

	if (why != NULL)
		return why;
	if (!echoes(c, &c->bystander))
		return "a client that was there is lost";
	talk_begin(&t);
	act(c, &t, &connect_act);
	well = echoes(c, &t);
	talk_release(&t);
	return well ? NULL : "a new client is not served";
}

void
clients_leave(struct clients *c)
{
	talk_release(&c->bystander);
	talk_release(&c->download);
}

void
clients_release(struct clients *c)
{
	clients_leave(c);
	talk_release(&c->want);
}
