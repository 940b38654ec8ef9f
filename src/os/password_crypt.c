#define _XOPEN_SOURCE 700 /* crypt */
#include "config.h"

#include "os/password.h"

#ifdef HAVE_CRYPT_H
#include <crypt.h>
#endif
#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

/* crypt(3) has one buffer for all threads. Nobody waits for it. */
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;

bool
password_possible(void)
{
	return true;
}

/* Bytes that differ, or another length: every byte is looked at. */
static bool
is_same(const char *a, const char *b)
{
	size_t i, len = strlen(a);
	volatile unsigned char differ = strlen(b) != len;

	for (i = 0; i < len && b[i] != '\0'; i++)
		differ |= (unsigned char)(a[i] ^ b[i]);
	return differ == 0;
}

bool
password_knows(const char *hash)
{
	const char *made = crypt("", hash);

	/* Failures are NULL, or begin with a '*', which no hash does. */
	return made != NULL && made[0] != '*' && strlen(made) == strlen(hash);
}

int
password_check(const char *hash, const char *password)
{
	const char *made;
	int result;

	if (pthread_mutex_trylock(&turn) != 0)
		return -1;
	made = crypt(password, hash);
	result = made != NULL && made[0] != '*' && is_same(made, hash);
	(void)pthread_mutex_unlock(&turn);
	return result;
}
