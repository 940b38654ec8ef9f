#include "visit.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "text.h"

/* The token that the request brings. */
static const char *
brought(const struct visit *v)
{
	const char *field;

	if (v->door == PAGES)
		return pf_cookie(v->q, "session");
	field = pf_field(v->q, "Authorization");
	if (field == NULL || strncasecmp(field, "Bearer ", 7) != 0)
		return NULL;
	return field + 7 + strspn(field + 7, " ");
}

static void
begin(struct visit *v)
{
	const char *token = brought(v);

	v->now = (int64_t)time(NULL);
	if (!secret_is_token(token))
		return;
	memcpy(v->token, token, sizeof(v->token));
	session_get(v->store, v->token, v->now, &v->user);
}

static void
fail(struct pf_reply *a)
{
	pf_clear(a);
	pf_status(a, 503);
}

void
visit_run(const struct pf_request *q, struct pf_reply *a, enum door door,
    void (*handler)(struct visit *v))
{
	struct visit *v = calloc(1, sizeof(*v));

	if (v == NULL) {
		fail(a);
		return;
	}
	v->q = q;
	v->a = a;
	v->door = door;
	v->store = pf_state(q);
	begin(v);
	handler(v);
	if (store_rest(v->store) != 0)
		fail(a);
	free(v);
}

bool
visit_post(struct visit *v)
{
	const int64_t id = text_number(pf_param(v->q, "id"));

	return id > 0 && post_get(v->store, id, &v->post);
}

bool
visit_token(struct visit *v, char token[TOKEN_BYTES])
{
	if (secret_token(token) == 0)
		return true;
	fail(v->a);
	return false;
}

bool
visit_log_in(struct visit *v, const struct user *user)
{
	if (!visit_token(v, v->token))
		return false;
	session_add(v->store, v->token, user->id, pf_id(v->q), v->now);
	v->user = *user;
	return true;
}

void
visit_register(
    struct visit *v, const char *name, const char *password, struct user *user)
{
	const char *const texts[] = {"register", pf_id(v->q)};
	char hash[HASH_BYTES];
	struct once once;
	int64_t id = 0;

	memset(user, 0, sizeof(*user));
	/* It takes its time: nobody should wait for the database meanwhile. */
	if (secret_keep(hash, password) != 0) {
		v->store->failed = true;
		return;
	}
	once_name(&once, texts, 2);
	/* No other request has that name; of a password nothing is kept. */
	once_print(&once, NULL, 0);
	store_begin(v->store);
	if (once_look(v->store, &once, &id) == NEW) {
		id = user_add(v->store, name, hash, v->now);
		if (id > 0)
			once_keep(v->store, &once, id, v->now);
	}
	store_commit(v->store);
	if (id > 0)
		(void)user_get(v->store, name, user);
}

void
visit_time(char text[TIME_BYTES], int64_t at)
{
	const time_t seconds = (time_t)at;
	struct tm tm;

	(void)gmtime_r(&seconds, &tm);
	(void)strftime(text, TIME_BYTES, "%Y-%m-%dT%H:%M:%SZ", &tm);
}
