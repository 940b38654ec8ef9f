/*
 * journal.h - what is owed to clients: connection records and their buffers.
 *
 * One journal belongs to one executor (a worker and its standby, a thread, a
 * process per client). It lies in one piece of memory without a pointer in
 * it, so that it can outlive the process that writes it; whoever takes over
 * reads it with distrust. What is private to a process and can be rebuilt (the
 * free lists) lies outside that memory.
 *
 * The rules that make a record readable after a death at any instruction:
 *  - a record is free when its fd is -1 or, never used yet, 0; the fd is the
 *    last of it to be written, and it is freed before the close;
 *  - fields that belong together are in `answer`: the spare half is written,
 *    then one store to `half` makes it the valid one;
 *  - bytes in a buffer never move; a buffer's base is written before the
 *    buffer is named in a record, and a buffer is named there before anything
 *    is received into it;
 *  - byte x of the request stream lies in buffer in_buf at x - base, modulo
 *    its size; byte x of the answer stream is in out_buf at x - base if
 *    x < mem_end, else in the file at file_off + (x - mem_end). (An echo's
 *    answer stream is its request stream.)
 *  - a multipart body is owed piece by piece: until its last piece is in the
 *    answer, `part` says which is next, the request it answers stands at
 *    `parsed`, and the file stays open, so that the next piece follows from
 *    these alone; `last`, `linger` and `body` are already those of the whole;
 *  - so is an archive: until its last piece is in the answer, `plan_fd` is
 *    open, and what follows is in it from plan_at on;
 *  - the access log's lines of answers not yet sent are a stream too: byte x
 *    of it is in log_buf at x - base, from `logged` up to log_end. It is
 *    written to the file first and `logged` after that: a death between the
 *    two has that line written twice, and none is missing;
 *  - a record that names neither buffer nor file owes nothing, and its counts
 *    of bytes are exact.
 *
 * It stands on the floor of its lowest users, the services.
 */
#ifndef SERVICE_JOURNAL_H
#define SERVICE_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "http/conditions.h"
#include "http/request.h"
#include "os/socket.h"

enum {
	JOURNAL_VERSION = 1,
	BUFFER_BYTES = 65536, /* a power of two */
	BUFFERS_PER_RECORD = 3
};

/* The answers of a connection that are not yet sent, and what follows. */
struct answer {
	int64_t parsed;	     /* request-stream offset: all before is answered */
	int64_t mem_end;     /* answer-stream offset of the end in out_buf */
	int64_t file_end;    /* answer-stream offset of the end of the file */
	int64_t file_off;    /* where in the file stream byte mem_end lies */
	int64_t log_end;     /* log-stream offset of the end in log_buf */
	struct validator id; /* of file_fd, for who takes it over */
	struct body body;    /* of the last request, still to be dropped */
	int32_t file_fd;     /* -1: no file; >= 0: this record closes it */
	uint8_t last;	     /* nothing is answered after this: close */
	uint8_t linger;	     /* ... and read for a while before that */
	uint8_t part;	     /* what follows of a multipart body: the part of
			      * this number, counted from 1, or the end behind
			      * the last; 0: nothing, or it is none */
	uint8_t stands;	     /* its file is not what was asked for, but stands
			      * for it: STANDS_* */
	uint8_t made;	     /* its file is a page that we made: pages.h */
	uint8_t unused;
	uint16_t
	    padding;	 /* of an archive: zeros to come before the next head */
	int32_t plan_fd; /* ... its plan, until all of it is in the answer;
			  * -1: it is none; >= 0: this record closes it */
	int64_t plan_at; /* ... carried out up to this offset: archive.h */
};

enum { STANDS_ITSELF, STANDS_INDEX, STANDS_PAGE };

enum phase {
	PHASE_OPEN,  /* being served */
	PHASE_LINGER /* all sent and shut down; reading what still comes */
};

enum { SPEAKS_AUTO, SPEAKS_ECHO, SPEAKS_HTTP, SPEAKS_DEMO };

