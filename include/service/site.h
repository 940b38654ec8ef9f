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

/* The body of an answer with that status, in place of the built-in page. */
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
	bool dotfiles;	    /* names that begin with a dot are served, too */
	bool spa;	    /* for a name that is not there the root's index is
			     * sent, */
	bool spa_all;	    /* even if the name has an extension */
	struct auth *auth;  /* the users that may read; NULL: all clients */
	bool cors;	    /* pages of all origins may read the answers */
	const char *fields; /* field lines of each answer, each with a CRLF
			     * before it; at most SITE_FIELDS_BYTES */
	size_t fields_len;
	const struct caching_rule *caching;
	size_t caching_rules;
	size_t head_bytes;	       /* that fields and caching add to a head,
					* at most */
	const struct media_map *types; /* looked at before the built-in ones */
	const struct error_page *page;
	int pages;
	uint32_t version; /* changes with the types and the pages */
};

#endif
