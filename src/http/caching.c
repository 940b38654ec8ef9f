#include "http/caching.h"

#include <string.h>

#include "http/bytes.h"
#include "http/field.h"

bool
caching_parse(struct caching_rule *rule, const char *text)
{
	size_t len = strcspn(text, "=");

	rule->pattern = NULL;
	rule->pattern_len = 0;
	rule->value = text;
	/* No directive begins with '*', or has a '/' in its name. */
	if (text[0] == '*' || memchr(text, '/', len) != NULL) {
		if (text[len] == '\0')
			return false;
		rule->pattern = text;
		rule->pattern_len = len;
		rule->value = text + len + 1;
	}
	return field_value_valid(rule->value);
}

static char
lower(char c, bool fold)
{
	return fold && c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Where a '*' took too few bytes, it takes one more; only the last one has to
 * be tried again. fold: small letters and capitals are the same. */
static bool
matches(const char *pattern, size_t pattern_len, const char *text, size_t len,
    bool fold)
{
	size_t p = 0, t = 0, star = pattern_len, from = 0;

	while (t < len) {
		if (p < pattern_len && pattern[p] == '*') {
			star = p++;
			from = t;
		} else if (p < pattern_len &&
			   lower(pattern[p], fold) == lower(text[t], fold)) {
			p++;
			t++;
		} else if (star < pattern_len) {
			p = star + 1;
			t = ++from;
		} else {
			return false;
		}
	}
	while (p < pattern_len && pattern[p] == '*')
		p++;
	return p == pattern_len;
}

static bool
is_of_path(const struct caching_rule *rule)
{
	return rule->pattern[0] == '/' || rule->pattern[0] == '*';
}

static bool
is_for(const struct caching_rule *rule, const char *path, const char *type)
{
	if (is_of_path(rule))
		return matches(rule->pattern, rule->pattern_len, path,
		    strlen(path), false);
	return matches(
	    rule->pattern, rule->pattern_len, type, strcspn(type, "; "), true);
}

/* Is there the directive of RFC 8246? */
static bool
is_immutable(const char *value)
{
	size_t n;

	for (; *value != '\0'; value += n > 0 ? n : 1) {
		for (n = 0; byte_is(value[n], BYTE_TOKEN); n++)
			;
		if (token_is(value, n, "immutable"))
			return true;
	}
	return false;
}

/* May this rule hold for an `entry`, as caching.h has it? */
static bool
is_meant(const struct caching_rule *rule)
{
	return !is_immutable(rule->value) ||
	       (rule->pattern != NULL && is_of_path(rule) &&
		   memchr(rule->pattern, '*', rule->pattern_len) == NULL);
}

const char *
caching_value(const struct caching_rule *rule, size_t rules, const char *path,
    const char *type, bool entry)
{
	const char *value = NULL, *otherwise = NULL;
	bool passed = false;
	size_t i;

	for (i = 0; i < rules; i++) {
		if (rule[i].pattern != NULL &&
		    (value != NULL || !is_for(&rule[i], path, type)))
			continue;
		if (entry && !is_meant(&rule[i]))
			passed = true;
		else if (rule[i].pattern == NULL)
			otherwise = rule[i].value;
		else
			value = rule[i].value;
	}
	if (value == NULL)
		value = otherwise;
	return value == NULL && passed ? "no-cache" : value;
}
