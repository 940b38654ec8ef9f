#include "job.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive.h"
#include "entries.h"
#include "os/memory.h"
#include "os/root.h"
#include "visible.h"

enum {
	SLICE = 256,	       /* entries read or written in one go */
	ENTRIES_MAX = 1000000, /* a page of more is refused */
	RENDER_BYTES = LISTING_ENDS_BYTES,
	COMPARE_BYTES = 4096 /* on the stack, which may be a thread's */
};

enum stage { READ, SORT, HEAD, ITEMS, TAIL, DONE };

/* Of a plan: a directory above the one that is being read. */
struct level {
	struct level *above;
	struct entries entries;
	size_t at;
	char *path;
	uint64_t dev, ino;
};

struct job {
	enum stage stage;
	const struct service_config *config;
	DIR *dir;
	int file; /* the page */
	int64_t length;
	int like;	/* another's page, or -1: */
	bool different; /* from that */
	struct listing_view view;
	char *path;
	struct entries entries;
	size_t at;	     /* of them: rendered or planned */
	struct level *above; /* of a plan */
	uint64_t dev, ino;   /* of the directory */
	size_t above_bytes;  /* that those hold */
	size_t all;	     /* entries, in those too */
	size_t skip;	     /* of each path, in the archive */
	int64_t archive_length;
	struct out out;
	char render[RENDER_BYTES];
};

struct job *
job_new(const struct service_config *config, int dir, const char *path,
    const struct listing_view *view, int like)
{
	struct job *job = calloc(1, sizeof(*job));
	struct stat st;

	if (job == NULL) {
		(void)close(dir);
		return NULL;
	}
	job->config = config;
	job->view = *view;
	job->like = like;
	job->different = like < 0;
	job->file = -1;
	if (fstat(dir, &st) == 0) {
		job->dev = (uint64_t)st.st_dev;
		job->ino = (uint64_t)st.st_ino;
	}
	job->path = strdup(path);
	job->dir = fdopendir(dir);
	if (job->dir == NULL)
		(void)close(dir);
	else
		job->file = memory_file();
	if (job->path == NULL || job->dir == NULL || job->file < 0) {
		job_free(job);
		return NULL;
	}
	return job;
}

static size_t
above_bytes(const struct level *level)
{
	return entries_bytes(&level->entries) + sizeof(*level);
}

void
job_free(struct job *job)
{
	if (job->dir != NULL)
		(void)closedir(job->dir);
	if (job->file >= 0)
		(void)close(job->file);
	job->dir = NULL;
	job_abandon(job);
}

/* Goes back to the directory above. */
static void
rise(struct job *job)
{
	struct level *above = job->above;

	free(job->path);
	entries_free(&job->entries);
	job->above = above->above;
	job->entries = above->entries;
	job->at = above->at;
	job->path = above->path;
	job->dev = above->dev;
	job->ino = above->ino;
	job->above_bytes -= above_bytes(above);
	free(above);
}

void
job_abandon(struct job *job)
{
	while (job->above != NULL)
		rise(job);
	free(job->path);
	entries_free(&job->entries);
	free(job);
}

static int
add(struct job *job, const char *name)
{
	struct stat st;

	/* What may not be served is not listed, nor what has just gone. */
	if (!visible(job->config, dirfd(job->dir), job->path, name, &st))
		return 0;
	if (job->all == ENTRIES_MAX) {
		errno = EOVERFLOW;
		return -1;
	}
	if (entries_add(&job->entries, name, &st) != 0)
		return -1;
	job->all++;
	return 0;
}

static int
end_reading(struct job *job)
{
	job->stage = SORT;
	return entries_end(&job->entries);
}

static int
read_slice(struct job *job)
{
	struct dirent *d;
	size_t i;

	for (i = 0; i < SLICE; i++) {
		errno = 0;
		d = readdir(job->dir);
		if (d == NULL)
			return errno != 0 ? -1 : end_reading(job);
		if (add(job, d->d_name) != 0)
			return -1;
	}
	return 0;
}

static void
sort_slice(struct job *job)
{
	if (!entries_sort(&job->entries, &job->view))
		return;
	job->stage = HEAD;
	job->at = 0;
}

/* Is what was rendered in the other page too, at the same place? */
static bool
is_alike(const struct job *job)
{
	char other[COMPARE_BYTES];
	size_t at, n;

	for (at = 0; at < job->out.len; at += n) {
		n = job->out.len - at;
		if (n > sizeof(other))
			n = sizeof(other);
		if (pread(job->like, other, n,
			(off_t)job->length + (off_t)at) != (ssize_t)n ||
		    memcmp(other, job->render + at, n) != 0)
			return false;
	}
	return true;
}

/* Writes what was rendered to the page. */
static int
flush(struct job *job)
{
	size_t done = 0;
	ssize_t n;

	if (job->out.full) {
		errno = EOVERFLOW;
		return -1;
	}
	job->different = job->different || !is_alike(job);
	while (done < job->out.len) {
		n = write(job->file, job->render + done, job->out.len - done);
		if (n < 0)
			return -1;
		done += (size_t)n;
	}
	job->length += (int64_t)done;
	out_init(&job->out, job->render, sizeof(job->render));
	return 0;
}

static int
render_slice(struct job *job)
{
	size_t i;

	for (i = 0; i < SLICE && job->at < job->entries.count; i++, job->at++) {
		if (job->out.cap - job->out.len < LISTING_ENTRY_BYTES &&
		    flush(job) != 0)
			return -1;
		listing_item(&job->out, &job->view,
		    &job->entries.entry[job->at], (uint64_t)job->at);
	}
	if (job->at == job->entries.count)
		job->stage = TAIL;
	return 0;
}

