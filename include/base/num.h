/*
 * num.h - numbers out of text that strangers wrote.
 *
 * Pure. All of them take the whole string or nothing: "12x", "", " 1" and
 * "+1" are refused. They return 0, or -1 with errno EINVAL (not a number)
 * or ERANGE (outside the bounds given); *out is written on success only.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdint.h>

/* A decimal integer within [min, max]. */
int num_parse(const char *text, int64_t min, int64_t max, int64_t *out);

/* Bytes: a decimal integer with an optional K, M or G (powers of 1024). */
int num_parse_size(const char *text, int64_t min, int64_t max, int64_t *out);

/* Seconds, with up to three decimals ("2", "0.25"), as milliseconds. The
 * bounds are milliseconds too. */
int num_parse_seconds(const char *text, int64_t min, int64_t max, int64_t *out);

#endif
