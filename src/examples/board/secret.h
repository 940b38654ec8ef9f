/*
 * secret.h - what nobody may guess: tokens and passwords.
 */
#ifndef BOARD_SECRET_H
#define BOARD_SECRET_H

#include <stdbool.h>

enum {
	TOKEN_BYTES = 48 + 1, /* 24 random bytes as digits, and a NUL */
	HASH_BYTES = 256
};

/* A new token. -1: the system gives no random bytes. */
int secret_token(char token[TOKEN_BYTES]);

/* Could it be one? text may be NULL. */
bool secret_is_token(const char *text);

/* Are two texts the same? Takes as long as the first is, wherever they differ.
 * NULL is the same as nothing. */
bool secret_same(const char *a, const char *b);

/* What is kept of a password: crypt(3), by yescrypt where it can, by SHA-512
 * elsewhere. -1: not now. */
int secret_keep(char hash[HASH_BYTES], const char *password);

/* Is it the password of which that was kept? NULL for hash: there is none,
 * which takes as long to find out. */
bool secret_matches(const char *hash, const char *password);

#endif
