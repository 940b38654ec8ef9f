/*
 * log.h - the event log: one plain line per event, one write(2) per line.
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

enum log_level { LOG_ERROR, LOG_WARN, LOG_NOTE, LOG_DEBUG };

/* Exit statuses of a program that could not start (the convention of
 * daemontools and s6). */
enum { EXIT_USAGE = 100, EXIT_SYSTEM = 111 };

#define LOG_PRINTF(a, b) __attribute__((format(printf, a, b)))

/* ident must outlive all calls. Lines above the threshold are not written. */
void log_init(const char *ident, enum log_level threshold);

/* Writes to fd from now on; the caller keeps fd open. */
void log_to(int fd);

/* Hands the lines to syslog(3) from now on, facility daemon. The system's log
 * is opened for each anew; unlike the rest, this allocates and locks. */
void log_system(void);

/* Opens the file for appending, at descriptor number fd, and writes there.
 * Again with the same arguments to follow a rotation; if that fails, goes on
 * with what was open. 0, or -1 with errno. */
int log_file(const char *path, int fd);

void log_error(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_warn(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_note(const char *fmt, ...) LOG_PRINTF(1, 2);
void log_debug(const char *fmt, ...) LOG_PRINTF(1, 2);

/* For starting up only: say why and exit, with EXIT_SYSTEM or EXIT_USAGE. */
_Noreturn void die(const char *fmt, ...) LOG_PRINTF(1, 2);
_Noreturn void die_usage(const char *fmt, ...) LOG_PRINTF(1, 2);

#endif
