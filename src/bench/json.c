#include "bench/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void
quote(FILE *out, const char *text)
{
	(void)fputc('"', out);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			(void)fprintf(out, "\\%c", c);
		else if (c == '\n')
			(void)fputs("\\n", out);
		else if (c < 0x20 || c == '<')
			(void)fprintf(out, "\\u%04x", c);
		else
			(void)fputc(c, out);
	}
	(void)fputc('"', out);
}

/* What stands before every value. */
static void
begin_value(struct json *j, const char *key)
{
	if (j->more)
		(void)fputc(',', j->out);
	j->more = true;
	if (key == NULL)
		return;
	quote(j->out, key);
	(void)fputc(':', j->out);
}

void
json_begin(struct json *j, const char *key, char kind)
{
	begin_value(j, key);
	(void)fputc(kind, j->out);
	j->more = false;
}

void
json_end(struct json *j, char kind)
{
	(void)fputc(kind, j->out);
	j->more = true;
}

void
json_text(struct json *j, const char *key, const char *text)
{
	begin_value(j, key);
	quote(j->out, text);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	begin_value(j, key);
	(void)fputs(value ? "true" : "false", j->out);
}

void
json_count(struct json *j, const char *key, int64_t value)
{
	begin_value(j, key);
	(void)fprintf(j->out, "%" PRId64, value);
}

void
json_number(struct json *j, const char *key, double value, int decimals)
{
	begin_value(j, key);
	if (!isfinite(value))
		(void)fputs("null", j->out);
	else if (decimals < 0)
		(void)fprintf(j->out, "%.6g", value);
	else
		(void)fprintf(j->out, "%.*f", decimals, value);
}

void
json_line(struct json *j)
{
	if (j->more)
		(void)fputc(',', j->out);
	(void)fputc('\n', j->out);
	j->more = false;
}

double
json_find(const char *json, const char *key)
{
	char quoted[64];
	const char *at;
	char *end;
	double n;

	(void)snprintf(quoted, sizeof(quoted), "\"%s\":", key);
	at = strstr(json, quoted);
	if (at == NULL)
		return -1;
	at += strlen(quoted);
	n = strtod(at, &end);
	return end != at ? n : -1;
}
