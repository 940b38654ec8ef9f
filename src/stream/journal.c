#include "stream/journal.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/hook.h"
#include "os/memory.h"

static size_t
round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* Lays the parts of the journal out in memory (NULL: only the size). */
static void
lay_out(struct journal *j, char *memory)
{
	size_t at_record = 64, at_base, at_data;

	at_base = round_up(
	    at_record + (size_t)j->records * sizeof(struct record), 64);
	at_data = round_up(
	    at_base + (size_t)j->buffers * sizeof(int64_t), memory_page());
	j->size = at_data + (size_t)j->buffers * BUFFER_BYTES;
	if (memory == NULL)
		return;
	j->head = (struct journal_head *)(void *)memory;
	j->record = (struct record *)(void *)(memory + at_record);
	j->base = (int64_t *)(void *)(memory + at_base);
	j->data = memory + at_data;
}

/* Makes the free lists. 0; -1 if there is no memory, and nothing is left. */
static int
begin(struct journal *j, void *memory)
{
	lay_out(j, memory);
	j->free_record = calloc((size_t)j->records, sizeof(int));
	j->free_buffer = calloc((size_t)j->buffers, sizeof(int));
	if (j->head != NULL && j->free_record != NULL && j->free_buffer != NULL)
		return 0;
	journal_close(j);
	return -1;
}

static void
measure(struct journal *j, int records, const service_table services)
{
	memset(j, 0, sizeof(*j));
	j->services = services;
	j->records = records;
	j->buffers = records * BUFFERS_PER_RECORD;
	lay_out(j, NULL);
}

int
journal_open(
    struct journal *j, int records, const service_table services, int number)
{
	void *memory = NULL;

	measure(j, records, services);
	if (number != JOURNAL_UNKEPT)
		memory = memory_kept(j->size, number);
	j->kept = memory != NULL;
	if (begin(j, j->kept ? memory : memory_shared(j->size)) != 0)
		return -1;
	j->head->noted = -1;
	return 0;
}

int
journal_find(
    struct journal *j, int records, const service_table services, int number)
{
	measure(j, records, services);
	j->kept = true;
	return begin(j, memory_found(j->size, number));
}

void
journal_close(struct journal *j)
{
	if (j->head != NULL)
		memory_drop(j->head, j->size);
	free(j->free_record);
	free(j->free_buffer);
	memset(j, 0, sizeof(*j));
}

/* The record that was given back last; only if there is none, one that was
 * never used: so few pages are ever touched. */
static int
next_record(struct journal *j)
{
	if (j->free_records > 0)
		return j->free_record[--j->free_records];
	return j->head->top++;
}

struct record *
journal_take(struct journal *j, int fd, const struct service *service,
    const struct peer *peer)
{
	struct record *r;

	if (j->used == j->records)
		return NULL;
	r = &j->record[next_record(j)];
	memset(r, 0, sizeof(*r));
	r->in_buf = r->out_buf = r->log_buf = -1;
	r->speaks = service->id;
	r->deadline = r->hold = CLOCK_NEVER;
	r->answer[0].file_fd = r->answer[1].file_fd = -1;
	r->answer[0].own_fd = r->answer[1].own_fd = -1;
	r->peer = *peer;
	j->used++;
	journal_cover(j, fd);
	/* A record without a descriptor is free: it is named last, and the
	 * compiler must not reorder. */
	atomic_signal_fence(memory_order_seq_cst);
	r->fd = fd;
	return r;
}

void
journal_cover(struct journal *j, int fd)
{
	if (fd >= j->head->fd_top)
		j->head->fd_top = fd + 1;
}

void
journal_identify(struct validator *id, const struct stat *st)
{
	memset(id, 0, sizeof(*id));
	id->dev = (uint64_t)st->st_dev;
	id->ino = (uint64_t)st->st_ino;
	id->size = (int64_t)st->st_size;
	id->mtime = (int64_t)st->st_mtim.tv_sec;
	id->mtime_ns = (int64_t)st->st_mtim.tv_nsec;
	/* A file without a date that was written anew would look the same, but
	 * for its time of change, which no program can set. */
	if (!validator_dated(id))
		id->mtime_ns = ((int64_t)st->st_ctim.tv_sec % 1000000000) ^
			       (int64_t)st->st_ctim.tv_nsec;
}