struct record {
	int32_t fd;	  /* the client's socket, -1: record is free */
	int32_t in_buf;	  /* buffer of received bytes, -1: none */
	int32_t out_buf;  /* buffer of rendered answers, -1: none */
	uint8_t speaks;	  /* SPEAKS_* */
	uint8_t phase;	  /* enum phase */
	uint8_t half;	  /* which of answer[] is valid: 0 or 1 */
	uint8_t eof;	  /* the client has shut down its writing side */
	int64_t in;	  /* bytes received (ledger: consumed) */
	int64_t out;	  /* bytes sent (ledger: written) */
	int64_t deadline; /* clock_now() when patience ends */
	int64_t hold;	  /* echo: clock_now() when held bytes are decided */
	uint64_t scan;	  /* echo: offset looked at << 8 | line state */
	int64_t end;	  /* echo: offset where the echo stops, -1: none */
	int64_t lingered; /* bytes dropped in PHASE_LINGER */
	int64_t logged;	  /* log-stream offset: all before is written */
	struct peer peer;
	int32_t log_buf;  /* buffer of the access log's lines, -1: none */
	uint32_t strikes; /* deaths in a row while it was being stepped */
	uint8_t polled;	  /* 1: the poller waits for its input, surely */
	uint64_t paced;	  /* bytes moved when a window of its rate began, */
	int64_t paced_at; /* and clock_now() then; both not in the sum */
	uint64_t sum;	  /* journal_sum() at the end of its last step */
	struct answer answer[2];
};

/* The first bytes of the memory. */
struct journal_head {
	uint32_t version; /* JOURNAL_VERSION */
	int32_t noted;	  /* the record being stepped, -1: none */
	int32_t top;	  /* records below it have been in use */
	int32_t fd_top;	  /* clients' descriptors are below it */
	int32_t polled;	  /* 1: all who wait are known to the poller, and
			   * it may be inherited; the driver's to say */
	int64_t ran;	  /* clock_now() when the driver ran last, or meant to
			   * run again at the latest */
};

struct journal {
	int records; /* in the table */
	int buffers;
	int used; /* records in use */
	struct journal_head *head;
	struct record *record;
	int64_t *base;	  /* base[i]: stream offset of buffer i's byte 0 */
	char *data;	  /* buffer i at data + i * BUFFER_BYTES */
	size_t size;	  /* of all of the above, one mapping */
	int *free_record; /* a stack of records given back */
	int free_records;
	int *free_buffer; /* a stack of buffers given back */
	int free_buffers;
	int buffer_top; /* buffers below it have been in use */
};

/* A journal for `records` connections in memory of its own. 0, or -1. */
int journal_open(struct journal *j, int records);
void journal_close(struct journal *j);

/* A record for a new client on fd, ready to be stepped; NULL if all are in
 * use. speaks: SPEAKS_*. */
struct record *journal_take(
    struct journal *j, int fd, uint8_t speaks, const struct peer *peer);

/* One store makes all of the spare half valid. */
void journal_commit(struct record *r);

/* Frees the record and its buffers and then closes its descriptors. */
void journal_drop(struct journal *j, struct record *r);

int journal_index(const struct journal *j, const struct record *r);

/* A buffer whose byte 0 is stream byte `base`; -1 if there is none. */
int32_t journal_buffer(struct journal *j, int64_t base);

/* Frees the buffer named in *slot and stores -1 there first. */
void journal_release(struct journal *j, int32_t *slot);

char *journal_data(const struct journal *j, int32_t buffer);

/* What tells the file of st from others, and from what it was. */
void journal_identify(struct validator *id, const struct stat *st);

/* Is the open file still the one, unchanged, that id was made of? */
bool journal_is_file(int file, const struct validator *id);

/* From now on fd is one of those that a takeover looks at. */
void journal_cover(struct journal *j, int fd);

/* A checksum of the record and of what it retains: fast, and good against
 * accidents, not against a forger. */
uint64_t journal_sum(const struct journal *j, const struct record *r);

#endif
