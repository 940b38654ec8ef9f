#include "service/auth.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/siphash.h"
#include "http/basic.h"
#include "os/password.h"
#include "os/random.h"

enum { KINDS = 16, KIND_BYTES = 8, PAUSE = 5, PAUSE_LEAST = 5 };

struct user {
	const char *name;
	const char *hash;
};

struct table {
	size_t users;
	bool known; /* that it is good: it was taken before */
	uint64_t key[4];
	char *text;
	struct user user[AUTH_USERS_MAX];
};

struct auth {
	const char *path;
	int64_t pause; /* ms between the beginnings of two hashes */
	struct table *table;
	struct stat read; /* the file that the table was made from */
	char *said;	  /* and what stood there */
	int kinds;	  /* of hashes, that were tried and are known */
	char tried[KINDS][KIND_BYTES];
};

struct auth *
auth_new(const char *path)
{
	struct auth *auth = calloc(1, sizeof(*auth));

	if (auth != NULL)
		auth->path = path;
	return auth;
}

const char *
auth_path(const struct auth *auth)
{
	return auth->path;
}

/* All of the file, with a NUL; NULL with errno. */
static char *
read_text(const char *path, struct stat *st)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	bool good = fd >= 0 && fstat(fd, st) == 0;
	char *text = good ? malloc(AUTH_BYTES + 1) : NULL;
	size_t len = 0;
	ssize_t n = 0;

	while (text != NULL && len <= AUTH_BYTES &&
	       (n = read(fd, text + len, AUTH_BYTES + 1 - len)) > 0)
		len += (size_t)n;
	if (text != NULL && (n < 0 || len > AUTH_BYTES)) {
		if (n >= 0)
			errno = EFBIG;
		free(text);
		text = NULL;
	}
	if (text != NULL)
		text[len] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return text;
}

/* What a hash says of how it was made: "$6$", or nothing. */
static void
kind_of(char kind[KIND_BYTES], const char *hash)
{
	size_t n = 0;

	kind[0] = '\0';
	if (hash[0] == '$')
		n = 1 + strcspn(hash + 1, "$");
	if (n < KIND_BYTES) {
		memcpy(kind, hash, n);
		kind[n] = '\0';
	}
}

/* Is it a hash of a kind that is known? One of each kind is tried. */
static bool
is_hash(struct auth *auth, const char *hash)
{
	char kind[KIND_BYTES];
	int i;

	kind_of(kind, hash);
	for (i = 0; i < auth->kinds; i++)
		if (strcmp(auth->tried[i], kind) == 0)
			return true;
	if (i == KINDS || hash[0] == '*' || hash[0] == '!' ||
	    !password_knows(hash))
		return false;
	memcpy(auth->tried[auth->kinds++], kind, KIND_BYTES);
	return true;
}

static bool
is_there(const struct table *t, const char *name)
{
	size_t i = 0;

	while (i < t->users && strcmp(t->user[i].name, name) != 0)
		i++;
	return i < t->users;
}

/* Takes the line; NULL, or what is wrong with it. */
static const char *
add_line(struct auth *auth, struct table *t, char *line)
{
	char *hash = strchr(line, ':');

	if (hash == NULL || hash == line)
		return "no name, ':' and hash";
	*hash++ = '\0';
	hash[strcspn(hash, ": \t\r")] = '\0';
	if (!t->known && !is_hash(auth, hash))
		return "a hash that crypt(3) does not know here";
	if (!t->known && is_there(t, line))
		return "a name that was there before";
	if (t->users == AUTH_USERS_MAX)
		return "too many names";
	t->user[t->users].name = line;
	t->user[t->users++].hash = hash;
	return NULL;
}

static int
parse(struct auth *auth, struct table *t, char why[AUTH_WHY])
{
	char *line = t->text, *end;
	const char *wrong = NULL;
	size_t n;

	for (n = 1; wrong == NULL && *line != '\0'; n++, line = end) {
		end = line + strcspn(line, "\n");
		if (*end == '\n')
			*end++ = '\0';
		if (line[strspn(line, " \t\r")] == '\0' || line[0] == '#')
			continue;
		wrong = add_line(auth, t, line);
	}
	if (wrong != NULL)
		(void)snprintf(why, AUTH_WHY, "line %lu: %s",
		    (unsigned long)(n - 1), wrong);
	else if (t->users == 0)
		(void)snprintf(why, AUTH_WHY, "it names no user");
	return wrong == NULL && t->users > 0 ? 0 : -1;
}

