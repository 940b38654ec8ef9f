#include "http/date.h"

#include <string.h>

#include "http/bytes.h"

/* The proleptic Gregorian calendar, in the years that four digits write. */
static const int64_t first_second = INT64_C(-62167219200); /* of year 0 */
static const int64_t last_second = INT64_C(253402300799);  /* of year 9999 */

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

struct civil {
	int year, month, day; /* month 0..11, day 1..31 */
	int hour, minute, second;
	int weekday; /* 0: Sunday */
};

/* Days from the Epoch to the first of March of a year, from which on leap
 * days come last and months follow one rule. */
static int64_t
days_to_march(int64_t year)
{
	/* Year 0 and before: shifted by whole 400-year cycles. */
	int64_t y = year + 400;

	return y * 365 + y / 4 - y / 100 + y / 400 - 719468 - 146097;
}

/* Days from the first of March to the first of a month, 0: March. */
static int
days_in_front(int month)
{
	return (153 * month + 2) / 5;
}

static int64_t
to_seconds(const struct civil *c)
{
	int month = c->month >= 2 ? c->month - 2 : c->month + 10;
	int64_t day = days_to_march(c->month >= 2 ? c->year : c->year - 1) +
		      days_in_front(month) + c->day - 1;

	return day * 86400 + c->hour * 3600 + c->minute * 60 + c->second;
}

static void
from_seconds(struct civil *c, int64_t seconds)
{
	int64_t day, rest;
	int month;

	if (seconds < first_second)
		seconds = first_second;
	if (seconds > last_second)
		seconds = last_second;
	/* Counted from year 0, so that no division rounds towards zero. */
	day = (seconds - first_second) / 86400;
	rest = (seconds - first_second) % 86400;
	c->hour = (int)(rest / 3600);
	c->minute = (int)(rest / 60 % 60);
	c->second = (int)(rest % 60);
	c->weekday = (int)((day + 6) % 7); /* it began on a Saturday */
	day += first_second / 86400;
	/* A guess that is never too early. */
	c->year = (int)((day - first_second / 86400) * 400 / 146097) + 1;
	while (days_to_march(c->year) > day)
		c->year--;
	day -= days_to_march(c->year);
	for (month = 11; days_in_front(month) > day; month--)
		;
	c->day = (int)day - days_in_front(month) + 1;
	c->month = month < 10 ? month + 2 : month - 10;
	c->year += month < 10 ? 0 : 1;
}

static char *
put_digits(char *to, int n, int width)
{
	int i;

	for (i = width - 1; i >= 0; i--, n /= 10)
		to[i] = (char)('0' + n % 10);
	return to + width;
}

static char *
put_name(char *to, const char *names, int index)
{
	memcpy(to, names + index * 3, 3);
	return to + 3;
}

/* Writes c by a pattern, of the letters that read_one knows. */
static void
put(char *to, const char *pattern, const struct civil *c)
{
	for (; *pattern != '\0'; pattern++) {
		switch (*pattern) {
		case 'w':
			to = put_name(to, days, c->weekday);
			break;
		case 'b':
			to = put_name(to, months, c->month);
			break;
		case 'n':
			to = put_digits(to, c->month + 1, 2);
			break;
		case 'd':
			to = put_digits(to, c->day, 2);
			break;
		case 'y':
			to = put_digits(to, c->year, 4);
			break;
		case 'h':
			to = put_digits(to, c->hour, 2);
			break;
		case 'm':
			to = put_digits(to, c->minute, 2);
			break;
		case 's':
			to = put_digits(to, c->second, 2);
			break;
		default:
			*to++ = *pattern;
			break;
		}
	}
	*to = '\0';
}

void
date_format(char out[DATE_BYTES], int64_t seconds)
{
	struct civil c;

	from_seconds(&c, seconds);
	put(out, "w, d b y h:m:s GMT", &c);
}

void
date_format_short(char out[17], int64_t seconds)
{
	struct civil c;

	from_seconds(&c, seconds);
	put(out, "y-n-d h:m", &c);
}

/* What is left to read. */
struct text {
	const char *at, *end;
};

