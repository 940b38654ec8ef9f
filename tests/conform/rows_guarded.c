/* What is asked of a server that wants a password: RFC 9110 section 11. */
#include "conform.h"

static const char must_challenge[] =
    "The server generating a 401 response MUST send a WWW-Authenticate header "
    "field containing at least one challenge applicable to the target "
    "resource.";

/* The next request on the connection would be refused as well. */
#define ONE "Connection: close\r\n"
#define ASKS "401, has WWW-Authenticate"
/* nobody:nothing */
#define WRONG "Authorization: Basic bm9ib2R5Om5vdGhpbmc=\r\n"

static const struct row rows[] = {
    {"9110 15.5.2", must_challenge, "no credentials", GET("/small.txt", ONE),
	NULL, ASKS, NULL},
    {"9110 15.5.2", must_challenge, "no credentials, HEAD",
	HEAD("/small.txt", ONE), NULL, ASKS ", empty", NULL},
    {"9110 15.5.2", must_challenge, "wrong ones", GET("/small.txt", ONE WRONG),
	NULL, ASKS, NULL},
    {"9110 15.5.2", must_challenge, "none that can be read",
	GET("/small.txt", ONE "Authorization: Basic ?\r\n"), NULL, ASKS, NULL},
    {"9110 15.5.2", must_challenge, "of another scheme",
	GET("/small.txt", ONE "Authorization: Bearer x\r\n"), NULL, ASKS, NULL},
    {"9110 15.5.2", must_challenge, "for what is not there",
	GET("/missing", ONE), NULL, ASKS, NULL},
};

const struct rows rows_guarded = {rows, sizeof(rows) / sizeof(rows[0])};
