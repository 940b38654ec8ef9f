/*
 * options.h - what the command line asked for.
 *
 * One table row per option, see base/arguments.h.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/arguments.h"
#include "os/networks.h"

struct options {
	const char *config; /* the last file of options; NULL: none */
	int64_t workers;    /* 0: processors online */
	int64_t port;
	struct argument_list bind; /* none: localhost */
	const char *status;	   /* where it is served; NULL: nowhere, or with
				    * --demo at a free port */
	mode_t socket_mode;
	const char *socket_owner;	 /* NULL: as it is made */
	struct networks trust_forwarded; /* empty: none */
	struct networks proxy_protocol; /* proxies that speak it; empty: none */
	const char *root;
	int service;		 /* of service_words */
	int model;		 /* of models */
	const char *user;	 /* NULL: stays the user that it is */
	const char *pid_file;	 /* NULL: none */
	int64_t notification_fd; /* -1: none */
	const char *upgrade;	 /* a pid or pid file; NULL: serve */
	const char *check_url;	 /* NULL: serve */
	const char *top_url;	 /* NULL: serve */
	int poller;		 /* of poller_names; -1: the best */
	const char *log;	 /* NULL: standard error */
	const char *access_log;	 /* NULL: none, "-": standard output */
	int log_format;		 /* enum access_format */
	bool syslog;
	int64_t timeout; /* ms, as are all times */
	int64_t grace;
	int64_t drain_delay;
	int64_t max_clients; /* 0: the model's default */
	int64_t max_blames;  /* -1: as the rest of the options suggests */
	int64_t max_clients_per_address; /* 0: any */
	int64_t min_rate;		 /* bytes a second */
	int64_t idle_timeout;
	int64_t header_timeout;
	int64_t keep_alive;
	const char *index;
	const char *mime_types;		    /* NULL: the built-in ones alone */
	const char *charset;		    /* of text; "off": none */
	struct argument_list error_page;    /* "404=file" */
	struct argument_list header;	    /* "Name: value" */
	struct argument_list cache_control; /* "value", "pattern=value" */
	const char *auth_file;		    /* NULL: everybody may read */
	int follow;			    /* enum root_links */
	bool no_listing;
	bool dotfiles;
	bool spa;
	bool spa_all; /* also what looks like a file */
	bool cors;
	int64_t max_line; /* bytes */
	int64_t max_head;
	int64_t max_fields;
	int64_t max_body; /* bytes */
	bool no_standby;
	bool no_exec;
	bool keeper; /* asked for: the log says if there can be none */
	bool no_keeper;
	bool demo;
	bool traceable;
	bool test; /* all that a start would do, and no more */
	bool verbose;
};

/* Fills o with the defaults and what argv says, which begins behind the
 * program's name. On a bad argument: a line on standard error that names the
 * option, the value and what is allowed, and exit EXIT_USAGE. Prints the help
 * or the version, if asked for, and exits. */
void options_parse(struct options *o, char **argv);

#endif
