/*
 * board.h - the scoreboard: counters and states that processes share.
 *
 * One page for the master and one row for every executor, on pages of its own:
 * figures, and a table of its clients' addresses (src/worker/address.h). Each
 * field has one writer: the master for its page, an executor for its row. A
 * process maps what is not its own for reading only, so a stray write damages
 * nobody else's figures. Readers believe nothing: a row may hold any number.
 *
 * Where programs are changed the board has a descriptor, by which it is found.
 * That is for reading and writing, and in every process's table: code that was
 * injected into a worker could map the board once more by it, and write to the
 * master's part. What it can gain by that is what it could do anyway: kill, and
 * stop, the other processes of the server, which are of the same user. The
 * master believes no word that stands there without asking the kernel.
 */
#ifndef STREAM_BOARD_H
#define STREAM_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { BOARD_ROWS_MAX = 512, BOARD_REFUSED_MAX = 64 };

/* How a worker ended, in the master's judgement. */
enum death {
	DEATH_PLANNED, /* it was told to make way */
	DEATH_KILLED,  /* SIGKILL from outside: no client is to blame */
	DEATH_STOPPED, /* it had been stopped, and was killed for not moving */
	DEATH_FAULT,   /* a crash, or an exit that nobody ordered */
	DEATH_HUNG,    /* it did not move, and was killed for it */
	DEATHS
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

/* No client from this network (peer_network) is served until then. */
struct board_refused {
	_Atomic uint64_t network;
	_Atomic int64_t until; /* clock_now() */
};

/* What is counted, in a row and in its totals. A count only grows. */
enum board_count {
	COUNT_CLIENTS,	 /* connections that were accepted and served */
	COUNT_BYTES_IN,	 /* received from clients */
	COUNT_BYTES_OUT, /* handed to the kernel for clients: heads and bodies,
			  * or echo */
	COUNT_UNLOGGED,	 /* lines that the access log had no room for */
	COUNT_TAKEOVERS, /* of this row's worker by its standby */
	COUNT_KEPT,	 /* clients that a takeover went on with */
	COUNT_DROPPED,	 /* clients that a takeover gave up, */
	COUNT_BLAMED,	 /* and those of them that were to blame */
	COUNT_2XX,	 /* HTTP answers that were begun, by class of status, */
	COUNT_3XX,
	COUNT_4XX,
	COUNT_5XX,
	COUNT_REFUSED_ADDRESS, /* clients: their address has too many, */
	COUNT_REFUSED_NETWORK, /* their network has been blamed too often, */
	COUNT_REFUSED_PROXY,   /* they are no proxy that may come, */
	COUNT_GAVE_WAY,	       /* another has their place, */
	COUNT_SLOW,	       /* they were too slow when places were scarce */
	COUNT_ANSWER_MS,       /* the time of all answers, and how many of them
				* took how long: board_time() */
	COUNT_TIMES,
	BOARD_COUNTS = COUNT_TIMES + 11,
	COUNT_REQUESTS = BOARD_COUNTS /* all of them: only to be read */
};

/* The upper bounds, ms, of all classes of times but the last. */
enum { BOARD_BOUNDS = BOARD_COUNTS - COUNT_TIMES - 1 };
extern const int64_t board_bounds[BOARD_BOUNDS];

/* What is to be counted of an answer that took so many ms. */
enum board_count board_time(int64_t ms);

/* What the master has added up of one row, seen - base: see board_fold(). */
struct board_total {
	_Atomic uint64_t seen[BOARD_COUNTS]; /* in the row, the last time */
	_Atomic uint64_t base[BOARD_COUNTS];
};

/* What a slot is doing, for the status. */
enum shown_state {
	SHOWN_EMPTY,	/* there is no process */
	SHOWN_STARTING, /* a process has yet to say that it serves */
	SHOWN_SERVING,
	SHOWN_RENEWING, /* it serves, and its successor is starting */
	SHOWN_TAKING,	/* the standby is taking over */
	SHOWN_ABORTING, /* it hangs, and is being ended */
	SHOWN_WAITING,	/* the next start has to wait */
	SHOWN_RESTING,	/* the takeover has to wait */
	SHOWN_LEAVING,	/* it finishes what was begun */
	SHOWN_STATES
};

/* What the master tells the status of the process that has this row. */
struct board_shown {
	_Atomic int32_t state;	/* enum shown_state */
	_Atomic int32_t worker; /* pids, 0: none */
	_Atomic int32_t standby;
	_Atomic int64_t born; /* clock_now() */
};

/* Why a server stops: for good, or for another server that has its listeners.
 */
enum { BOARD_STOPS = 1, BOARD_MAKES_WAY };

struct board_master {
	_Atomic int32_t rows;	   /* executors wanted: rows 0..rows-1 count */
	_Atomic int32_t rotations; /* how often logs were to be reopened */
	_Atomic int32_t rereads;   /* how often files were to be read again */
	_Atomic int32_t stopping;  /* BOARD_STOPS, BOARD_MAKES_WAY; 0: it goes
				    * on */
	_Atomic int32_t ready;	   /* 1: all have served once */
	_Atomic int32_t draining;  /* 1: it stops soon, and serves until then */
	_Atomic int32_t used;	   /* rows that were ever wanted */
	_Atomic int64_t began;	   /* clock_now() when the first master did */
	_Atomic uint64_t deaths[DEATHS];	 /* of workers, by cause */
	_Atomic uint64_t standby_deaths[DEATHS]; /* ... of standbys */
	_Atomic uint64_t master_deaths;
	_Atomic uint64_t unheard; /* lines that the event log had no room for;
				   * the keeper counts its own as well */
	uint64_t secret; /* numbers of addresses are made with; never changes */
	_Atomic int32_t refusals; /* how often a network was refused */
	_Atomic int64_t refusing; /* clock_now() when the last one ends */
	struct board_refused refused[BOARD_REFUSED_MAX];
	struct board_orders orders[BOARD_ROWS_MAX]; /* by slot */
	struct board_total total[BOARD_ROWS_MAX];   /* by row */
	struct board_shown shown[BOARD_ROWS_MAX];
};

struct board_row {
	_Atomic int64_t beat;	   /* clock_now() of the last turn */
	_Atomic int32_t accepting; /* 1: takes new clients just now */
	_Atomic int32_t clients;   /* connections now */
	_Atomic uint32_t gave;	   /* changes when clients were given something,
				    * but not by an executor that is draining */
	_Atomic uint64_t count[BOARD_COUNTS];
	volatile int32_t standby; /* the pid of the standby made last, by the
				   * kernel; it may have yet to report */
	volatile int32_t second;  /* the same of the holder behind it, which is
				   * made when the worker makes way */
	_Atomic int32_t unlogged_why; /* errno, if the last line for the access
				       * log was lost; else 0 or below */
	_Atomic uint64_t root_seen;   /* as in struct root */
	_Atomic int64_t root_seen_at;
	_Atomic int32_t program;  /* its number, -1: it has yet to say so */
	_Atomic uint64_t layout;  /* process_layout() of the worker; 0: it has
				   * yet to say so */
	_Atomic uint32_t took;	  /* us, of its last takeover; 0: none */
	_Atomic uint32_t unheard; /* lines lost to the event log, ever */
	_Atomic int32_t writer; /* the process that keeps the table, 0: none */
	_Atomic int32_t tabled; /* 1: the table was ever written to */
};

struct board {
	int rows;      /* there is room for */
	size_t places; /* words of each table, a power of two */
	size_t stride; /* bytes of a row with its table */
	bool kept;     /* it has a descriptor */
	char *memory;  /* the master's part, then the rows */
	char *row;
};

enum { BOARD_UNKEPT = -1 };

/* Room for so many executors with so many clients each. number: the descriptor
 * by which another program of these processes finds it; BOARD_UNKEPT: none
 * will, and so it is where there can be none. 0, or -1 with errno. */
int board_open(struct board *b, int rows, int clients, int number);

/* The board that was kept there, of that size, for reading and writing. 0, or
 * -1 with errno. */
int board_find(struct board *b, int rows, int clients, int number);

struct board_master *board_master(const struct board *b);
struct board_row *board_row(const struct board *b, int i);
_Atomic uint64_t *board_table(const struct board *b, int i);

/* In a child: only rows [first, first + count) stay writable, for good where
 * memory_seal() can. */
int board_restrict(const struct board *b, int first, int count);

/* An executor begins in row i: clears what was so of the last one. The counts
 * go on. */
void board_begin(const struct board *b, int i, int64_t now);

/* Process pid is dead, and no other goes on with its clients. If it kept the
 * table of row i, that does not count any more. */
void board_end(const struct board *b, int i, int32_t pid);

/*
 * Counts. An executor adds to its row after each step of a connection, by one
 * atomic addition for each count, and an answer before its first byte is sent.
 * So a row may have several writers (a worker that finishes beside its
 * successor, the processes of clients), is whole after a death at any
 * instruction, and is never cleared. It adds before it closes the connection: a
 * client that has seen its end has been counted. The next in the row goes on
 * from what is there. A death loses what the steps under way
 * had not added yet: of a worker one step of one connection, of threads one of
 * each. Nothing is counted twice: a takeover counts what it does itself, and
 * the bytes of which only the kernel knew.
 */
static inline void
board_add(struct board_row *row, enum board_count what, uint64_t n)
{
	if (n != 0)
		(void)atomic_fetch_add_explicit(
		    &row->count[what], n, memory_order_relaxed);
}

/* What has been counted and is not yet in a row. Begins as all zeros. */
struct board_tally {
	uint64_t n[BOARD_COUNTS];
	int some;		     /* of them are not 0, */
	uint8_t which[BOARD_COUNTS]; /* these */
};

static inline void
board_tally_add(struct board_tally *t, enum board_count what, uint64_t n)
{
	if (n != 0 && t->n[what] == 0)
		t->which[t->some++] = (uint8_t)what;
	t->n[what] += n;
}

/* Adds a tally to the row; the tally is all zeros again. */
void board_tally_flush(struct board_row *row, struct board_tally *t);

/* For the master alone: adds what has come to the row since the last time to
 * the row's total. May be done at any time and any number of times, so a death
 * needs no folding of its own. The row is hostile: a count that has fallen, or
 * grown by more than is possible (BOARD_CREDIBLE), adds nothing, and later
 * growth counts from there. A total never falls, and stays at UINT64_MAX if it
 * gets there. One store adds to a total, so a master that is killed meanwhile
 * loses nothing. */
#define BOARD_CREDIBLE ((uint64_t)1 << 50)
void board_fold(const struct board *b, int i);

/* The totals of all rows: as of the last fold, a second ago at most. For any
 * process. */
uint64_t board_total(const struct board *b, enum board_count what);

/* A row's total as of now, as far as its row can be believed: with what has
 * come since the last fold. It does not fall either, unless the row was written
 * over since. */
uint64_t board_so_far(const struct board *b, int i, enum board_count what);

/* Are clients from this network refused now? */
bool board_refuses(const struct board *b, uint64_t network, int64_t now);

/* Is any network refused? */
bool board_is_refusing(const struct board *b, int64_t now);

/* Relaxed: each field stands for itself. */
#define board_set(field, value) \
	atomic_store_explicit(&(field), (value), memory_order_relaxed)
#define board_get(field) atomic_load_explicit(&(field), memory_order_relaxed)

#endif