/* Reads `width` digits, or a space and one less if padded, into *n. */
static int
get_digits(struct text *t, int width, int padded, int *n)
{
	*n = 0;
	if (t->end - t->at < width)
		return -1;
	if (padded && *t->at == ' ') {
		t->at++;
		width--;
	}
	for (; width > 0; width--, t->at++) {
		if (!byte_is(*t->at, BYTE_DIGIT))
			return -1;
		*n = *n * 10 + (*t->at - '0');
	}
	return 0;
}

/* Reads one of `count` three-letter names. */
static int
get_name(struct text *t, const char *names, int count, int *index)
{
	if (t->end - t->at < 3)
		return -1;
	for (*index = 0; *index < count; ++*index)
		if (memcmp(t->at, names + *index * 3, 3) == 0)
			break;
	t->at += 3;
	return *index < count ? 0 : -1;
}

static int
get_long_day(struct text *t, int *index)
{
	static const char rests[][7] = {
	    "day", "day", "sday", "nesday", "rsday", "day", "urday"};
	size_t n;

	if (get_name(t, days, 7, index) != 0)
		return -1;
	n = strlen(rests[*index]);
	if ((size_t)(t->end - t->at) < n ||
	    memcmp(t->at, rests[*index], n) != 0)
		return -1;
	t->at += n;
	return 0;
}

/* Reads what one letter of a pattern stands for; others are themselves. A
 * weekday that does not fit the date is let pass: it tells nothing new. */
static int
get_one(struct text *t, char letter, struct civil *c)
{
	switch (letter) {
	case 'w':
		return get_name(t, days, 7, &c->weekday);
	case 'W':
		return get_long_day(t, &c->weekday);
	case 'b':
		return get_name(t, months, 12, &c->month);
	case 'd':
		return get_digits(t, 2, 0, &c->day);
	case 'D':
		return get_digits(t, 2, 1, &c->day);
	case 'y':
		return get_digits(t, 4, 0, &c->year);
	case 'Y':
		return get_digits(t, 2, 0, &c->year);
	case 'h':
		return get_digits(t, 2, 0, &c->hour);
	case 'm':
		return get_digits(t, 2, 0, &c->minute);
	case 's':
		return get_digits(t, 2, 0, &c->second);
	default:
		return t->at < t->end && *t->at++ == letter ? 0 : -1;
	}
}

static int
get(const char *text, size_t len, const char *pattern, struct civil *c)
{
	struct text t = {text, text + len};

	for (; *pattern != '\0'; pattern++)
		if (get_one(&t, *pattern, c) != 0)
			return -1;
	return t.at == t.end ? 0 : -1;
}

/* The year of two digits that is nearest to now, and at most 50 ahead. */
static int
full_year(int two, int64_t now)
{
	struct civil today;
	int year;

	from_seconds(&today, now);
	year = today.year - today.year % 100 + two;
	if (year > today.year + 50)
		year -= 100;
	else if (year <= today.year - 50)
		year += 100;
	return year < 0 ? year + 100 : year > 9999 ? year - 100 : year;
}

static int
is_real(const struct civil *c)
{
	static const uint8_t lengths[] = {
	    31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int leap =
	    (c->year % 4 == 0 && c->year % 100 != 0) || c->year % 400 == 0;
	int length = lengths[c->month] + (c->month == 1 && leap);

	/* A leap second is the first of the next minute. */
	return c->day >= 1 && c->day <= length && c->hour <= 23 &&
	       c->minute <= 59 && c->second <= 60;
}

int
date_parse(const char *text, size_t len, int64_t now, int64_t *seconds)
{
	struct civil c;

	memset(&c, 0, sizeof(c));
	if (get(text, len, "W, d-b-Y h:m:s GMT", &c) == 0)
		c.year = full_year(c.year, now);
	else if (get(text, len, "w, d b y h:m:s GMT", &c) != 0 &&
		 get(text, len, "w b D h:m:s y", &c) != 0)
		return -1;
	if (!is_real(&c))
		return -1;
	*seconds = to_seconds(&c);
	return 0;
}
