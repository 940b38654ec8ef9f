/*
 * hook.h - points at which a test lets a process die.
 *
 * Compiled in by --enable-test-hooks alone; else HOOK() is nothing. The test
 * names a point in PREFORK_HOOK and a file in PREFORK_HOOK_TOKEN: the first
 * process that comes by and can unlink the file is killed there and then, by
 * SIGKILL, as from outside.
 */
#ifndef BASE_HOOK_H
#define BASE_HOOK_H

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef TEST_HOOKS
#define HOOK(point) hook_reached(point)
void hook_reached(const char *point);
#else
#define HOOK(point) ((void)0)
#endif

#endif
