#include "store.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PATH_MOST = 4096, BUSY_LOOK_US = 200 };

/* Ids are never given again, so that none means another post to somebody who
 * kept it. Of a session only a hash is here: who reads the database cannot be
 * somebody else with it. `once` holds what was done already, by a name that the
 * request has: see once.h. */
static const char schema[] =
    "CREATE TABLE users ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE,"
    " password TEXT NOT NULL,"
    " created INTEGER NOT NULL);"
    "CREATE TABLE posts ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " version INTEGER NOT NULL DEFAULT 1,"
    " author INTEGER NOT NULL REFERENCES users (id),"
    " title TEXT NOT NULL,"
    " text TEXT NOT NULL,"
    " created INTEGER NOT NULL,"
    " changed INTEGER NOT NULL);"
    "CREATE TABLE sessions ("
    " hash TEXT PRIMARY KEY,"
    " user INTEGER NOT NULL REFERENCES users (id),"
    " expires INTEGER NOT NULL,"
    " request TEXT NOT NULL UNIQUE) WITHOUT ROWID;"
    "CREATE TABLE once ("
    " name TEXT PRIMARY KEY,"
    " print TEXT NOT NULL,"
    " result INTEGER NOT NULL,"
    " made INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX sessions_by_age ON sessions (expires);"
    "CREATE INDEX once_by_age ON once (made);"
    "PRAGMA user_version = 1;";

#define POST "p.id, p.version, p.author, u.name, p.title"
#define POSTS " FROM posts p JOIN users u ON u.id = p.author"
/* ?2: a pattern, or nothing. */
#define FOUND                                      \
	" (?2 = '' OR p.title LIKE ?2 ESCAPE '\\'" \
	" OR p.text LIKE ?2 ESCAPE '\\')"
#define SELECT_POSTS                                      \
	"SELECT " POST ", substr(p.text, 1, ?4) AS text," \
	" p.created, p.changed" POSTS

static const char *const sql[QUERIES] = {
    [ASK_BEGIN] = "BEGIN IMMEDIATE",
    [ASK_COMMIT] = "COMMIT",
    [ASK_ROLLBACK] = "ROLLBACK",
    [ASK_POST] = "SELECT " POST ", p.text, p.created, p.changed" POSTS
		 " WHERE p.id = ?1",
    [ASK_POSTS_BEFORE] = SELECT_POSTS " WHERE p.id < ?1 AND" FOUND
				      " ORDER BY p.id DESC LIMIT ?3",
    [ASK_POSTS_AFTER] =
	"SELECT * FROM (" SELECT_POSTS " WHERE p.id > ?1 AND" FOUND
	" ORDER BY p.id LIMIT ?3) ORDER BY id DESC",
    [ASK_ARE_BEFORE] =
	"SELECT 1 FROM posts p WHERE p.id < ?1 AND" FOUND " LIMIT 1",
    [ASK_ARE_AFTER] =
	"SELECT 1 FROM posts p WHERE p.id > ?1 AND" FOUND " LIMIT 1",
    [ADD_POST] = "INSERT INTO posts (author, title, text, created, changed)"
		 " VALUES (?1, ?2, ?3, ?4, ?4)",
    [SET_POST] = "UPDATE posts SET version = version + 1, title = ?2,"
		 " text = ?3, changed = ?4 WHERE id = ?1",
    [REMOVE_POST] = "DELETE FROM posts WHERE id = ?1",
    [ASK_USER] = "SELECT id, name, password, created FROM users"
		 " WHERE name = ?1",
    [ADD_USER] = "INSERT INTO users (name, password, created)"
		 " VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
    [ASK_SESSION] = "SELECT u.id, u.name FROM sessions s"
		    " JOIN users u ON u.id = s.user"
		    " WHERE s.hash = ?1 AND s.expires > ?2",
    [ADD_SESSION] = "INSERT INTO sessions (hash, user, expires, request)"
		    " VALUES (?1, ?2, ?3, ?4)"
		    " ON CONFLICT (request) DO UPDATE SET hash = ?1",
    [REMOVE_SESSION] = "DELETE FROM sessions WHERE hash = ?1",
    [REMOVE_SESSIONS_BEFORE] = "DELETE FROM sessions WHERE expires <= ?1",
    [ASK_ONCE] = "SELECT print, result FROM once WHERE name = ?1",
    [ADD_ONCE] = "INSERT INTO once (name, print, result, made)"
		 " VALUES (?1, ?2, ?3, ?4)",
    [REMOVE_ONCE_BEFORE] = "DELETE FROM once WHERE made <= ?1",
};

static char named[PATH_MOST];

int
store_name(const char *path)
{
	if (strlen(path) >= sizeof(named))
		return -1;
	memcpy(named, path, strlen(path) + 1);
	return 0;
}

static int
execute(struct store *s, const char *text)
{
	return sqlite3_exec(s->db, text, NULL, NULL, NULL) == SQLITE_OK ? 0
									: -1;
}

/* -1: it cannot be said. */
static int
version(struct store *s)
{
	sqlite3_stmt *asked = NULL;
	int n = -1;

	if (sqlite3_prepare_v2(
		s->db, "PRAGMA user_version", -1, &asked, NULL) == SQLITE_OK &&
	    sqlite3_step(asked) == SQLITE_ROW)
		n = sqlite3_column_int(asked, 0);
	(void)sqlite3_finalize(asked);
	return n;
}

