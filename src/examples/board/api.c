#include "api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *
title_of(int status)
{
	switch (status) {
	case 400:
		return "Bad Request";
	case 401:
		return "Unauthorized";
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 409:
		return "Conflict";
	case 412:
		return "Precondition Failed";
	case 415:
		return "Unsupported Media Type";
	case 422:
		return "Unprocessable Content";
	default:
		return "Precondition Required";
	}
}

void
api_put_text(
    struct visit *v, const char *before, const char *name, const char *value)
{
	pf_printf(v->a, "%s\"%s\":", before, name);
	pf_json(v->a, value);
}

void
api_put_time(
    struct visit *v, const char *before, const char *name, int64_t time)
{
	char text[TIME_BYTES];

	visit_time(text, time);
	api_put_text(v, before, name, text);
}

void
api_refuse(struct visit *v, int status, const char *detail)
{
	pf_status(v->a, status);
	pf_type(v->a, "application/problem+json");
	api_put_text(v, "{", "title", title_of(status));
	pf_printf(v->a, ",\"status\":%d", status);
	api_put_text(v, ",", "detail", detail);
	pf_printf(v->a, "}\n");
}

bool
api_is_somebody(struct visit *v)
{
	if (v->user.id != 0)
		return true;
	pf_set(v->a, "WWW-Authenticate",
	    pf_field(v->q, "Authorization") != NULL
		? "Bearer realm=\"board\", error=\"invalid_token\""
		: "Bearer realm=\"board\"");
	api_refuse(v, 401, "This needs the token of a session.");
	return false;
}

/* Is the body said to be JSON? Parameters of the type say nothing. */
static bool
is_json(struct visit *v)
{
	static const char *const types[] = {
	    "application/json", "application/merge-patch+json"};
	const char *type = pf_field(v->q, "Content-Type");
	const size_t len = type != NULL ? strcspn(type, "; \t") : 0;
	const size_t known = strcmp(pf_method(v->q), "PATCH") == 0 ? 2 : 1;
	size_t i;

	for (i = 0; i < known; i++)
		if (len == strlen(types[i]) &&
		    strncasecmp(type, types[i], len) == 0)
			return true;
	pf_set(v->a, "Accept", "application/json");
	if (known == 2)
		pf_set(v->a, "Accept-Patch",
		    "application/json, application/merge-patch+json");
	api_refuse(v, 415, "The body has to be application/json.");
	return false;
}

bool
api_read(struct visit *v, struct json *j, char **bytes)
{
	char detail[128];
	size_t length;
	const char *body = pf_body(v->q, &length);

	*bytes = NULL;
	if (!is_json(v))
		return false;
	*bytes = malloc(length + 1);
	if (*bytes == NULL) {
		v->store->failed = true;
		return false;
	}
	memcpy(*bytes, body, length + 1);
	if (json_read(j, *bytes, length) == 0)
		return true;
	(void)snprintf(detail, sizeof(detail),
	    "That is no JSON object: %s, at byte %zu.", j->why, j->at);
	api_refuse(v, 400, detail);
	return false;
}

bool
api_text(
    struct visit *v, const struct json *j, const char *name, const char **text)
{
	const struct json_member *member = json_find(j, name);
	char detail[64];

	if (member == NULL)
		return true;
	if (member->text != NULL && !member->has_nul) {
		*text = member->text;
		return true;
	}
	(void)snprintf(
	    detail, sizeof(detail), "%s has to be a text without NUL.", name);
	api_refuse(v, 422, detail);
	return false;
}

bool
api_knows(struct visit *v, const struct json *j, const char *const names[])
{
	int i, k;

	for (i = 0; i < j->count; i++) {
		for (k = 0; names[k] != NULL; k++)
			if (strcmp(j->member[i].name, names[k]) == 0)
				break;
		if (names[k] == NULL) {
			api_refuse(
			    v, 422, "There is a member that is unknown.");
			return false;
		}
	}
	return true;
}
