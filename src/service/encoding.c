/*
 * Encodings made beforehand: name.br, name.zst and name.gz beside a file.
 */
#include "reply.h"
#include "http_state.h"

#include <string.h>
#include <unistd.h>

#include "base/hash.h"
#include "http/accept.h"

enum { SUFFIX_BYTES = 8 };

/* With equal weights, the one that is smaller as a rule. */
static const enum coding preferred[] = {
    CODING_BROTLI, CODING_ZSTD, CODING_GZIP};

enum { CODINGS = sizeof(preferred) / sizeof(preferred[0]) };

/* The best that has not been tried, if the client does not prefer the file as
 * it is; else identity. */
static enum coding
best(const int weight[CODING_COUNT], uint32_t tried)
{
	enum coding found = CODING_IDENTITY;
	int i;

	for (i = 0; i < CODINGS; i++) {
		enum coding c = preferred[i];

		if ((tried & 1U << c) != 0 || weight[c] == 0 ||
		    weight[c] < weight[CODING_IDENTITY])
			continue;
		if (found == CODING_IDENTITY || weight[c] > weight[found])
			found = c;
	}
	return found;
}

/* If two paths have the same hash, one of them may be sent without its
 * encoding; that is all. */
static uint64_t
hash_of(const char *path)
{
	size_t len = strlen(path);

	return hash_number(hash_bytes(len, path, len), 0);
}

static struct absence *
absence_of(struct serving *s, const char *path)
{
	uint64_t hash = hash_of(path);
	struct absence *a = &http_in(s)->absent[hash % ABSENCES];

	if (a->path != hash || a->second != s->wall) {
		a->path = hash;
		a->second = s->wall;
		a->asked = a->none = 0;
	}
	a->asked++;
	return a;
}

/* Opens the encoding c of the file; -1 if there is none. One that is older
 * than the file is of something else: in any directory there may be backups
 * of this name. */
static int
open_encoding(const struct asked *q, const char *name, enum coding c,
    const struct stat *of, struct stat *st)
{
	char path[PATH_BYTES + 256 + SUFFIX_BYTES];
	size_t len = strlen(name), more = strlen(coding_suffix(c)) + 1;
	int fd;

	if (len + more > sizeof(path))
		return -1;
	memcpy(path, name, len);
	memcpy(path + len, coding_suffix(c), more);
	fd = root_open_beneath(q->s->config->root, path);
	if (fd < 0)
		return -1;
	if (fstat(fd, st) == 0 && S_ISREG(st->st_mode) &&
	    st->st_mtime >= of->st_mtime)
		return fd;
	(void)close(fd);
	return -1;
}

uint8_t
choose_encoding(
    const struct asked *q, const char *name, int *fd, struct stat *st)
{
	const struct request *r = &client_of(q->c)->request;
	const struct span *accept = &r->field[FIELD_ACCEPT_ENCODING];
	int weight[CODING_COUNT], other;
	struct absence *absent;
	struct stat its;
	uint32_t tried;
	enum coding c;

	/* A range is one of the file as it is: see prefork(8). Beside the one
	 * file that is served nothing is. */
	if (accept->len == 0 || q->s->config->root->only != NULL ||
	    (r->method == METHOD_GET && r->field[FIELD_RANGE].len > 0))
		return CODING_IDENTITY;
	accept_codings(weight, q->head + accept->off, accept->len);
	if (best(weight, 0) == CODING_IDENTITY)
		return CODING_IDENTITY;
	absent = absence_of(q->s, name);
	tried = absent->asked > ABSENCE_ASKED ? absent->none : 0;
	while ((c = best(weight, tried)) != CODING_IDENTITY) {
		other = open_encoding(q, name, c, st, &its);
		if (other >= 0) {
			(void)close(*fd);
			*fd = other;
			*st = its;
			return (uint8_t)c;
		}
		tried |= 1U << c;
		absent->none |= 1U << c;
	}
	return CODING_IDENTITY;
}
