/*
 * password.h - passwords by the hashes of crypt(3), where the system has it.
 */
#ifndef OS_PASSWORD_H
#define OS_PASSWORD_H

#include <stdbool.h>

/* Has this build crypt(3) at all? */
bool password_possible(void);

/* Can libc compute hashes of the same method as this one? Computes one. */
bool password_knows(const char *hash);

/* 1: it is the password's hash; 0: it is not; -1: another thread computes one,
 * try again. It takes as long as the hash's method and rounds demand, whatever
 * the result. */
int password_check(const char *hash, const char *password);

#endif