/* One of the workers makes the tables, and the others find them. */
static int
make_tables(struct store *s)
{
	int n = version(s);

	if (n != 0)
		return n == 1 ? 0 : -1;
	if (execute(s, "BEGIN IMMEDIATE") != 0)
		return -1;
	n = version(s);
	if (n == 0 && execute(s, schema) == 0)
		n = 1;
	if (execute(s, n == 1 ? "COMMIT" : "ROLLBACK") != 0)
		return -1;
	return n == 1 ? 0 : -1;
}

/* Somebody else writes. SQLite's own way is to look ever more rarely: then the
 * pauses of a process that writes all the time, of a fraction of a millisecond,
 * are never met. */
static int
wait_a_little(void *nobody, int times)
{
	const struct timespec pause = {0, BUSY_LOOK_US * 1000};

	(void)nobody;
	if (times >= BUSY_MS * (1000 / BUSY_LOOK_US))
		return 0;
	(void)nanosleep(&pause, NULL);
	return 1;
}

/* With the log written ahead, a reader waits for nobody; in FULL what is
 * acknowledged outlives the machine's death, too. */
static int
prepare(struct store *s)
{
	int i;

	if (sqlite3_busy_handler(s->db, wait_a_little, NULL) != SQLITE_OK ||
	    execute(s, "PRAGMA journal_mode = WAL;"
		       "PRAGMA synchronous = FULL;"
		       "PRAGMA foreign_keys = ON;"
		       "PRAGMA trusted_schema = OFF") != 0 ||
	    make_tables(s) != 0)
		return -1;
	for (i = 0; i < QUERIES; i++)
		if (sqlite3_prepare_v3(s->db, sql[i], -1,
			SQLITE_PREPARE_PERSISTENT, &s->prepared[i],
			NULL) != SQLITE_OK)
			return -1;
	return 0;
}

int
store_open(void **state)
{
	struct store *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return -1;
	if (sqlite3_open_v2(named, &s->db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
		NULL) != SQLITE_OK ||
	    prepare(s) != 0) {
		(void)fprintf(stderr, "board: %s: %s\n", named,
		    s->db != NULL && sqlite3_errcode(s->db) != SQLITE_OK
			? sqlite3_errmsg(s->db)
			: "is no database of this board");
		store_close(s);
		return -1;
	}
	*state = s;
	return 0;
}

void
store_close(void *state)
{
	struct store *s = state;
	int i;

	for (i = 0; i < QUERIES; i++)
		(void)sqlite3_finalize(s->prepared[i]);
	(void)sqlite3_close(s->db);
	free(s);
}

void
store_ask(struct store *s, enum query query, const char *kinds, ...)
{
	sqlite3_stmt *asked = s->prepared[query];
	va_list list;
	int i;

	(void)sqlite3_reset(asked);
	(void)sqlite3_clear_bindings(asked);
	va_start(list, kinds);
	for (i = 0; kinds[i] != '\0'; i++) {
		if (kinds[i] == 'i')
			(void)sqlite3_bind_int64(
			    asked, i + 1, va_arg(list, int64_t));
		else
			(void)sqlite3_bind_text(asked, i + 1,
			    va_arg(list, const char *), -1, SQLITE_STATIC);
	}
	va_end(list);
}

bool
store_row(struct store *s, enum query query)
{
	int result;

	if (s->failed)
		return false;
	result = sqlite3_step(s->prepared[query]);
	if (result == SQLITE_ROW)
		return true;
	if (result != SQLITE_DONE) {
		s->failed = true;
		(void)fprintf(stderr, "board: %s\n", sqlite3_errmsg(s->db));
	}
	(void)sqlite3_reset(s->prepared[query]);
	return false;
}

int64_t
store_int(struct store *s, enum query query, int column)
{
	return sqlite3_column_int64(s->prepared[query], column);
}

void
store_text(
    struct store *s, enum query query, int column, char *text, size_t size)
{
	const unsigned char *value =
	    sqlite3_column_text(s->prepared[query], column);

	(void)snprintf(
	    text, size, "%s", value != NULL ? (const char *)value : "");
}

int
store_done(struct store *s, enum query query)
{
	(void)store_row(s, query);
	return s->failed ? 0 : sqlite3_changes(s->db);
}

int64_t
store_added(const struct store *s)
{
	return sqlite3_last_insert_rowid(s->db);
}

/* What is still being read would be of before, and no ground to write on. */
static void
reset_all(struct store *s)
{
	int i;

	for (i = 0; i < QUERIES; i++)
		(void)sqlite3_reset(s->prepared[i]);
}

void
store_begin(struct store *s)
{
	reset_all(s);
	(void)store_row(s, ASK_BEGIN);
}

void
store_commit(struct store *s)
{
	(void)store_row(s, ASK_COMMIT);
}

int
store_rest(struct store *s)
{
	const bool failed = s->failed;

	s->failed = false;
	reset_all(s);
	if (!sqlite3_get_autocommit(s->db))
		(void)store_row(s, ASK_ROLLBACK);
	/* The handle is as it was, or will say so again. */
	s->failed = false;
	return failed ? -1 : 0;
}
