/*
 * log.h - the event log: one plain line per event, one write(2) per line.
 *
 * No process waits for its reader: a line that finds no room, because a pipe
 * is full or a terminal stopped, is dropped and counted. The count comes before
 * the next line that is written, or by log_catch_up.
 *
 * Lines go to standard error (or to the descriptor given to log_to) as
 * "IDENT: text". No allocation, no stdio, no locks: usable in a forked child
 * and from several threads. A format that ends in ':' gets " " and the text
 * of errno appended, as in die("bind %s:", address). Lines are cut at 1 KiB;
 * control bytes in the finished line become '?', so a client cannot forge a
 * line: pass what clients sent through base/escape.h to keep it readable.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdatomic.h>
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_DEBUG };

/* Exit statuses of a program that could not start (the convention of
 * daemontools and s6). */
enum { EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

#define LOG_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* ident must outlive all calls. Lines above the threshold are not written. */
void log_init(const char *ident, enum log_level threshold);

/* Writes to fd from now on; the caller keeps fd open. */
void log_to(int fd);

/* Standard error from now on by a description of its own at descriptor number
 * fd, where there can be one: see base/append.h. */
void log_own(int fd);

/* From now on sends the lines to the system's log, with the facility daemon, as
 * syslog(3) does; but that would wait for it. path: the log's socket; NULL:
 * where systems have it. The socket is opened anew for each line. */
void log_system(const char *path);

/* From now on counts lost lines at *lost, in memory that is shared: another
 * process will log how many there were, even when this one is dead. */
void log_share(_Atomic uint32_t *lost);

/* From now on counts at *ever, too, in memory that is shared, each line that
 * this process loses, those included that it has lost before. Children count
 * there as well, until they call log_share(). */
void log_count(_Atomic uint64_t *ever);

/* Forgets how many lines were lost: the child that was just forked knows that
 * as well, and will log it. */
void log_hand_over(void);

/* For that other process: adds so many lines to the count that it will log. */
void log_miss(uint32_t lines);

/* Says how many lines were lost, if any were and there is room now. */
void log_catch_up(void);

/* Opens the file for appending, at descriptor number fd, and writes there.
 * 0; -1 with errno, and lines go on to where they went. */
int log_file(const char *path, int fd);

/* From now on that file, whose path is good from any directory, is opened again
 * whenever *rotations has changed: before the next line, or by log_follow. */
void log_rotations(const char *path, const _Atomic int32_t *rotations);

/* How many rotations this process has followed; and sets that number in a
 * program that goes on from another. */
int32_t log_followed(void);
void log_has_followed(int32_t rotations);

/* The descriptor that lines are written to. */
int log_descriptor(void);

/* Opens the file again if it was rotated. 0; -1 with errno: that failed, and
 * lines go on to where they went. */
int log_follow(void);

void log_error(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_warn(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_note(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_debug(const char *fmt, ...) LOG_PRINTF(1, 2);

/* For starting up only: say why and exit, with EXIT_SYSTEM or EXIT_USAGE. */
_Noreturn void die(const char *fmt, ...) LOG_PRINTF(1, 2);
_Noreturn void die_usage(const char *fmt, ...) LOG_PRINTF(1, 2);

#endif