/* The directory itself, if it has a name. */
static int
begin_plan(struct job *job)
{
	size_t len = strlen(job->path);
	struct stat st;

	job->stage = ITEMS;
	if (job->above != NULL)
		return 0;
	out_init(&job->out, job->render, sizeof(job->render));
	if (len == 1)
		return 0;
	for (job->skip = len - 1; job->path[job->skip - 1] != '/'; job->skip--)
		;
	/* Paths below the root have no '/' at the beginning. */
	job->skip--;
	if (fstat(dirfd(job->dir), &st) != 0)
		return -1;
	return archive_plan(&job->out, job->path + 1, job->skip, 0,
	    (int64_t)st.st_mtime, &job->archive_length);
}

/* Is it one that it lies in? A symbolic link may say so. */
static bool
is_above(const struct job *job, uint64_t dev, uint64_t ino)
{
	const struct level *level;

	for (level = job->above; level != NULL; level = level->above)
		if (level->dev == dev && level->ino == ino)
			return true;
	return job->dev == dev && job->ino == ino;
}

/* Goes on with a directory that lies in this one; path is taken over. */
static int
descend(struct job *job, char *path)
{
	struct level *level = calloc(1, sizeof(*level));
	struct stat st;

	if (level == NULL) {
		free(path);
		return -1;
	}
	level->above = job->above;
	free(job->entries.spare);
	job->entries.spare = NULL;
	level->entries = job->entries;
	level->at = job->at;
	level->path = job->path;
	level->dev = job->dev;
	level->ino = job->ino;
	job->above_bytes += above_bytes(level);
	job->above = level;
	job->path = path;
	memset(&job->entries, 0, sizeof(job->entries));
	job->stage = READ;
	if (fstat(dirfd(job->dir), &st) != 0)
		return -1;
	job->dev = (uint64_t)st.st_dev;
	job->ino = (uint64_t)st.st_ino;
	return 0;
}

/* Enters the directory, unless it lies in itself. */
static int
enter(struct job *job, const char *path)
{
	char *whole = malloc(strlen(path) + 2);
	int fd = root_open_beneath(job->config->root, path);
	struct stat st;

	if (whole == NULL || fd < 0 || fstat(fd, &st) != 0) {
		free(whole);
		if (fd >= 0)
			(void)close(fd);
		return -1;
	}
	if (is_above(job, (uint64_t)st.st_dev, (uint64_t)st.st_ino)) {
		free(whole);
		(void)close(fd);
		return 0;
	}
	whole[0] = '/';
	memcpy(whole + 1, path, strlen(path) + 1);
	(void)closedir(job->dir);
	job->dir = fdopendir(fd);
	if (job->dir == NULL) {
		free(whole);
		(void)close(fd);
		return -1;
	}
	return descend(job, whole);
}

static int
plan_one(struct job *job, const struct listing_entry *e)
{
	char path[PATH_BYTES + 2];
	size_t a = strlen(job->path + 1), b = strlen(e->name);

	if (a + b + 2 > sizeof(path)) {
		errno = EOVERFLOW;
		return -1;
	}
	memcpy(path, job->path + 1, a);
	memcpy(path + a, e->name, b + 1);
	if (e->directory)
		memcpy(path + a + b, "/", 2);
	if (job->out.cap - job->out.len < PLAN_ITEM_BYTES && flush(job) != 0)
		return -1;
	if (archive_plan(&job->out, path, job->skip, e->directory ? 0 : e->size,
		e->mtime, &job->archive_length) != 0)
		return -1;
	return e->directory ? enter(job, path) : 0;
}

static int
plan_slice(struct job *job)
{
	size_t i;

	for (i = 0; i < SLICE && job->stage == ITEMS; i++) {
		if (job->at < job->entries.count) {
			if (plan_one(job, &job->entries.entry[job->at++]) != 0)
				return -1;
		} else if (job->above != NULL) {
			rise(job);
		} else {
			job->stage = TAIL;
		}
	}
	return 0;
}

int
job_run(struct job *job)
{
	switch (job->stage) {
	case READ:
		return read_slice(job);
	case SORT:
		sort_slice(job);
		return 0;
	case HEAD:
		if (job->view.format == LISTING_PLAN)
			return begin_plan(job);
		out_init(&job->out, job->render, sizeof(job->render));
		listing_head(
		    &job->out, &job->view, job->path, strlen(job->path));
		job->stage = ITEMS;
		return flush(job);
	case ITEMS:
		return job->view.format == LISTING_PLAN ? plan_slice(job)
							: render_slice(job);
	case TAIL:
		if (flush(job) != 0)
			return -1;
		if (job->view.format == LISTING_PLAN)
			archive_plan_end(&job->out, job->archive_length);
		else
			listing_tail(&job->out, &job->view,
			    (uint64_t)job->entries.count);
		job->stage = DONE;
		return flush(job) != 0 ? -1 : 1;
	case DONE:
		break;
	}
	return 1;
}

size_t
job_bytes(const struct job *job)
{
	return entries_bytes(&job->entries) +
	       job->entries.count * sizeof(struct listing_entry) +
	       job->above_bytes + (size_t)job->length;
}

int
job_result(struct job *job, int64_t *length)
{
	int file = job->file;
	struct stat st;

	*length = job->length;
	if (!job->different && fstat(job->like, &st) == 0 &&
	    (int64_t)st.st_size == job->length)
		return -1;
	job->file = -1;
	return file;
}
