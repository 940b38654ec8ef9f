#include "base/log.h"

#include <errno.h>
#include <inttypes.h>
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
static struct append log_append = {.fd = STDERR_FILENO};
static bool log_to_system; /* instead of that */
static const char *log_socket;
static _Atomic uint32_t lost_here; /* to be told by this process */
static _Atomic uint32_t *log_lost = &lost_here;
static _Atomic uint64_t *log_ever; /* all that were; NULL: nobody asks */

void
log_init(const char *ident, enum log_level threshold)
{
	log_ident = ident;
	log_threshold = threshold;
	append_begin(&log_append);
}

void
log_to(int fd)
{
	log_append.fd = fd;
	append_begin(&log_append);
}

void
log_own(int fd)
{
	append_own(&log_append, fd);
}

void
log_system(const char *path)
{
	log_to_system = true;
	log_socket = path;
}

int
log_file(const char *path, int fd)
{
	if (append_open(path, fd) != 0)
		return -1;
	log_to(fd);
	return 0;
}

void
log_rotations(const char *path, const _Atomic int32_t *rotations)
{
	log_append.path = path;
	log_append.rotations = rotations;
}

int32_t
log_followed(void)
{
	return log_append.followed;
}

void
log_has_followed(int32_t rotations)
{
	log_append.followed = rotations;
}

int
log_descriptor(void)
{
	return log_append.fd;
}

int
log_follow(void)
{
	return append_follow(&log_append);
}

void
log_share(_Atomic uint32_t *lost)
{
	lost_here = 0;
	log_lost = lost;
	log_ever = NULL;
}

void
log_count(_Atomic uint64_t *ever)
{
	log_ever = ever;
	atomic_fetch_add(log_ever, lost_here);
}

void
log_hand_over(void)
{
	lost_here = 0;
}

void
log_miss(uint32_t lines)
{
	atomic_fetch_add(&lost_here, lines);
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

/* Writes a line of len bytes, without its end, for which there is room. 0; or
 * -1, it is lost. text: where what follows the ident begins. */
static int
write_line(enum log_level level, char *line, size_t text, size_t len)
{
	if (log_to_system) {
		/* The system's log is given the ident apart. */
		line[len] = '\0';
		return log_system_line(
		    log_socket, log_ident, (int)level, line + text);
	}
	line[len] = '\n';
	return append_line(&log_append, line, len + 1);
}

static void
count_lost(void)
{
	atomic_fetch_add(log_lost, 1);
	if (log_ever != NULL)
		atomic_fetch_add(log_ever, 1);
}

/* 0 if nothing is left to be said. */
static int
say_lost(void)
{
	char line[128];
	uint32_t lost = atomic_exchange(&lost_here, 0);
	int len, text;

	if (lost == 0)
		return 0;
	text = (int)strlen(log_ident) + 2;
	len = snprintf(line, sizeof(line) - 1,
	    "%s: %" PRIu32 " line%s of the log %s lost", log_ident, lost,
	    lost == 1 ? "" : "s", lost == 1 ? "was" : "were");
	if (len > 0 && (size_t)len < sizeof(line) - 1 &&
	    write_line(LOG_WARN, line, (size_t)text, (size_t)len) == 0)
		return 0;
	atomic_fetch_add(&lost_here, lost);
	return -1;
}

void
log_catch_up(void)
{
	int saved = errno;

	if (lost_here != 0)
		(void)say_lost();
	errno = saved;
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
	(void)log_follow();
	/* In this order, so that the count stands where the lines are missing.
	 * A log that cannot be written to must not stop the program. */
	if ((lost_here != 0 && say_lost() != 0) ||
	    write_line(level, line, begin, len) != 0)
		count_lost();
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
