/*
 * password.h - passwords by the hashes of crypt(3), where the system has it.
 */
#ifndef OS_PASSWORD_H
#define OS_PASSWORD_H

#include <stdbool.h>

/* Has this build crypt(3) at all? */
bool password_possible(void);

/* Can hashes of this one's kind be computed? This computes one. */
bool password_knows(const char *hash);

/* 1: it is the password's hash; 0: it is not; -1: another thread is at it, try
 * again. It costs as much as the hash says, whatever the result; the comparison
 * takes the same time. */
int password_check(const char *hash, const char *password);

#endif
