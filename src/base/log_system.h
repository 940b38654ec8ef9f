/*
 * log_system.h - the system's log, apart from log.h, whose names it would
 * take. For src/base alone.
 */
#ifndef BASE_LOG_SYSTEM_H
#define BASE_LOG_SYSTEM_H

/* Hands a line, without its end, to syslog(3). level: enum log_level. No
 * descriptor stays open: in a table that outlives the process it would be
 * nobody's. */
void log_system_line(const char *ident, int level, const char *line);

#endif
