#include "base/num.h"

#include <errno.h>
#include <stddef.h>

/* Reads digits at *text into *out and moves *text behind them. */
static int
digits(const char **text, int64_t *out)
{
	const char *p = *text;
	int64_t n = 0;

	if (*p < '0' || *p > '9') {
		errno = EINVAL;
		return -1;
	}
	for (; *p >= '0' && *p <= '9'; p++) {
		if (n > (INT64_MAX - (*p - '0')) / 10) {
			errno = ERANGE;
			return -1;
		}
		n = n * 10 + (*p - '0');
	}
	*text = p;
	*out = n;
	return 0;
}

/* Stores sign * n * unit if it is within the bounds and all was read. */
static int
deliver(const char *rest, int64_t n, int64_t unit, int64_t min, int64_t max,
    int64_t *out)
{
	if (*rest != '\0') {
		errno = EINVAL;
		return -1;
	}
	if (n > INT64_MAX / unit || n * unit < min || n * unit > max) {
		errno = ERANGE;
		return -1;
	}
	*out = n * unit;
	return 0;
}

int
num_parse(const char *text, int64_t min, int64_t max, int64_t *out)
{
	int negative = *text == '-';
	int64_t n;

	text += negative;
	if (digits(&text, &n) != 0)
		return -1;
	return deliver(text, negative ? -n : n, 1, min, max, out);
}

int
num_parse_size(const char *text, int64_t min, int64_t max, int64_t *out)
{
	int64_t n, unit = 1;

	if (digits(&text, &n) != 0)
		return -1;
	switch (*text) {
	case 'G':
	case 'g':
		unit *= 1024;
		/* FALLTHROUGH */
	case 'M':
	case 'm':
		unit *= 1024;
		/* FALLTHROUGH */
	case 'K':
	case 'k':
		unit *= 1024;
		text++;
		break;
	default:
		break;
	}
	return deliver(text, n, unit, min, max, out);
}

int
num_parse_seconds(const char *text, int64_t min, int64_t max, int64_t *out)
{
	int64_t whole, milli = 0, weight = 100;

	if (digits(&text, &whole) != 0)
		return -1;
	if (whole > INT64_MAX / 1000 - 1) {
		errno = ERANGE;
		return -1;
	}
	if (*text == '.') {
		text++;
		if (*text == '\0') {
			errno = EINVAL;
			return -1;
		}
		for (; weight > 0 && *text >= '0' && *text <= '9'; text++) {
			milli += (*text - '0') * weight;
			weight /= 10;
		}
	}
	return deliver(text, whole * 1000 + milli, 1, min, max, out);
}
