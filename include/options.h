/*
 * options.h - the command line, as a table that also prints the help.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum { WORDS_MAX = 64 };

/* The values of an option that may be given several times. */
struct words {
	int count;
	const char *word[WORDS_MAX];
};

struct options {
	int64_t workers; /* 0: processors online */
	int64_t port;
	const char *bind;
	const char *root;
	const char *service;
	const char *model;
	const char *user;	/* NULL: stay who we are */
	const char *poller;	/* NULL: the best */
	const char *log;	/* NULL: standard error */
	const char *access_log; /* NULL: none, "-": standard output */
	const char *log_format;
	bool syslog;
	int64_t timeout; /* ms, as are all times */
	int64_t grace;
	int64_t max_clients; /* 0: the model's default */
	int64_t max_blames;  /* -1: as the rest of the options suggests */
	int64_t max_clients_per_address; /* 0: any */
	int64_t min_rate;		 /* bytes a second */
	int64_t idle_timeout;
	int64_t header_timeout;
	int64_t keep_alive;
	const char *index;
	const char *mime_types;	    /* NULL: the built-in ones alone */
	const char *charset;	    /* of text; "off": none */
	struct words error_page;    /* "404=file" */
	struct words header;	    /* "Name: value" */
	struct words cache_control; /* "value", "pattern=value" */
	const char *auth_file;	    /* NULL: everybody may read */
	const char *follow;	    /* which symbolic links */
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
	bool demo;
	bool traceable;
	bool check;
	bool verbose;
	bool help;
	bool version;
};

/* Fills o with the defaults and what the arguments say. On a bad one: a line
 * on standard error that names the option, the value and what is allowed, and
 * exit EXIT_USAGE. */
void options_parse(struct options *o, int argc, char **argv);

/* To standard output. */
void options_help(void);
void options_version(void);

#endif
