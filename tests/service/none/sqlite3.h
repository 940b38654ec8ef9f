/*
 * sqlite3.h - as much of SQLite as the manual's listing uses, to compile it
 * where there is none. Nothing is linked to this.
 */
#ifndef SQLITE3_H
#define SQLITE3_H

typedef struct sqlite3 sqlite3;
typedef struct sqlite3_stmt sqlite3_stmt;
typedef void (*sqlite3_destructor_type)(void *);

enum { SQLITE_OK = 0, SQLITE_DONE = 101 };
#define SQLITE_TRANSIENT ((sqlite3_destructor_type)-1)

int sqlite3_open(const char *name, sqlite3 **db);
int sqlite3_close(sqlite3 *db);
int sqlite3_busy_timeout(sqlite3 *db, int ms);
int sqlite3_exec(sqlite3 *db, const char *sql,
    int (*callback)(void *, int, char **, char **), void *arg, char **error);
int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int bytes,
    sqlite3_stmt **statement, const char **tail);
int sqlite3_bind_text(sqlite3_stmt *statement, int i, const char *text,
    int bytes, sqlite3_destructor_type destructor);
int sqlite3_step(sqlite3_stmt *statement);
int sqlite3_finalize(sqlite3_stmt *statement);

#endif
