#include "log_system.h"

#include <syslog.h>

void
log_system_line(const char *ident, int level, const char *line)
{
	static const int priorities[] = {
	    LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG};

	openlog(ident, LOG_PID, LOG_DAEMON);
	syslog(priorities[level], "%s", line);
	closelog();
}