bool
journal_is_file(int file, const struct validator *id)
{
	struct validator is;
	struct stat st;

	if (fstat(file, &st) != 0)
		return false;
	journal_identify(&is, &st);
	return is.dev == id->dev && is.ino == id->ino && is.size == id->size &&
	       is.mtime == id->mtime && is.mtime_ns == id->mtime_ns;
}

bool
journal_is_inode(int file, const struct validator *id)
{
	struct stat st;

	return fstat(file, &st) == 0 && (uint64_t)st.st_dev == id->dev &&
	       (uint64_t)st.st_ino == id->ino;
}

void
journal_drop(struct journal *j, struct record *r)
{
	int fd = r->fd, file = answer_now(r)->file_fd;
	int own = answer_now(r)->own_fd;

	r->fd = -1;
	journal_release(j, &r->in_buf);
	journal_release(j, &r->out_buf);
	journal_release(j, &r->log_buf);
	j->used--;
	j->free_record[j->free_records++] = journal_index(j, r);
	HOOK("freed");
	if (file >= 0)
		(void)close(file);
	if (own >= 0)
		(void)close(own);
	(void)close(fd);
}

int
journal_index(const struct journal *j, const struct record *r)
{
	return (int)(r - j->record);
}

int32_t
journal_buffer(struct journal *j, int64_t base)
{
	int i;

	if (j->free_buffers > 0)
		i = j->free_buffer[--j->free_buffers];
	else if (j->buffer_top < j->buffers)
		i = j->buffer_top++;
	else
		return -1;
	j->base[i] = base;
	return i;
}

void
journal_release(struct journal *j, int32_t *slot)
{
	int32_t buffer = *slot;

	if (buffer < 0)
		return;
	*slot = -1;
	j->free_buffer[j->free_buffers++] = buffer;
}

char *
journal_data(const struct journal *j, int32_t buffer)
{
	return j->data + (size_t)buffer * BUFFER_BYTES;
}

/* The bytes [from, to) of the stream in a ring of a buffer. */
static uint64_t
hash_buffer(const struct journal *j, uint64_t sum, int32_t buffer, int64_t from,
    int64_t to)
{
	int64_t base = j->base[buffer];
	size_t at, n;

	sum = hash_bytes(sum, &base, sizeof(base));
	if ((uint64_t)to - (uint64_t)from > BUFFER_BYTES)
		return sum; /* nonsense, which the record's own sum covers */
	while (from < to) {
		at = (size_t)((uint64_t)from - (uint64_t)base) &
		     (BUFFER_BYTES - 1);
		n = BUFFER_BYTES - at;
		if ((int64_t)n > to - from)
			n = (size_t)(to - from);
		sum = hash_bytes(sum, journal_data(j, buffer) + at, n);
		from += (int64_t)n;
	}
	return sum;
}

uint64_t
journal_sum(const struct journal *j, const struct record *r)
{
	const struct service *service = journal_service(j, r);
	const struct answer *a = answer_now(r);
	uint64_t sum =
	    hash_bytes(r->speaks, r, offsetof(struct record, strikes));

	if (service == NULL)
		return sum;
	if (!service->mirrors)
		sum = hash_bytes(sum, a, sizeof(*a));
	if (r->in_buf >= 0 && r->in_buf < j->buffers)
		sum = hash_buffer(
		    j, sum, r->in_buf, service_retained(service, r), r->in);
	if (r->out_buf >= 0 && r->out_buf < j->buffers)
		sum = hash_buffer(j, sum, r->out_buf, r->out, a->mem_end);
	if (r->log_buf >= 0 && r->log_buf < j->buffers)
		sum = hash_buffer(j, sum, r->log_buf, r->logged, a->log_end);
	return sum;
}
