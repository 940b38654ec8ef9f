/*
 * health.h - from outside: does a server answer well? For a container's health
 * check, which has no other program to ask with.
 */
#ifndef HEALTH_H
#define HEALTH_H

#include <stdbool.h>

/* Is it http://HOST[:PORT][/PATH]? HOST may be [IPv6]; PORT is 80 without. */
bool health_is_url(const char *url);

/* Asks for such a URL, for 5 s at most. 0 if a status from 200 to 399 comes;
 * else 1, and one line of the log says why. */
int health_check(const char *url);

#endif
