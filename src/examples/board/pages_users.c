#include "pages.h"

#include <string.h>

/* A form that asks for a name and a password. */
struct door_form {
	const char *title, *path, *button;
	const char *hint;     /* for the password */
	const char *complete; /* what the browser may fill in */
	const char *other, *other_path;
};

static const struct door_form registering = {"Register", "/register",
    "Register", "At least 8 characters", "new-password", "I have an account",
    "/login"};
static const struct door_form logging_in = {"Log in", "/login", "Log in", "",
    "current-password", "I have no account yet", "/register"};

static void
put_form(
    struct visit *v, const struct door_form *f, int status, const char *fault)
{
	pf_status(v->a, status);
	if (!page_prepare(v))
		return;
	page_begin(v, f->title);
	pf_html(v->a,
	    "<form class=\"card narrow\" method=\"post\" action=\"%s\">"
	    "<h1>%s</h1>",
	    f->path, f->title);
	page_fault(v, fault);
	page_proof(v);
	pf_html(v->a,
	    "<label for=\"name\">Name</label>"
	    "<input id=\"name\" name=\"name\" value=\"%s\" minlength=\"%d\""
	    " maxlength=\"%d\" autocomplete=\"username\" autocapitalize=\"off\""
	    " required>"
	    "<label for=\"password\">Password</label>"
	    "<input id=\"password\" name=\"password\" type=\"password\""
	    " minlength=\"%d\" maxlength=\"%d\" autocomplete=\"%s\""
	    " placeholder=\"%s\" required>"
	    "<p class=\"actions\"><button>%s</button>"
	    "<a href=\"%s\">%s</a></p></form>",
	    pf_form(v->q, "name"), NAME_LEAST, NAME_MOST, PASSWORD_LEAST,
	    PASSWORD_MOST, f->complete, f->hint, f->button, f->other_path,
	    f->other);
	page_end(v);
}

static void
register_form(struct visit *v)
{
	put_form(v, &registering, 200, NULL);
}

/* The browser is this user's from now on. */
static void
let_in(struct visit *v, const struct user *user)
{
	if (!visit_log_in(v, user))
		return;
	page_cookie(v);
	pf_redirect(v->a, "/");
}

static void
register_now(struct visit *v)
{
	const char *name = pf_form(v->q, "name");
	const char *password = pf_form(v->q, "password");
	const char *fault = user_name_fault(name);
	struct user user;

	if (!page_is_ours(v))
		return;
	if (fault == NULL)
		fault = user_password_fault(password);
	if (fault != NULL) {
		put_form(v, &registering, 422, fault);
		return;
	}
	visit_register(v, name, password, &user);
	if (user.id == 0)
		put_form(v, &registering, 409, "That name is taken.");
	else
		let_in(v, &user);
}

static void
login_form(struct visit *v)
{
	put_form(v, &logging_in, 200, NULL);
}

static void
login_now(struct visit *v)
{
	const char *name = pf_form(v->q, "name");
	struct user user = {0};

	if (!page_is_ours(v))
		return;
	if (name != NULL)
		user_check(v->store, name, pf_form(v->q, "password"), &user);
	if (user.id == 0)
		put_form(v, &logging_in, 403,
		    "There is nobody of that name with that password.");
	else
		let_in(v, &user);
}

static void
logout_now(struct visit *v)
{
	if (!page_is_ours(v))
		return;
	session_remove(v->store, v->token);
	v->token[0] = '\0';
	page_cookie(v);
	pf_redirect(v->a, "/");
}

void
pages_register(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, register_form);
}

void
pages_register_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, register_now);
}

void
pages_login(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, login_form);
}

void
pages_login_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, login_now);
}

void
pages_logout_now(const struct pf_request *q, struct pf_reply *a)
{
	visit_run(q, a, PAGES, logout_now);
}
