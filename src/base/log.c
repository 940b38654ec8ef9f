#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/append.h"
#include "log_system.h"

enum { LINE_MAX_BYTES = 1024 };

static const char *log_ident = "prefork";
static enum log_level log_threshold = LOG_NOTE;
static int log_fd = STDERR_FILENO;
static bool log_to_system; /* instead of log_fd */

void
log_init(const char *ident, enum log_level threshold)
{
	log_ident = ident;
	log_threshold = threshold;
}

void
log_to(int fd)
{
	log_fd = fd;
}

void
log_system(void)
{
	log_to_system = true;
}

int
log_file(const char *path, int fd)
{
	if (append_open(path, fd) != 0)
		return -1;
	log_fd = fd;
	return 0;
}

/* Appends what fmt makes of ap; returns the new length, below the cut. */
static size_t
append(char *line, size_t len, const char *fmt, va_list ap)
{
	/* It loses track of a va_list that is handed down:
	 * NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized) */
	int n = vsnprintf(line + len, LINE_MAX_BYTES - 1 - len, fmt, ap);

	if (n < 0)
		return len;
	len += (size_t)n;
	return len < LINE_MAX_BYTES - 2 ? len : LINE_MAX_BYTES - 2;
}

static size_t
append_text(char *line, size_t len, const char *text)
{
	size_t n = strlen(text);

	if (n > LINE_MAX_BYTES - 2 - len)
		n = LINE_MAX_BYTES - 2 - len;
	memcpy(line + len, text, n);
	return len + n;
}

static void
deliver(enum log_level level, const char *fmt, va_list ap)
{
	char line[LINE_MAX_BYTES], cause[128];
	size_t i, begin, len = 0, fmtlen = strlen(fmt);
	int saved = errno;

	len = append_text(line, len, log_ident);
	len = append_text(line, len, ": ");
	begin = len;
	len = append(line, len, fmt, ap);
	if (fmtlen > 0 && fmt[fmtlen - 1] == ':') {
		if (strerror_r(saved, cause, sizeof(cause)) != 0)
			(void)snprintf(cause, sizeof(cause), "error %d", saved);
		len = append_text(line, len, " ");
		len = append_text(line, len, cause);
	}
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	if (log_to_system) {
		/* Which has an ident of its own. */
		line[len] = '\0';
		log_system_line(log_ident, (int)level, line + begin);
		errno = saved;
		return;
	}
	line[len++] = '\n';
	/* A log that cannot be written must stop nobody. */
	if (write(log_fd, line, len) < 0)
		errno = saved;
	errno = saved;
}

#define EMIT(level)                          \
	do {                                 \
		va_list ap;                  \
		if ((level) > log_threshold) \
			return;              \
		va_start(ap, fmt);           \
		deliver((level), fmt, ap);   \
		va_end(ap);                  \
	} while (0)

void
log_error(const char *fmt, ...)
{
	EMIT(LOG_ERROR);
}

void
log_warn(const char *fmt, ...)
{
	EMIT(LOG_WARN);
}

void
log_note(const char *fmt, ...)
{
	EMIT(LOG_NOTE);
}

void
log_debug(const char *fmt, ...)
{
	EMIT(LOG_DEBUG);
}

_Noreturn void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	deliver(LOG_ERROR, fmt, ap);
	va_end(ap);
	exit(EXIT_SYSTEM);
}

_Noreturn void
die_usage(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	deliver(LOG_ERROR, fmt, ap);
	va_end(ap);
	exit(EXIT_USAGE);
}
