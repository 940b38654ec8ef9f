/*
 * replay.c - feeds the files of a corpus, and what lies near them, to a fuzz
 * target: all that is left of fuzzing where there is no libFuzzer. Speaks TAP,
 * one line per file.
 *
 * Without arguments the corpus of replay_TARGET is tests/fuzz/corpus/TARGET
 * below $top_srcdir; else the arguments are files, fed as they are.
 */
#include <dirent.h>

#include "fuzz.h"

enum { FILE_BYTES = 1 << 20, NEAR_BYTES = 256 };

static size_t
read_file(const char *path, char *data)
{
	FILE *f = fopen(path, "rb");
	size_t len;

	if (f == NULL) {
		perror(path);
		exit(1);
	}
	len = fread(data, 1, FILE_BYTES, f);
	(void)fclose(f);
	return len;
}

static void
feed(const char *data, size_t len)
{
	char *copy = copy_of(data, len);

	(void)LLVMFuzzerTestOneInput((const uint8_t *)copy, len);
	free(copy);
}

/* Every beginning of the data, and the data with one byte changed. */
static void
feed_near(char *data, size_t len)
{
	static const char bytes[] = "\0\r\n \"%,/0A\xff";
	size_t i, j;
	char was;

	if (len > NEAR_BYTES)
		return;
	for (i = 0; i < len; i++) {
		feed(data, i);
		was = data[i];
		for (j = 0; j < sizeof(bytes) - 1; j++) {
			data[i] = bytes[j];
			feed(data, len);
		}
		data[i] = was;
	}
}

static int
replay_corpus(const char *top, const char *target, char *data)
{
	char path[4096];
	struct dirent *d;
	int count = 0, n;
	size_t len;
	DIR *dir;

	n = snprintf(
	    path, sizeof(path), "%s/tests/fuzz/corpus/%s/", top, target);
	dir = n < (int)sizeof(path) ? opendir(path) : NULL;
	if (dir == NULL) {
		perror(path);
		return 1;
	}
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		(void)snprintf(
		    path + n, sizeof(path) - (size_t)n, "%s", d->d_name);
		len = read_file(path, data);
		feed(data, len);
		feed_near(data, len);
		(void)printf("ok %d - %s: %s\n", ++count, target, d->d_name);
		(void)fflush(stdout);
	}
	(void)closedir(dir);
	(void)printf("1..%d\n", count);
	return count > 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static const char prefix[] = "replay_";
	const char *top = getenv("top_srcdir");
	const char *name = strstr(argv[0], prefix);
	char *data = malloc(FILE_BYTES);
	int i, status = 0;

	must(data != NULL && name != NULL);
	if (argc < 2)
		status = replay_corpus(
		    top != NULL ? top : ".", name + sizeof(prefix) - 1, data);
	for (i = 1; i < argc; i++)
		feed(data, read_file(argv[i], data));
	free(data);
	return status;
}
