/*
 * date.h - HTTP dates (RFC 9110 section 5.6.7). Pure: no libc time function,
 * no locale, no time zone.
 */
#ifndef HTTP_DATE_H
#define HTTP_DATE_H

#include <stddef.h>
#include <stdint.h>

enum { DATE_BYTES = 30 }; /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

/* The IMF-fixdate of that many seconds since the Epoch. A time outside of the
 * years 0 to 9999 becomes the nearest one within. */
void date_format(char out[DATE_BYTES], int64_t seconds);

/* Reads a date in the form of IMF-fixdate, of RFC 850 or of asctime(3), as
 * seconds since the Epoch. A year of two digits that would be more than 50
 * years after `now` is in the past. The weekday has to be one, but need not be
 * the right one. 0, or -1 if it is no date. */
int date_parse(const char *text, size_t len, int64_t now, int64_t *seconds);

/* "2026-11-23 14:05", UTC, for listings. seconds and limits as above. */
void date_format_short(char out[17], int64_t seconds);

#endif