/* The key of the digests of those that were let in: of this process alone, and
 * until the file is read again. */
static void
make_key(struct table *t)
{
	t->key[0] = random_number();
	t->key[1] = random_number();
}

static void
table_free(struct table *t)
{
	if (t != NULL)
		free(t->text);
	free(t);
}

static bool
is_unchanged(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_size == b->st_size &&
	       a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
	       a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* By errno: fills in why, frees the table and returns -1. */
static int
fail(struct table *t, char why[AUTH_WHY])
{
	(void)snprintf(why, AUTH_WHY, "%s", strerror(errno));
	table_free(t);
	return -1;
}

/* Parses the text of the table and puts it in place of the one that holds. 0;
 * or -1 with why, and it is freed. */
static int
adopt(struct auth *auth, struct table *t, const struct stat *st,
    char why[AUTH_WHY])
{
	char *said = strdup(t->text);

	if (said == NULL)
		return fail(t, why);
	if (parse(auth, t, why) != 0) {
		free(said);
		table_free(t);
		return -1;
	}
	make_key(t);
	table_free(auth->table);
	auth->table = t;
	auth->read = *st;
	free(auth->said);
	auth->said = said;
	return 0;
}

int
auth_take(struct auth *auth, const char *text, const struct stat *st,
    bool known, char why[AUTH_WHY])
{
	struct table *t = calloc(1, sizeof(*t));

	if (t != NULL)
		t->text = strdup(text);
	if (t == NULL || t->text == NULL)
		return fail(t, why);
	t->known = known;
	return adopt(auth, t, st, why);
}

int
auth_read(struct auth *auth, char why[AUTH_WHY])
{
	struct stat st = {0};
	struct table *t;

	if (auth->table != NULL && stat(auth->path, &st) == 0 &&
	    is_unchanged(&auth->read, &st))
		return 0;
	t = calloc(1, sizeof(*t));
	if (t != NULL)
		t->text = read_text(auth->path, &st);
	if (t == NULL || t->text == NULL)
		return fail(t, why);
	return adopt(auth, t, &st, why) == 0 ? 1 : -1;
}

const char *
auth_said(const struct auth *auth, struct stat *st)
{
	*st = auth->read;
	return auth->said;
}

void
auth_try(const struct auth *auth)
{
	(void)password_check(auth->table->user[0].hash, "");
}

void
auth_weigh(struct auth *auth, int64_t ms)
{
	auth->pause = PAUSE * ms < PAUSE_LEAST ? PAUSE_LEAST : PAUSE * ms;
}

/* The hash of the name, or one like it. All names are looked at. */
static const char *
hash_of(const struct table *t, const char *name, bool *known)
{
	const char *hash = t->user[0].hash;
	size_t i;

	*known = false;
	for (i = 0; i < t->users; i++) {
		if (strcmp(t->user[i].name, name) != 0)
			continue;
		*known = true;
		hash = t->user[i].hash;
	}
	return hash;
}

enum auth_verdict
auth_ask(const struct auth *auth, struct auth_memory *memory,
    const struct request *r, const char *head, int64_t now)
{
	const struct span *f = &r->field[FIELD_AUTHORIZATION];
	const struct table *t = auth->table;
	uint64_t a, b, *proven;
	struct basic basic;
	const char *hash;
	bool known;
	int is;

	if (f->len == 0 || !basic_parse(&basic, head + f->off, f->len))
		return AUTH_NO;
	a = siphash(t->key, basic.text, basic.len);
	b = siphash(t->key + 2, basic.text, basic.len);
	proven = memory->proven[a & (AUTH_PROVEN - 1)];
	if (proven[0] == a && proven[1] == b)
		return AUTH_YES;
	if (now < memory->next)
		return AUTH_LATER;
	hash = hash_of(t, basic.text, &known);
	is = password_check(hash, basic.password);
	if (is < 0)
		return AUTH_LATER;
	memory->next = now + auth->pause;
	if (is == 0 || !known)
		return AUTH_NO;
	proven[0] = a;
	proven[1] = b;
	return AUTH_YES;
}
