#include "fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The seconds of 2001-02-03 04:05:06: a day of one digit, and long enough ago
 * to make the date a strong validator. And some of 2035. */
enum { LONG_AGO = 981173106, FAR_AHEAD = 2051222400 };

#define TEN "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

enum content { DIRECTORY, LETTERS, GZIP };

static const struct file {
	const char *name;
	enum content content;
	int64_t size;
	int64_t mtime;
} files[] = {
    {"", DIRECTORY, 0, 0},
    {"small.txt", LETTERS, 1000, LONG_AGO},
    {"other.txt", LETTERS, 900, LONG_AGO + 86400},
    {"empty.txt", LETTERS, 0, LONG_AGO},
    {"large.bin", LETTERS, 1048577, LONG_AGO},
    {"future.txt", LETTERS, 10, FAR_AHEAD},
    {"coded.txt", LETTERS, 5000, LONG_AGO},
    /* Of coded.txt: one stored block between head and checksum. */
    {"coded.txt.gz", GZIP, 5000 + 23, LONG_AGO},
    {"drawing.svgz", GZIP, 500 + 23, LONG_AGO},
    /* As long as a name may be. */
    {HUNDRED HUNDRED TEN TEN TEN TEN TEN "12345", LETTERS, 7, LONG_AGO},
    {"page", DIRECTORY, 0, 0},
    {"page/index.html", LETTERS, 100, LONG_AGO},
    {"list", DIRECTORY, 0, 0},
    {"list/one.txt", LETTERS, 1, LONG_AGO},
    {"list/two.txt", LETTERS, 2, LONG_AGO},
};

enum { FILES = sizeof(files) / sizeof(files[0]), STORED = 15 };

/* No two places near each other look the same, in one file or in two. */
static char
letter(const char *name, int64_t at)
{
	return (char)('a' + (name[0] + at * 7 + at / 26 * 5 + at / 676) % 26);
}

static uint32_t
crc_of(const char *data, size_t len)
{
	uint32_t crc = UINT32_MAX;
	size_t i;
	int bit;

	for (i = 0; i < len; i++) {
		crc ^= (unsigned char)data[i];
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^
			      ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static void
put_little(char *to, uint32_t n, int bytes)
{
	for (; bytes > 0; bytes--, n >>= 8)
		*to++ = (char)(n & 255);
}

/* RFC 1952 around RFC 1951 section 3.2.4; data holds the content already,
 * STORED bytes from its beginning. */
static void
wrap_gzip(char *data, uint32_t len)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff\x01";

	memcpy(data, head, sizeof(head) - 1);
	put_little(data + 11, len, 2);
	put_little(data + 13, ~len, 2);
	put_little(data + STORED + len, crc_of(data + STORED, len), 4);
	put_little(data + STORED + len + 4, len, 4);
}

/* The whole file; NULL without memory. To be freed. */
static char *
content_of(const struct file *f)
{
	char *data = malloc((size_t)f->size + 1);
	int64_t i, skip = f->content == GZIP ? STORED : 0;
	int64_t len = f->content == GZIP ? f->size - 23 : f->size;

	if (data == NULL)
		return NULL;
	for (i = 0; i < len; i++)
		data[skip + i] = letter(f->name, i);
	if (f->content == GZIP)
		wrap_gzip(data, (uint32_t)len);
	return data;
}

static int
write_file(const char *path, const struct file *f)
{
	struct timespec times[2] = {
	    {.tv_sec = (time_t)f->mtime}, {.tv_sec = (time_t)f->mtime}};
	char *data = content_of(f);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), result = -1;
	int64_t done = 0;
	ssize_t n = 0;

	while (data != NULL && fd >= 0 && done < f->size && n >= 0) {
		n = write(fd, data + done, (size_t)(f->size - done));
		done += n;
	}
	if (data != NULL && fd >= 0 && n >= 0)
		result = futimens(fd, times);
	if (fd >= 0)
		(void)close(fd);
	free(data);
	return result;
}

int
fixture_write(const char *directory, const char **what)
{
	char path[PATH_MAX];
	const struct file *f;
	int result;

	for (f = files; f < files + FILES; f++) {
		*what = f->name[0] != '\0' ? f->name : directory;
		snprintf(path, sizeof(path), "%s/%s", directory, f->name);
		if (f->content == DIRECTORY) {
			result = mkdir(path, 0755);
			if (result != 0 && errno == EEXIST)
				result = 0;
		} else {
			result = write_file(path, f);
		}
		if (result != 0)
			return -1;
	}
	return 0;
}

static const struct file *
find(const char *name)
{
	const struct file *f;

	for (f = files; f < files + FILES; f++)
		if (f->content != DIRECTORY && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

int64_t
fixture_size(const char *name)
{
	const struct file *f = find(name);

	return f != NULL ? f->size : -1;
}

bool
fixture_holds(const char *name, int64_t first, struct text bytes)
{
	const struct file *f = find(name);
	char *data = f != NULL ? content_of(f) : NULL;
	bool same = data != NULL && first >= 0 &&
		    (int64_t)bytes.len <= f->size - first &&
		    memcmp(data + first, bytes.at, bytes.len) == 0;

	free(data);
	return same;
}
