/*
 * caching.h - rules of how long a file may be kept (RFC 9111). Pure.
 *
 * A rule is a value of Cache-Control, for all files, or a pattern, '=' and a
 * value. A pattern that begins with '/' or '*' is one of the path of the file
 * that is sent, as in "/assets/" and a '*'; others are of a media type, as in
 * "text/html", without its parameters. '*' stands for any bytes, '/' too.
 */
#ifndef HTTP_CACHING_H
#define HTTP_CACHING_H

#include <stdbool.h>
#include <stddef.h>

struct caching_rule {
	const char *pattern; /* NULL: for all files */
	size_t pattern_len;
	const char *value;
};

/* Reads a rule, whose members then point into the text. False if it is none. */
bool caching_parse(struct caching_rule *rule, const char *text);

/* The value for a file, NULL if there is none. The first rule with a pattern
 * that matches holds; if there is none, the last rule for all.
 *
 * entry: the file is the index of a directory, or stands for names that are not
 * there (--spa). Its name stays the same when its contents change. So a rule
 * with "immutable" is passed over for it, unless the pattern is its path
 * without a '*'; if no other rule is left, the value is "no-cache". path: with
 * a leading '/'. type: the media type; parameters are ignored. */
const char *caching_value(const struct caching_rule *rule, size_t rules,
    const char *path, const char *type, bool entry);

#endif
