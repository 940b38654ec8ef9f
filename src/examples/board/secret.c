#define _GNU_SOURCE /* crypt_r */
#include "secret.h"

#include <crypt.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SALT = 20, SETTING = 64 };

/* Twenty characters of salt follow. For yescrypt these are 15 whole bytes. */
static const char *const methods[] = {"$y$j9T$", "$6$rounds=200000$"};

static const char nobodys_salt[] = "....................";

int
secret_token(char token[TOKEN_BYTES])
{
	unsigned char bytes[TOKEN_BYTES / 2];
	size_t i;

	if (getentropy(bytes, sizeof(bytes)) != 0)
		return -1;
	for (i = 0; i < sizeof(bytes); i++)
		(void)snprintf(token + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

bool
secret_is_token(const char *text)
{
	return text != NULL && strlen(text) == TOKEN_BYTES - 1 &&
	       strspn(text, "0123456789abcdef") == TOKEN_BYTES - 1;
}

bool
secret_same(const char *a, const char *b)
{
	const size_t a_len = a != NULL ? strlen(a) : 0;
	const size_t b_len = b != NULL ? strlen(b) : 0;
	unsigned char differs = a_len != b_len;
	size_t i;

	for (i = 0; i < a_len; i++)
		differs |= (unsigned char)(a[i] ^ (i < b_len ? b[i] : 0));
	return differs == 0;
}

/* What crypt(3) makes of it by a setting or an older hash; -1: it cannot. */
static int
hash_with(char hash[HASH_BYTES], const char *password, const char *setting)
{
	struct crypt_data *data = calloc(1, sizeof(*data));
	const char *made = NULL;
	int result = -1;

	if (data != NULL)
		made = crypt_r(password, setting, data);
	if (made != NULL && made[0] == setting[0] &&
	    strlen(made) < HASH_BYTES) {
		memcpy(hash, made, strlen(made) + 1);
		result = 0;
	}
	free(data);
	return result;
}

/* By the best method that there is. */
static int
hash_best(char hash[HASH_BYTES], const char *password, const char *salt)
{
	char setting[SETTING];
	size_t i;

	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		(void)snprintf(
		    setting, sizeof(setting), "%s%s", methods[i], salt);
		if (hash_with(hash, password, setting) == 0)
			return 0;
	}
	return -1;
}

int
secret_keep(char hash[HASH_BYTES], const char *password)
{
	static const char digits[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz";
	unsigned char bytes[SALT];
	char salt[SALT + 1];
	int i;

	if (getentropy(bytes, sizeof(bytes)) != 0)
		return -1;
	for (i = 0; i < SALT; i++)
		salt[i] = digits[bytes[i] % 64];
	salt[SALT] = '\0';
	return hash_best(hash, password, salt);
}

bool
secret_matches(const char *hash, const char *password)
{
	char made[HASH_BYTES];

	if (hash == NULL) {
		(void)hash_best(made, password, nobodys_salt);
		return false;
	}
	return hash_with(made, password, hash) == 0 && secret_same(hash, made);
}
