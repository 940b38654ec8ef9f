/*
 * sha256.h - SHA-256 (FIPS 180-4) of several texts.
 */
#ifndef BOARD_SHA256_H
#define BOARD_SHA256_H

#include <stddef.h>

enum { SHA256_HEX = 64 + 1 };

/* The hash, as digits with a NUL, of `count` texts, each with its NUL: what one
 * ends with is not what the next begins with. */
void sha256(char hex[SHA256_HEX], const char *const texts[], size_t count);

#endif
