/*
 * trap.h - a worker that dies at a point of the program (base/hook.h).
 */
#ifndef TESTS_TRAP_H
#define TESTS_TRAP_H

#include <stdbool.h>

#include "tree.h"

/* Servers that are started from now on have a trap at the point; it does
 * nothing yet. */
void trap_set(const struct tree *t, const char *point);

/* The first who comes by from now on dies there. */
void trap_arm(void);

/* Has somebody? */
bool trap_sprung(void);

/* No server has it any more. */
void trap_remove(void);

#endif
