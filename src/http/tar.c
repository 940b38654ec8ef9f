#include "http/tar.h"

#include <string.h>

enum {
	NAME_BYTES = 100,
	PREFIX_BYTES = 155,
	DIGITS = 11, /* octal, of a size or a time */
	NUMBER_TEXT = 21
};

static const int64_t octal_most = ((int64_t)1 << (3 * DIGITS)) - 1;

/* The fields of a head by their places. */
enum {
	AT_MODE = 100,
	AT_UID = 108,
	AT_GID = 116,
	AT_SIZE = 124,
	AT_MTIME = 136,
	AT_SUM = 148,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
	SUM_BYTES = 8
};

static void
put_octal(char *at, int digits, int64_t n)
{
	while (digits-- > 0) {
		at[digits] = (char)('0' + (n & 7));
		n >>= 3;
	}
}

static int64_t
octal_of(int64_t n)
{
	return n < 0 ? 0 : n > octal_most ? octal_most : n;
}

/* Where the path may be cut in a prefix and a name: at the '/' there. 0: it is
 * a name. -1: it does not fit. */
static int
find_cut(const char *path, size_t len)
{
	size_t i;

	if (len <= NAME_BYTES)
		return 0;
	/* A name is not empty, and a directory's ends with a '/'. */
	for (i = len - NAME_BYTES - 1; i <= PREFIX_BYTES && i + 1 < len; i++)
		if (i > 0 && path[i] == '/')
			return (int)i;
	return -1;
}

static void
put_path(char *block, const char *path, size_t len)
{
	int cut = find_cut(path, len);

	if (cut < 0) {
		/* A reader that does not know pax headers gets at least its
		 * end. */
		memcpy(block, path + len - NAME_BYTES, NAME_BYTES);
	} else if (cut == 0) {
		memcpy(block, path, len);
	} else {
		memcpy(block + AT_PREFIX, path, (size_t)cut);
		memcpy(block, path + cut + 1, len - (size_t)cut - 1);
	}
}

static void
put_block(
    struct out *o, char type, const char *path, int64_t size, int64_t mtime)
{
	char block[TAR_BLOCK] = {0};
	int64_t sum = 0;
	size_t i;

	put_path(block, path, strlen(path));
	put_octal(block + AT_MODE, 7, type == '5' ? 0755 : 0644);
	put_octal(block + AT_UID, 7, 0);
	put_octal(block + AT_GID, 7, 0);
	put_octal(block + AT_SIZE, DIGITS, octal_of(size));
	put_octal(block + AT_MTIME, DIGITS, octal_of(mtime));
	block[AT_TYPE] = type;
	memcpy(block + AT_MAGIC, "ustar\00000", 8);
	/* Of the head with spaces in place of the sum. */
	memset(block + AT_SUM, ' ', SUM_BYTES);
	for (i = 0; i < sizeof(block); i++)
		sum += (unsigned char)block[i];
	put_octal(block + AT_SUM, 6, sum);
	block[AT_SUM + 6] = '\0';
	out_bytes(o, block, sizeof(block));
}

static int
digits_of(size_t n)
{
	int digits = 1;

	for (; n >= 10; n /= 10)
		digits++;
	return digits;
}

/* "LENGTH KEY=VALUE\n", where the length counts itself as well. */
static void
put_record(struct out *o, const char *key, const char *value, size_t len)
{
	size_t rest = strlen(key) + len + 3, n = rest + (size_t)digits_of(rest);

	if (rest + (size_t)digits_of(n) != n)
		n = rest + (size_t)digits_of(n);
	out_uint(o, n);
	out_text(o, " ");
	out_text(o, key);
	out_text(o, "=");
	out_bytes(o, value, len);
	out_text(o, "\n");
}

static void
put_number(struct out *o, const char *key, int64_t value)
{
	char text[NUMBER_TEXT];
	struct out t;

	out_init(&t, text, sizeof(text));
	if (value < 0)
		out_text(&t, "-");
	out_uint(&t, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
	put_record(o, key, text, t.len);
}

/* What the head itself has no room for. */
static void
put_extras(struct out *o, const struct tar_entry *e)
{
	size_t len = strlen(e->path);

	if (find_cut(e->path, len) < 0)
		put_record(o, "path", e->path, len);
	if (octal_of(e->size) != e->size)
		put_number(o, "size", e->size);
	if (octal_of(e->mtime) != e->mtime)
		put_number(o, "mtime", e->mtime);
}

void
tar_head(struct out *o, const struct tar_entry *e)
{
	char extras[TAR_HEAD_BYTES - 3 * TAR_BLOCK];
	size_t len = strlen(e->path);
	struct out x;

	out_init(&x, extras, sizeof(extras));
	put_extras(&x, e);
	if (x.full) {
		o->full = true;
		return;
	}
	if (x.len > 0) {
		put_block(o, 'x', "pax", (int64_t)x.len, 0);
		out_bytes(o, extras, x.len);
		tar_zeros(o, tar_padding((int64_t)x.len));
	}
	put_block(o, len > 0 && e->path[len - 1] == '/' ? '5' : '0', e->path,
	    e->size, e->mtime);
}

int
tar_padding(int64_t size)
{
	return (int)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

void
tar_zeros(struct out *o, int n)
{
	static const char zeros[TAR_BLOCK];

	out_bytes(o, zeros, (size_t)n);
}

void
tar_end(struct out *o)
{
	tar_zeros(o, TAR_BLOCK);
	tar_zeros(o, TAR_BLOCK);
}
