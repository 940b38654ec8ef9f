#include "cache.h"

#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "os/memory.h"
#include "stream/journal.h"

enum { WAYS = 2, SEEN = 4096 };

struct entry {
	int64_t until; /* clock_now() when it is too old, 0: empty */
	uint64_t hash;
	size_t key_len;
	struct cached answer;
};

/* The bytes of entry i's question and answer. */
struct room {
	char key[CACHE_KEY];
	char answer[CACHE_ANSWER];
};

struct cache {
	/* What was asked for last. */
	uint64_t hash;
	size_t key_len; /* 0: nothing that may be kept */
	char key[CACHE_KEY];
	/* Of all that was asked for and not found, a few bits. */
	uint16_t seen[SEEN];
	int files;	/* descriptors in entries */
	int64_t expire; /* clock_now() when one of them may be too old */
	struct entry entry[CACHE_ENTRIES];
	struct room room[CACHE_ENTRIES];
};

/* Fields that bear on the access log, or on whether the client may read at all,
 * but not on the answer. Whatever else the parser keeps may bear on it. */
static const uint32_t ignored = 1U << FIELD_AUTHORIZATION | 1U << FIELD_HOST |
				1U << FIELD_USER_AGENT | 1U << FIELD_REFERER;

struct cache *
cache_new(void)
{
	/* The pages of rooms that are never used are never touched. */
	return memory_private(sizeof(struct cache));
}

void
cache_free(struct cache *cache)
{
	memory_drop(cache, sizeof(struct cache));
}

/* Adds a piece to the key; one that becomes too long is not kept. */
static void
add(struct cache *c, const void *bytes, size_t len)
{
	if (c->key_len > CACHE_KEY - len || len > CACHE_KEY) {
		c->key_len = CACHE_KEY + 1;
		return;
	}
	memcpy(c->key + c->key_len, bytes, len);
	c->key_len += len;
}

/* Makes the key of what is asked: each piece with what it is, and its length.
 */
static void
ask(struct cache *c, const struct request *r, const char *head)
{
	const struct {
		uint32_t method, minor, persistent, target;
	} what = {r->method, (uint32_t)r->minor, r->persistent, r->target.len};
	uint32_t left, is[2];

	c->key_len = 0;
	add(c, &what, sizeof(what));
	add(c, head + r->target.off, r->target.len);
	for (left = r->kept & ~ignored; left != 0; left &= left - 1) {
		is[0] = (uint32_t)ffs((int)left) - 1;
		is[1] = r->field[is[0]].len;
		add(c, is, sizeof(is));
		add(c, head + r->field[is[0]].off, r->field[is[0]].len);
	}
	if (c->key_len > CACHE_KEY)
		c->key_len = 0;
	c->hash = hash_number(hash_bytes(c->key_len, c->key, c->key_len), 0);
}

static void
drop(struct cache *c, struct entry *e)
{
	if (e->until != 0 && e->answer.file >= 0) {
		(void)close(e->answer.file);
		c->files--;
	}
	e->until = 0;
}

void
cache_expire(struct cache *c, int64_t now)
{
	size_t i;

	if (c->files == 0 || now < c->expire)
		return;
	c->expire = now < CLOCK_NEVER - CACHE_MS ? now + CACHE_MS : CLOCK_NEVER;
	for (i = 0; i < CACHE_ENTRIES; i++)
		if (c->entry[i].answer.file >= 0 && c->entry[i].until <= now)
			drop(c, &c->entry[i]);
}

void
cache_forget(struct cache *c)
{
	size_t i;

	for (i = 0; i < CACHE_ENTRIES; i++)
		drop(c, &c->entry[i]);
}

/* Another descriptor of the same open file; -1 if there is none to be had. */
static int
another(int file)
{
	return fcntl(file, F_DUPFD, 0);
}

/* Hands out the answer of e. False if its file is not what it was. */
static bool
hand_out(struct cache *c, struct entry *e, struct cached *found)
{
	*found = e->answer;
	if (found->file < 0)
		return true;
	if (!journal_is_file(found->file, &found->id)) {
		drop(c, e);
		return false;
	}
	found->file = another(found->file);
	return found->file >= 0;
}

static size_t
first_way(uint64_t hash)
{
	return (size_t)hash & (CACHE_ENTRIES - WAYS);
}

bool
cache_find(struct cache *c, const struct request *r, const char *head,
    int64_t now, struct cached *found)
{
	size_t i, first;

	c->key_len = 0;
	/* Of a field in several lines the parser keeps one, and an answer may
	 * depend on all. */
	if (r->expect_continue || request_has_body(r) || r->repeated != 0)
		return false;
	ask(c, r, head);
	first = first_way(c->hash);
	for (i = first; i < first + WAYS; i++) {
		struct entry *e = &c->entry[i];

		if (e->until <= now || e->hash != c->hash ||
		    e->key_len != c->key_len ||
		    memcmp(c->room[i].key, c->key, c->key_len) != 0)
			continue;
		return hand_out(c, e, found);
	}
	return false;
}

int
cache_keep(struct cache *c, const struct cached *answer, int64_t now)
{
	size_t i = first_way(c->hash), mark = c->hash >> 32 & (SEEN - 1);
	struct entry *e;
	int file = -1;

	if (c->key_len == 0 || answer->len > CACHE_ANSWER)
		return -1;
	if (c->seen[mark] != (uint16_t)(c->hash >> 48)) {
		c->seen[mark] = (uint16_t)(c->hash >> 48);
		return -1;
	}
	if (answer->file >= 0) {
		file = c->files < CACHE_FILES ? another(answer->file) : -1;
		if (file < 0)
			return -1;
		if (c->files++ == 0)
			c->expire = now + CACHE_MS;
	}
	if (c->entry[i].until > c->entry[i + 1].until)
		i++;
	e = &c->entry[i];
	drop(c, e);
	e->until = now + CACHE_MS;
	e->hash = c->hash;
	e->key_len = c->key_len;
	e->answer = *answer;
	e->answer.file = file;
	e->answer.bytes = c->room[i].answer;
	memcpy(c->room[i].key, c->key, c->key_len);
	memcpy(c->room[i].answer, answer->bytes, answer->len);
	return file;
}
