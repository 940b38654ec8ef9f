#include "pages.h"

#include <stdio.h>
#include <string.h>

#include "sha256.h"

static void
put_fields(struct visit *v)
{
	pf_set(v->a, "Content-Security-Policy",
	    "default-src 'none'; style-src 'self'; img-src 'self'; "
	    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
	pf_set(v->a, "Referrer-Policy", "same-origin");
	/* Two users of one browser are not to see each other's pages. */
	pf_set(v->a, "Cache-Control", "no-store");
}

/* What the browser may do next, by whether it is logged in. */
static void
put_navigation(struct visit *v)
{
	if (v->user.id == 0) {
		pf_html(v->a, "<nav><a href=\"/login\">Log in</a>"
			      "<a class=\"button\" href=\"/register\">"
			      "Register</a></nav>");
		return;
	}
	pf_html(v->a, "<nav><a class=\"button\" href=\"/write\">Write</a>"
		      "<form method=\"post\" action=\"/logout\">");
	page_proof(v);
	pf_html(v->a,
	    "<button class=\"link\">Log out <b>%s</b></button></form></nav>",
	    v->user.name);
}

void
page_begin(struct visit *v, const char *title)
{
	put_fields(v);
	pf_html(v->a,
	    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width\">"
	    "<meta name=\"color-scheme\" content=\"light dark\">"
	    "<title>%s - The board</title>"
	    "<link rel=\"icon\" href=\"/icon.svg\">"
	    "<link rel=\"stylesheet\" href=\"/board.css\"></head>\n<body>"
	    "<header><a class=\"brand\" href=\"/\">The board</a>"
	    "<form role=\"search\" action=\"/\"><input type=\"search\""
	    " name=\"q\" aria-label=\"Search\" placeholder=\"Search\""
	    " maxlength=\"%d\" value=\"%s\"></form>",
	    title, SEARCH_MOST, pf_query(v->q, "q"));
	put_navigation(v);
	pf_html(v->a, "</header>\n<main>");
}

void
page_end(struct visit *v)
{
	pf_html(v->a,
	    "</main>\n<footer>An example of a service behind prefork. There is "
	    "<a href=\"/api/openapi.json\">an API</a>, too.</footer>"
	    "</body></html>\n");
}

void
page_refuse(struct visit *v, int status, const char *title, const char *text)
{
	pf_status(v->a, status);
	page_begin(v, title);
	pf_html(v->a,
	    "<article class=\"narrow\"><h1>%s</h1><p>%s</p>"
	    "<p><a href=\"/\">To the posts</a></p></article>",
	    title, text);
	page_end(v);
}

bool
page_post(struct visit *v)
{
	if (visit_post(v))
		return true;
	page_refuse(v, 404, "There is no such post",
	    "It was deleted, or it was never there.");
	return false;
}

void
page_fault(struct visit *v, const char *fault)
{
	if (fault != NULL)
		pf_html(
		    v->a, "<p class=\"fault\" role=\"alert\">%s</p>", fault);
}

/* A proxy that speaks HTTPS says so; a client that lies has itself to blame. */
void
page_cookie(struct visit *v)
{
	const char *speaks = pf_field(v->q, "X-Forwarded-Proto");
	char attributes[96];

	(void)snprintf(attributes, sizeof(attributes),
	    "Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s",
	    v->token[0] != '\0' ? SESSION_SECONDS : 0,
	    speaks != NULL && strcmp(speaks, "https") == 0 ? "; Secure" : "");
	pf_set_cookie(v->a, "session", v->token, attributes);
}

bool
page_prepare(struct visit *v)
{
	if (v->token[0] != '\0')
		return true;
	if (!visit_token(v, v->token))
		return false;
	page_cookie(v);
	return true;
}

/* What only this browser's forms can hold: another site cannot read it, nor the
 * cookie that it is made of. */
static void
prove(const struct visit *v, char proof[SHA256_HEX])
{
	const char *const texts[] = {"form", v->token};

	sha256(proof, texts, 2);
}

void
page_proof(struct visit *v)
{
	char proof[SHA256_HEX];

	prove(v, proof);
	pf_html(
	    v->a, "<input type=\"hidden\" name=\"proof\" value=\"%s\">", proof);
}

bool
page_is_ours(struct visit *v)
{
	char proof[SHA256_HEX];

	prove(v, proof);
	if (v->token[0] != '\0' && secret_same(proof, pf_form(v->q, "proof")))
		return true;
	page_refuse(v, 403, "That form is not valid any more",
	    "Go back, load the page again, and send it once more.");
	return false;
}
