/*
 * health.h - from outside: does a server answer well? For a container's health
 * check, which has no other program to ask with.
 */
#ifndef OUTSIDE_HEALTH_H
#define OUTSIDE_HEALTH_H

/* Asks for a URL (fetch_is_url), for 5 s at most. 0 if a status from 200 to 399
 * comes; else 1, and one line of the log says why. */
int health_check(const char *url);

#endif
