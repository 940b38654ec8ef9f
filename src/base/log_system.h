/*
 * log_system.h - the system's log, apart from log.h. For src/base alone.
 */
#ifndef BASE_LOG_SYSTEM_H
#define BASE_LOG_SYSTEM_H

/* Sends a line, without its end, to the log at that socket (NULL: where systems
 * have it). level: enum log_level. 0; or -1 with errno, EAGAIN if it takes no
 * more: unlike syslog(3) this does not wait until it does. No descriptor stays
 * open: in a table that outlives the process nothing would close it. */
int log_system_line(
    const char *path, const char *ident, int level, const char *line);

#endif
