/*
 * api.h - the board for programs: JSON in and out, as openapi.json describes
 * it. Who writes has a token, which POST /api/sessions gives, in
 * Authorization; a cookie counts for nothing here.
 */
#ifndef BOARD_API_H
#define BOARD_API_H

#include <stdbool.h>

#include <prefork/service.h>

#include "json.h"
#include "visit.h"

/* api_posts.c */
pf_handler api_list, api_get, api_create, api_replace, api_change, api_remove;

/* api_users.c */
pf_handler api_register, api_user, api_login, api_logout;

/* api.c: what all of it has in common. */

/* Answers with an error (RFC 9457). */
void api_refuse(struct visit *v, int status, const char *detail);

/* Is the visitor somebody? If not it is answered with 401. */
bool api_is_somebody(struct visit *v);

/* Reads the body, or answers why not. *bytes is to be given back by free(3)
 * when nothing of j is wanted any more, in any case. */
bool api_read(struct visit *v, struct json *j, char **bytes);

/* The text of that name. false: it is there, but no text, and answered. *text
 * stays what it is if there is none. */
bool api_text(
    struct visit *v, const struct json *j, const char *name, const char **text);

/* Are there no members but these, which end with NULL? If not, answered. */
bool
api_knows(struct visit *v, const struct json *j, const char *const names[]);

/* A member of an object, with its comma if it is not the first. */
void api_put_text(
    struct visit *v, const char *before, const char *name, const char *value);
void api_put_time(
    struct visit *v, const char *before, const char *name, int64_t time);

#endif
