#include "stamp.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
    "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday",
    "Thursday", "Friday", "Saturday"};

void
stamp_print(char out[STAMP_BYTES], enum stamp_form form, int64_t seconds)
{
	time_t t = (time_t)seconds;
	struct tm tm;
	char clock[16];

	gmtime_r(&t, &tm);
	strftime(clock, sizeof(clock), "%H:%M:%S", &tm);
	if (form == STAMP_IMF)
		snprintf(out, STAMP_BYTES, "%.3s, %02d %s %04d %s GMT",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year + 1900, clock);
	else if (form == STAMP_850)
		snprintf(out, STAMP_BYTES, "%s, %02d-%s-%02d %s GMT",
		    days[tm.tm_wday], tm.tm_mday, months[tm.tm_mon],
		    tm.tm_year % 100, clock);
	else
		snprintf(out, STAMP_BYTES, "%.3s %s %2d %s %04d",
		    days[tm.tm_wday], months[tm.tm_mon], tm.tm_mday, clock,
		    tm.tm_year + 1900);
}

/* Days from the Epoch to a day of the Gregorian calendar, counted plainly. */
static int64_t
days_to(int year, int month, int day)
{
	static const int before[] = {
	    0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	int past = year - 1;
	int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return (int64_t)past * 365 + past / 4 - past / 100 + past / 400 -
	       719162 + before[month] + (month > 1 && leap) + day - 1;
}

/* What is printed for the seconds must be what was read: so nothing that is
 * wrong in it is overlooked. */
int64_t
stamp_read(struct text t)
{
	char line[STAMP_BYTES], month[4], again[STAMP_BYTES];
	int day, year, hour, minute, second, i;
	int64_t seconds;

	if (t.at == NULL || t.len != 29)
		return -1;
	memcpy(line, t.at, t.len);
	line[t.len] = '\0';
	if (sscanf(line, "%*3s, %2d %3s %4d %2d:%2d:%2d GMT", &day, month,
		&year, &hour, &minute, &second) != 6)
		return -1;
	for (i = 0; i < 12 && strcmp(months[i], month) != 0; i++)
		;
	if (i == 12 || year < 1)
		return -1;
	seconds =
	    days_to(year, i, day) * 86400 + hour * 3600 + minute * 60 + second;
	stamp_print(again, STAMP_IMF, seconds);
	return strcmp(again, line) == 0 ? seconds : -1;
}
