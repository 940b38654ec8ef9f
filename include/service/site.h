/*
 * site.h - what the operator wants of the server's answers. Made at the
 * start, and in the memory of every worker; a process that reads files again
 * does so between two turns.
 */
#ifndef SERVICE_SITE_H
#define SERVICE_SITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/caching.h"
#include "http/media.h"
#include "service/auth.h"

/* The body of an answer with that status, in place of our own. */
struct error_page {
	int status;
	const char *type;
	const char *text;
	int64_t length; /* at most ERROR_PAGE_BYTES */
};

enum { ERROR_PAGE_BYTES = 32768, SITE_FIELDS_BYTES = 16384 };

struct site {
	const char *index;  /* the name that stands for its directory */
	bool listing;	    /* directories without an index are listed */
	bool dotfiles;	    /* names with a dot are like others */
	bool spa;	    /* what is not there is the root's index, */
	bool spa_all;	    /* also if its name is one of a file */
	struct auth *auth;  /* the users that may read; NULL: all clients */
	bool cors;	    /* pages of all origins may read the answers */
	const char *fields; /* in each answer: lines, each behind a CRLF; at
			     * most SITE_FIELDS_BYTES */
	size_t fields_len;
	const struct caching_rule *caching;
	size_t caching_rules;
	size_t head_bytes;	       /* what these two add to a head */
	const struct media_map *types; /* before the built-in ones */
	const struct error_page *page;
	int pages;
	uint32_t version; /* another when the types or pages are */
};

#endif
