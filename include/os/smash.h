/*
 * smash.h - an overflow of a buffer on the stack, on purpose: for the
 * laboratory alone.
 *
 * Above the buffer lies the canary of the stack protector, a secret word that
 * is compared before the function returns: unless it is as it was, the process
 * ends. So a client that can overflow it can guess it: a byte that is right
 * is no crash.
 */
#ifndef OS_SMASH_H
#define OS_SMASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The buffer's bytes. */
enum { SMASH_ROOM = 24 };

/* Writes so many bytes to the buffer. If that has left the canary as it was,
 * returns true; else the process has died, as compiler and libc have it: of
 * SIGABRT, with glibc. false, and nothing was written: they would reach the
 * address that the function returns to; or this program was built without a
 * stack protector, or with a sanitizer, which has the buffer elsewhere. */
bool smash(const unsigned char *bytes, size_t len);

#endif
