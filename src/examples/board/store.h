/*
 * store.h - the database: one handle for each executor, with every statement
 * that the board has, prepared. No other file holds SQL.
 *
 * A failure is kept until store_rest(): nothing more is done after it, and
 * nothing is committed. So a caller need not look at each answer, and visit.c
 * makes a 503 of it at the end. While another has the database locked a call
 * waits, for BUSY_MS at most. A transaction begins with the right to write, so
 * that none fails in its middle because of another.
 */
#ifndef BOARD_STORE_H
#define BOARD_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sqlite3.h>

enum { BUSY_MS = 5000 };

enum query {
	ASK_BEGIN,
	ASK_COMMIT,
	ASK_ROLLBACK,
	ASK_POST,
	ASK_POSTS_BEFORE,
	ASK_POSTS_AFTER,
	ASK_ARE_BEFORE,
	ASK_ARE_AFTER,
	ADD_POST,
	SET_POST,
	REMOVE_POST,
	ASK_USER,
	ADD_USER,
	ASK_SESSION,
	ADD_SESSION,
	REMOVE_SESSION,
	REMOVE_SESSIONS_BEFORE,
	ASK_ONCE,
	ADD_ONCE,
	REMOVE_ONCE_BEFORE,
	QUERIES
};

struct store {
	sqlite3 *db;
	sqlite3_stmt *prepared[QUERIES];
	bool failed;
};

/* For struct pf_service: *state becomes a struct store, of the database that
 * store_name() named. 0, or -1: the reason is on standard error. */
int store_open(void **state);
void store_close(void *state);

/* The path of the database; copied. -1: it is too long. */
int store_name(const char *path);

/* Begins a question. kinds has a letter for each parameter: 'i' int64_t, 's' a
 * text, which has to stay until the question is done. */
void store_ask(struct store *s, enum query query, const char *kinds, ...);

/* Is there a row, or another? Its columns: text has a NUL, and is cut to `size`
 * bytes. */
bool store_row(struct store *s, enum query query);
int64_t store_int(struct store *s, enum query query, int column);
void store_text(
    struct store *s, enum query query, int column, char *text, size_t size);

/* The question was an order: how many rows it changed. */
int store_done(struct store *s, enum query query);

/* The id of the last new row. */
int64_t store_added(const struct store *s);

/* A transaction. */
void store_begin(struct store *s);
void store_commit(struct store *s);

/* Ends whatever is under way: nothing of a transaction that was not committed
 * is kept. 0, or -1: something failed since the last time. */
int store_rest(struct store *s);

#endif
