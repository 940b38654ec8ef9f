/*
 * record.h - what is left of a connection when its worker dies.
 *
 * This is the one page that says what makes a record readable after a death
 * at any instruction. The rules are kept by the functions of this room
 * (src/stream/) and by nobody else: a service reads a record through them, and
 * changes what they let it change.
 *
 * A record stands for two streams, that of the requests (what the client has
 * sent) and that of the answers. A byte is named by its offset in its stream,
 * from the connection's first byte on.
 *
 *  1. A record is free when its fd is -1 or, never used yet, 0. The fd is
 *     the last of it to be written, and it is freed before the close.
 *  2. Fields that belong together are in `struct answer`, of which there are
 *     two. One is valid and is only read (answer_now). The other is a copy
 *     that is changed (answer_begin) until one store makes all of it valid
 *     (answer_commit). A death before that store leaves the answer as it was,
 *     a death after it leaves the new one; there is nothing between. What an
 *     answer names is there before that store; what it has ceased to name is
 *     given back after it.
 *  3. Bytes in a buffer never move. A buffer's base is written before the
 *     buffer is named in a record, and a buffer is named there before anything
 *     is put into it. To move bytes is to copy them to another buffer and then
 *     to name that (input_renew).
 *  4. Where a byte lies follows from the record and its offset alone. Byte x
 *     of the requests is in in_buf at x - base, modulo its size. Byte x of
 *     the answers is in out_buf at x - base if x < mem_end, else in the file
 *     at file_off + (x - mem_end). A service that mirrors (service.h) has no
 *     answers of its own: its answers are the requests, sent from in_buf.
 *  5. How much was received and sent is `in` and `out`. A death may come
 *     between a system call and the store of its result: so a takeover asks
 *     the kernel's ledger, and believes that. What is retained (service.h) is
 *     in in_buf until it is answered.
 *  6. A record that names neither buffer nor file owes nothing, and its
 *     counts of bytes are exact.
 *  7. A descriptor that an answer names is the record's: it outlives the
 *     worker, and is closed with the record or after the store by which it is
 *     named no longer. Any other is closed by a takeover.
 *  8. The access log's lines of answers not yet sent are a stream too: byte x
 *     of it is in log_buf at x - base, from `logged` up to log_end. A line is
 *     written to the file first and `logged` after that: a death between the
 *     two has that line written twice, and none is missing.
 *  9. A service keeps what is its own in `own`, of the record or of the
 *     answer. In the record it has to be readable after each single store; in
 *     the answer it changes with the rest.
 * 10. Bytes that say who the client is come before those of the requests and
 *     are counted apart: the ledger has preface + in. How many they are is
 *     written, with the address, before the first of them is received.
 * 11. At the end of each step the record has its checksum (journal_sum), for
 *     what a fault may have written over it.
 *
 * What a takeover believes of all this is in audit.h.
 */
#ifndef STREAM_RECORD_H
#define STREAM_RECORD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/conditions.h"
#include "os/socket.h"

enum { RECORD_OWN = 16, ANSWER_OWN = 48 };

/* The answers of a connection that are not yet sent, and what follows. */
struct answer {
	int64_t parsed;	     /* request-stream offset: all before is answered */
	int64_t mem_end;     /* answer-stream offset of the end in out_buf */
	int64_t file_end;    /* answer-stream offset of the end of the file */
	int64_t file_off;    /* where in the file stream byte mem_end lies */
	int64_t log_end;     /* log-stream offset of the end in log_buf */
	struct validator id; /* of file_fd, for a takeover */
	int32_t file_fd;     /* -1: no file; >= 0: this record closes it */
	int32_t own_fd;	     /* a descriptor of the service's own; as file_fd */
	uint8_t last;	     /* nothing is answered after this: close */
	uint8_t linger;	     /* ... and read for a while before that */
	uint8_t unused[6];
	_Alignas(8) unsigned char own[ANSWER_OWN]; /* the service's */
};

enum phase {
	PHASE_OPEN,  /* being served */
	PHASE_LINGER /* all sent and shut down; reading what still comes */
};

struct record {
	int32_t fd;	  /* the client's socket, -1: record is free */
	int32_t in_buf;	  /* buffer of received bytes, -1: none */
	int32_t out_buf;  /* buffer of rendered answers, -1: none */
	uint8_t speaks;	  /* id of the service */
	uint8_t phase;	  /* enum phase */
	uint8_t half;	  /* which of answer[] is valid: 0 or 1 */
	uint8_t eof;	  /* the client has shut down its writing side */
	int64_t in;	  /* bytes received (ledger: consumed, less skipped) */
	int64_t out;	  /* bytes sent (ledger: written) */
	int64_t deadline; /* clock_now() when its time is up */
	int64_t hold;	  /* clock_now() when held bytes are decided */
	int64_t lingered; /* bytes dropped in PHASE_LINGER */
	int64_t logged;	  /* log-stream offset: all before is written */
	_Alignas(8) unsigned char own[RECORD_OWN]; /* the service's */
	struct peer peer;
	int32_t log_buf;  /* buffer of the access log's lines, -1: none */
	uint32_t strikes; /* deaths in a row while it was being stepped */
	uint8_t polled;	  /* 1: the poller surely waits for its input */
	uint16_t preface; /* bytes before those of the requests; 0: none, or
			   * not known yet */
	uint16_t skipped; /* of them, so many were received */
	uint64_t paced;	  /* bytes moved when a window of its rate began, */
	int64_t paced_at; /* and clock_now() then; both not in the sum */
	uint64_t sum;	  /* journal_sum() at the end of its last step */
	struct answer answer[2];
};

/* The valid answer. Of a record that was scribbled over, one of the two. */
static inline const struct answer *
answer_now(const struct record *r)
{
	return &r->answer[r->half & 1];
}

/* A copy of the valid answer, to be changed. It counts for nothing until it is
 * committed; another begin makes it a copy again. */
static inline struct answer *
answer_begin(struct record *r)
{
	struct answer *next = &r->answer[!(r->half & 1)];

	*next = *answer_now(r);
	return next;
}

/* One store makes valid what was begun. */
static inline void
answer_commit(struct record *r)
{
	/* The compiler must not reorder. */
	atomic_signal_fence(memory_order_seq_cst);
	r->half = !(r->half & 1);
	atomic_signal_fence(memory_order_seq_cst);
}

/* The end of what is answered, if that is all that the first `consumed` bytes
 * of the requests ask for; else INT64_MAX, for it is not known yet. */
int64_t record_owed(const struct record *r, int64_t consumed);

/* Is it as in a new record, but for the offsets? */
bool answer_is_blank(const struct answer *a);

/* Is it as journal_take made it, but for what was received? */
bool record_is_fresh(const struct record *r);

#endif
