/*
 * board.h - the scoreboard: counters and states that processes share.
 *
 * One page for the master and one row for every executor, on pages of its own:
 * figures, and a table of its clients' addresses (address.h). Each
 * field has one writer: the master for its page, an executor for its row. A
 * process maps what is not its own for reading only, so a stray write damages
 * nobody else's figures. Readers believe nothing: a row may hold any number.
 */
#ifndef WORKER_BOARD_H
#define WORKER_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOARD_ROWS_MAX = 512, BOARD_REFUSED_MAX = 64 };

/* How a worker ended, in the master's judgement. */
enum death {
	DEATH_PLANNED, /* it was told to make way */
	DEATH_KILLED,  /* SIGKILL from outside: nobody is to blame */
	DEATH_STOPPED, /* it had been stopped, and was killed for not moving */
	DEATH_FAULT,   /* a crash, or an exit that nobody ordered */
	DEATH_HUNG     /* it did not move, and was killed for it */
};

/* What the master tells a slot's standby before it wakes it; and, in draining,
 * its worker before it is told to leave or to stay. */
struct board_orders {
	_Atomic int32_t dead;	  /* the pid that died */
	_Atomic int32_t cause;	  /* enum death */
	_Atomic int32_t signo;	  /* of the death, 0: it exited */
	_Atomic int32_t draining; /* this slot is not wanted */
	_Atomic int32_t woken; /* the standby that is to take over, 0: none */
	_Atomic int32_t known; /* the standby that the master knows, 0: none */
	_Atomic int32_t asked; /* how often the worker was asked for one */
	_Atomic int64_t at;    /* clock_ns() when it was told */
};

/* Nobody from this network (peer_network) is served until then. */
struct board_refused {
	_Atomic uint64_t network;
	_Atomic int64_t until; /* clock_now() */
};

struct board_master {
	_Atomic int32_t rows;	   /* executors wanted: rows 0..rows-1 count */
	_Atomic int32_t rotations; /* how often logs were to be reopened */
	_Atomic int32_t stopping;  /* 1: nobody is wanted any more */
	uint64_t secret; /* numbers of addresses are made with; never changes */
	_Atomic int32_t refusals; /* how often a network was refused */
	_Atomic int64_t refusing; /* clock_now() when the last one ends */
	struct board_refused refused[BOARD_REFUSED_MAX];
	struct board_orders orders[BOARD_ROWS_MAX]; /* by slot */
};

struct board_row {
	_Atomic int64_t beat;	   /* clock_now() of the last turn */
	_Atomic int32_t accepting; /* 1: takes new clients just now */
	_Atomic int32_t clients;   /* connections now */
	_Atomic uint64_t accepted; /* connections ever, by this executor */
	_Atomic uint64_t requests; /* HTTP answers ever, by this executor */
	_Atomic uint64_t bytes_in;
	_Atomic uint64_t bytes_out;
	volatile int32_t standby;  /* pid, by the kernel: one may come */
	_Atomic int32_t condemned; /* clients the last takeover blamed */
	_Atomic uint64_t takeovers;
	_Atomic uint64_t kept; /* clients, by all takeovers */
	_Atomic uint64_t dropped;
	_Atomic uint64_t unlogged;    /* lines lost to the access log, */
	_Atomic int32_t unlogged_why; /* why the last line was lost, if it was:
				       * errno, else not above 0 */
	_Atomic uint64_t root_seen;   /* as in struct root */
	_Atomic int64_t root_seen_at;
	_Atomic uint32_t unheard; /* lines lost to the event log, ever */
	_Atomic int32_t writer; /* the process that keeps the table, 0: none */
	_Atomic int32_t tabled; /* 1: there ever was something in it */
};

struct board {
	int rows;      /* there is room for */
	size_t places; /* words of each table, a power of two */
	size_t stride; /* bytes of a row with its table */
	char *memory;  /* the master's part, then the rows */
	char *row;
};

/* Room for so many executors with so many clients each. 0, or -1 with errno. */
int board_open(struct board *b, int rows, int clients);

struct board_master *board_master(const struct board *b);
struct board_row *board_row(const struct board *b, int i);
_Atomic uint64_t *board_table(const struct board *b, int i);

/* In a child: only rows [first, first + count) stay writable, for good where
 * memory_seal() can. */
int board_restrict(const struct board *b, int first, int count);

/* Clean figures for an executor that begins in row i; the takeovers of the
 * slot stay. */
void board_begin(const struct board *b, int i, int64_t now);

/* Process pid, which kept the table of row i, is dead and has no heir. */
void board_end(const struct board *b, int i, int32_t pid);

/* Is nobody from this network to be served now? */
bool board_refuses(const struct board *b, uint64_t network, int64_t now);

/* Relaxed: each field stands for itself. */
#define board_set(field, value) \
	atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define board_get(field) atomic_load_explicit(&(field), memory_order_relaxed)

#endif
