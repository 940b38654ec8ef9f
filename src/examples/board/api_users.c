#include "api.h"

#include <stdio.h>
#include <stdlib.h>

/* The name and the password of a body; NULL: it has none. */
static bool
read_both(
    struct visit *v, char **bytes, const char **name, const char **password)
{
	static const char *const names[] = {"name", "password", NULL};
	struct json j;

	*name = *password = NULL;
	return api_read(v, &j, bytes) && api_knows(v, &j, names) &&
	       api_text(v, &j, "name", name) &&
	       api_text(v, &j, "password", password);
}

static void
put_user(struct visit *v, const struct user *user)
{
	pf_type(v->a, "application/json");
	api_put_text(v, "{", "name", user->name);
	api_put_time(v, ",", "created", user->created);
	pf_printf(v->a, "}\n");
}

static void
add_user(struct visit *v, const char *name, const char *password)
{
	const char *fault = user_name_fault(name);
	char location[NAME_BYTES + 16];
	struct user user;

	if (fault == NULL)
		fault = user_password_fault(password);
	if (fault != NULL) {
		api_refuse(v, 422, fault);
		return;
	}
	visit_register(v, name, password, &user);
	if (user.id == 0) {
		api_refuse(v, 409, "That name is taken.");
		return;
	}
	(void)snprintf(location, sizeof(location), "/api/users/%s", user.name);
	pf_status(v->a, 201);
	pf_set(v->a, "Location", location);
	put_user(v, &user);
}

static void
register_user(struct visit *v)
{
	const char *name, *password;
	char *bytes;

	if (read_both(v, &bytes, &name, &password))
		add_user(v, name, password);
	free(bytes);
}

static void
user(struct visit *v)
{
	struct user user;

	if (user_get(v->store, pf_param(v->q, "name"), &user))
		put_user(v, &user);
	else
		api_refuse(v, 404, "There is nobody of that name.");
}

static void
begin_session(struct visit *v, const char *name, const char *password)
{
	struct user user = {0};

	if (name == NULL || password == NULL) {
		api_refuse(v, 422, "There has to be a name and a password.");
		return;
	}
	user_check(v->store, name, password, &user);
	if (user.id == 0) {
		pf_set(v->a, "WWW-Authenticate", "Bearer realm=\"board\"");
		api_refuse(
		    v, 401, "There is nobody of that name with that password.");
		return;
	}
	if (!visit_log_in(v, &user))
		return;
	pf_status(v->a, 201);
	pf_type(v->a, "application/json");
	pf_set(v->a, "Location", "/api/sessions/current");
	pf_set(v->a, "Cache-Control", "no-store");
	api_put_text(v, "{", "token", v->token);
	api_put_text(v, ",", "name", user.name);
	api_put_time(v, ",", "expires", v->now + SESSION_SECONDS);
	pf_printf(v->a, "}\n");
}

static void
login(struct visit *v)
{
	const char *name, *password;
	char *bytes;

	if (read_both(v, &bytes, &name, &password))
		begin_session(v, name, password);
	free(bytes);
}

/* Who asks again, because the answer was lost, is nobody by then. */
static void
logout(struct visit *v)
{
	if (!pf_again(v->q) && !api_is_somebody(v))
		return;
	session_remove(v->store, v->token);
	pf_status(v->a, 204);
}

void
api_register(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, register_user);
}

void
api_user(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, user);
}

void
api_login(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, login);
}

void
api_logout(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, API, logout);
}
