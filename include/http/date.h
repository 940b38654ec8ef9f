/*
 * date.h - HTTP dates (RFC 9110 section 5.6.7). Pure: no libc time function,
 * no locale, no time zone.
 */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stddef.h>
#include <stdint.h>

enum { DATE_BYTES = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

/* Years 0 to 9999; what is outside is clamped. */
void date_format(char out[DATE_BYTES], int64_t seconds);

/* IMF-fixdate, RFC 850 and asctime forms. `now` places two-digit years
 * (more than 50 years ahead means the past). 0, or -1 if it is no date. A
 * weekday must be one, but need not be the right one. */
int date_parse(const char *text, size_t len, int64_t now, int64_t *seconds);

/* "2026-11-23 14:05", UTC, for listings. */
void date_format_short(char out[17], int64_t seconds);

#endif
