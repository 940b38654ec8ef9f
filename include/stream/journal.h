/*
 * journal.h - what is owed to clients: connection records and their buffers.
 *
 * One journal belongs to one executor (a worker and its standby, a thread, a
 * process per client). It lies in one piece of memory without a pointer in
 * it, so that it can outlive the process that writes it; the takeover reads it
 * with distrust. What is private to a process and can be rebuilt (the free
 * lists) lies outside that memory.
 *
 * The rules by which it can be read are in record.h.
 */
#ifndef STREAM_JOURNAL_H
#define STREAM_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "stream/record.h"
#include "stream/service.h"

enum {
	BUFFER_BYTES = 65536, /* a power of two */
	BUFFERS_PER_RECORD = 3
};

/* The first bytes of the memory. */
struct journal_head {
	int32_t noted;	/* the record being stepped, -1: none */
	int32_t top;	/* records below it have been in use */
	int32_t fd_top; /* clients' descriptors are below it */
	int32_t polled; /* 1: the poller knows all connections that wait, and
			 * may be inherited; the driver says so */
	int64_t ran;	/* clock_now() when the driver ran last, or meant to
			 * run again at the latest */
};

struct journal {
	const struct service *const *services; /* SERVICES_MAX, by id */
	int records;			       /* in the table */
	int buffers;
	int used; /* records in use */
	struct journal_head *head;
	struct record *record;
	int64_t *base;	  /* base[i]: stream offset of buffer i's byte 0 */
	char *data;	  /* buffer i at data + i * BUFFER_BYTES */
	size_t size;	  /* of all of the above, one mapping */
	bool kept;	  /* it has a descriptor */
	int *free_record; /* a stack of records given back */
	int free_records;
	int *free_buffer; /* a stack of buffers given back */
	int free_buffers;
	int buffer_top; /* buffers below it have been in use */
};

enum { JOURNAL_UNKEPT = -1 };

/* A journal for `records` connections, which speak those services, in memory of
 * its own. number: the descriptor by which another program of this process
 * finds it; JOURNAL_UNKEPT: none will. Where memory can have no descriptor it
 * is not kept. 0, or -1. */
int journal_open(
    struct journal *j, int records, const service_table services, int number);

/* The journal that was kept at that descriptor, as it was left: nothing in it
 * has been looked at, and its free lists are empty. That it is a journal for so
 * many records it knows from the seals and the size of the memory, not from its
 * contents, which a fault may have overwritten. 0; -1: it is none of that size.
 */
int journal_find(
    struct journal *j, int records, const service_table services, int number);

/* Gives back its memory; what is kept at its descriptor stays there. */
void journal_close(struct journal *j);

/* A record for a new client on fd, ready to be stepped; NULL if all are in
 * use. */
struct record *journal_take(struct journal *j, int fd,
    const struct service *service, const struct peer *peer);

/* The service of a record, NULL if there is none of that number. */
static inline const struct service *
journal_service(const struct journal *j, const struct record *r)
{
	return r->speaks < SERVICES_MAX ? j->services[r->speaks] : NULL;
}

/* Frees the record and its buffers and then closes its descriptors. */
void journal_drop(struct journal *j, struct record *r);

int journal_index(const struct journal *j, const struct record *r);

/* A buffer whose byte 0 is stream byte `base`; -1 if there is none. */
int32_t journal_buffer(struct journal *j, int64_t base);

/* Frees the buffer named in *slot and stores -1 there first. */
void journal_release(struct journal *j, int32_t *slot);

char *journal_data(const struct journal *j, int32_t buffer);

/* Where byte x of the stream is in a buffer that is no ring. */
static inline char *
journal_byte(const struct journal *j, int32_t buffer, int64_t x)
{
	return journal_data(j, buffer) + (x - j->base[buffer]);
}

/* The room from byte x on in such a buffer. */
static inline int64_t
journal_room(const struct journal *j, int32_t buffer, int64_t x)
{
	return BUFFER_BYTES - (x - j->base[buffer]);
}

/* Fills in what tells the file of st from others, and from itself changed. */
void journal_identify(struct validator *id, const struct stat *st);

/* Is the open file still the one, unchanged, that id was made of? */
bool journal_is_file(int file, const struct validator *id);

/* Is it that file, be it changed or not? */
bool journal_is_inode(int file, const struct validator *id);

/* Notes that a record names fd, so that a takeover looks at least as far. */
void journal_cover(struct journal *j, int fd);

/* A checksum of the record and of what it retains: fast, and good against
 * accidents, not against a forger. */
uint64_t journal_sum(const struct journal *j, const struct record *r);

#endif
