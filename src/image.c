#include "image.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "master/config.h"
#include "os/memory.h"
#include "stream/board.h"
#include "stream/journal.h"

/* A walk over an image from end to end. The same functions measure, write and
 * read it, so that these cannot differ. */
struct walk {
	enum { MEASURES, WRITES, READS } does;
	char *at;
	size_t left; /* bytes to be read or written; MEASURES: bytes so far */
	bool failed;
};

static void
walk_bytes(struct walk *w, void *bytes, size_t n)
{
	if (w->does == MEASURES) {
		w->left += n;
		return;
	}
	w->failed = w->failed || n > w->left;
	if (w->failed)
		return;
	if (w->does == READS)
		memcpy(bytes, w->at, n);
	else
		memcpy(w->at, bytes, n);
	w->at += n;
	w->left -= n;
}

static void
walk_number(struct walk *w, int64_t *number)
{
	walk_bytes(w, number, sizeof(*number));
}

/* Writes the constant, or reads it, and fails if it is another number. */
static void
walk_constant(struct walk *w, int64_t constant)
{
	int64_t number = constant;

	walk_number(w, &number);
	w->failed = w->failed || number != constant;
}

/* So many bytes and a NUL. Read, they stay where they are in the image. */
static void
walk_text(struct walk *w, const char **text, size_t len)
{
	char end = '\0';

	if (w->does != READS) {
		union {
			const char *in;
			char *out;
		} bytes = {*text};

		walk_bytes(w, bytes.out, len);
		walk_bytes(w, &end, 1);
		return;
	}
	*text = w->at;
	w->failed = w->failed || len >= w->left || w->at[len] != '\0';
	if (w->failed) {
		*text = NULL;
		return;
	}
	w->at += len + 1;
	w->left -= len + 1;
}

/* A string, or NULL. */
static void
walk_string(struct walk *w, const char **string)
{
	int64_t len = *string != NULL ? (int64_t)strlen(*string) : -1;

	walk_number(w, &len);
	if (len >= 0)
		walk_text(w, string, (size_t)len);
	else
		*string = NULL;
}

static void
walk_arguments(struct walk *w, char ***argv)
{
	int64_t i, count = 0;
	const char *argument;

	while (w->does != READS && (*argv)[count] != NULL)
		count++;
	walk_number(w, &count);
	if (w->does == READS) {
		w->failed = w->failed || count < 0 || (uint64_t)count > w->left;
		*argv = w->failed ? NULL
				  : calloc((size_t)count + 1, sizeof(**argv));
		w->failed = *argv == NULL;
	}
	for (i = 0; i < count && !w->failed; i++) {
		argument = (*argv)[i];
		walk_string(w, &argument);
		/* Nobody writes to an argument. */
		(*argv)[i] = (char *)(uintptr_t)argument;
		w->failed = w->failed || argument == NULL;
	}
}

static void
walk_file(struct walk *w, struct content *file)
{
	int64_t id[] = {(int64_t)file->st.st_dev, (int64_t)file->st.st_ino,
	    (int64_t)file->st.st_size, (int64_t)file->st.st_ctim.tv_sec,
	    (int64_t)file->st.st_ctim.tv_nsec};
	int64_t len = (int64_t)file->len;
	size_t i;

	walk_string(w, &file->name);
	walk_number(w, &len);
	for (i = 0; i < sizeof(id) / sizeof(id[0]); i++)
		walk_number(w, &id[i]);
	w->failed = w->failed || file->name == NULL || len < 0;
	if (w->failed)
		return;
	walk_text(w, &file->text, (size_t)len);
	if (w->does != READS)
		return;
	file->len = (size_t)len;
	file->st.st_dev = (dev_t)id[0];
	file->st.st_ino = (ino_t)id[1];
	file->st.st_size = (off_t)id[2];
	file->st.st_ctim.tv_sec = (time_t)id[3];
	file->st.st_ctim.tv_nsec = (long)id[4];
}

static void
walk_files(struct walk *w, struct contents *c)
{
	int64_t i, count = c->count;

	walk_number(w, &count);
	w->failed = w->failed || count < 0 || count > CONTENTS_MAX;
	for (i = 0; i < count && !w->failed; i++)
		walk_file(w, &c->file[i]);
	if (w->does != READS)
		return;
	c->count = w->failed ? 0 : (int)count;
	c->whole = true;
}

static void
walk_image(struct walk *w, struct image *image)
{
	int64_t seen = (int64_t)image->root_seen;

	walk_constant(w, 0x6567616d49465001); /* what this is */
	walk_constant(w, IMAGE_VERSION);
	walk_constant(w, (int64_t)sizeof(struct journal_head));
	walk_constant(w, (int64_t)sizeof(struct record));
	walk_constant(w, (int64_t)sizeof(struct board_master));
	walk_constant(w, (int64_t)sizeof(struct board_row));
	walk_constant(w, (int64_t)master_state_size());
	walk_arguments(w, &image->argv);
	walk_number(w, &image->descriptors);
	walk_number(w, &image->max_clients);
	walk_number(w, &image->poller);
	walk_number(w, &image->listeners);
	walk_number(w, &image->status);
	walk_number(w, &image->adopted);
	walk_number(w, &image->auth_ms);
	walk_number(w, &image->rereads);
	walk_number(w, &image->log_fd);
	walk_number(w, &image->standby);
	walk_number(w, &image->keeper);
	walk_string(w, &image->program);
	walk_string(w, &image->service);
	walk_string(w, &image->log);
	walk_string(w, &image->access_log);
	walk_string(w, &image->root);
	walk_string(w, &image->only);
	walk_number(w, &seen);
	image->root_seen = (uint64_t)seen;
	walk_files(w, &image->contents);
}

void
image_version(char out[IMAGE_VERSION_TEXT])
{
	const size_t sizes[] = {sizeof(struct journal_head),
	    sizeof(struct record), sizeof(struct board_master),
	    sizeof(struct board_row), master_state_size()};
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
		sum = sum * 31 + (uint32_t)sizes[i];
	(void)snprintf(
	    out, IMAGE_VERSION_TEXT, "%d.%" PRIx32, IMAGE_VERSION, sum);
}

int
image_write(struct image *image, int number)
{
	struct walk w = {.does = MEASURES};
	size_t size;
	char *bytes;
	int result = -1;

	walk_image(&w, image);
	size = w.left;
	bytes = malloc(size);
	if (bytes == NULL)
		return -1;
	w = (struct walk){.does = WRITES, .at = bytes, .left = size};
	walk_image(&w, image);
	if (!w.failed && w.left == 0)
		result = memory_write_once(bytes, size, number);
	free(bytes);
	return result;
}

int
image_read(struct image *image, int number)
{
	struct walk w = {.does = READS};
	const char *bytes;

	memset(image, 0, sizeof(*image));
	bytes = memory_read_back(&w.left, number);
	if (bytes == NULL)
		return -1;
	w.at = (char *)(uintptr_t)bytes;
	walk_image(&w, image);
	return w.failed || w.left != 0 ? -1 : 0;
}
