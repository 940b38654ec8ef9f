#include "users.h"

#include <string.h>

#include "sha256.h"
#include "text.h"

const char *
user_name_fault(const char *name)
{
	const size_t len = name != NULL ? strlen(name) : 0;

	if (len < NAME_LEAST || len > NAME_MOST)
		return "A name has 3 to 32 characters.";
	if (strspn(name, "abcdefghijklmnopqrstuvwxyz"
			 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != len)
		return "A name has letters without accents, digits, - and _.";
	return NULL;
}

const char *
user_password_fault(const char *password)
{
	const size_t len = password != NULL ? strlen(password) : 0;

	if (len < PASSWORD_LEAST || len > PASSWORD_MOST)
		return "A password has 8 to 128 bytes.";
	if (text_length(password, false) < 0)
		return "A password has no control characters.";
	return NULL;
}

static bool
ask(struct store *s, const char *name, struct user *user, char *hash)
{
	store_ask(s, ASK_USER, "s", name);
	if (!store_row(s, ASK_USER))
		return false;
	user->id = store_int(s, ASK_USER, 0);
	store_text(s, ASK_USER, 1, user->name, sizeof(user->name));
	store_text(s, ASK_USER, 2, hash, HASH_BYTES);
	user->created = store_int(s, ASK_USER, 3);
	return true;
}

bool
user_get(struct store *s, const char *name, struct user *user)
{
	char hash[HASH_BYTES];

	return ask(s, name, user, hash);
}

void
user_check(
    struct store *s, const char *name, const char *password, struct user *user)
{
	char hash[HASH_BYTES];
	const bool known = ask(s, name, user, hash);

	/* What nobody can have is not worth the time. */
	if (user_password_fault(password) != NULL ||
	    !secret_matches(known ? hash : NULL, password))
		memset(user, 0, sizeof(*user));
}

int64_t
user_add(struct store *s, const char *name, const char *hash, int64_t now)
{
	store_ask(s, ADD_USER, "ssi", name, hash, now);
	return store_done(s, ADD_USER) > 0 ? store_added(s) : 0;
}

/* What is kept of a token. */
static void
hash_token(char hash[SHA256_HEX], const char *token)
{
	const char *const texts[] = {"session", token};

	sha256(hash, texts, 2);
}

void
session_add(struct store *s, const char *token, int64_t user,
    const char *request, int64_t now)
{
	char hash[SHA256_HEX];

	hash_token(hash, token);
	store_ask(
	    s, ADD_SESSION, "siis", hash, user, now + SESSION_SECONDS, request);
	(void)store_done(s, ADD_SESSION);
	store_ask(s, REMOVE_SESSIONS_BEFORE, "i", now);
	(void)store_done(s, REMOVE_SESSIONS_BEFORE);
}

void
session_get(struct store *s, const char *token, int64_t now, struct user *user)
{
	char hash[SHA256_HEX];

	hash_token(hash, token);
	store_ask(s, ASK_SESSION, "si", hash, now);
	if (!store_row(s, ASK_SESSION))
		return;
	user->id = store_int(s, ASK_SESSION, 0);
	store_text(s, ASK_SESSION, 1, user->name, sizeof(user->name));
}

void
session_remove(struct store *s, const char *token)
{
	char hash[SHA256_HEX];

	hash_token(hash, token);
	store_ask(s, REMOVE_SESSION, "s", hash);
	(void)store_done(s, REMOVE_SESSION);
}
