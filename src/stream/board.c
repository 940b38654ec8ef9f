#include "stream/board.h"

#include "os/memory.h"
#include "os/process.h"
#include "os/random.h"

const int64_t board_bounds[BOARD_BOUNDS] = {
    1, 5, 10, 50, 100, 500, 1000, 5000, 10000, 60000};

enum board_count
board_time(int64_t ms)
{
	int i = 0;

	while (i < BOARD_BOUNDS && ms > board_bounds[i])
		i++;
	return COUNT_TIMES + i;
}

static size_t
whole_pages(size_t size)
{
	size_t page = memory_page();

	return (size + page - 1) / page * page;
}

static size_t
master_size(void)
{
	return whole_pages(sizeof(struct board_master));
}

/* Sets the sizes of its parts. Returns the bytes of all. */
static size_t
measure(struct board *b, int rows, int clients)
{
	b->rows = rows;
	for (b->places = 64; b->places < 2 * (size_t)clients; b->places *= 2)
		;
	b->stride = whole_pages(
	    sizeof(struct board_row) + b->places * sizeof(uint64_t));
	return master_size() + (size_t)rows * b->stride;
}

/* Puts its parts into that memory. 0; -1 if that is NULL. */
static int
lay_out(struct board *b, char *memory)
{
	b->memory = memory;
	if (memory == NULL)
		return -1;
	b->row = memory + master_size();
	return 0;
}

int
board_open(struct board *b, int rows, int clients, int number)
{
	size_t size = measure(b, rows, clients);
	char *memory = NULL;

	if (number != BOARD_UNKEPT)
		memory = memory_kept(size, number);
	b->kept = memory != NULL;
	if (lay_out(b, b->kept ? memory : memory_shared(size)) != 0)
		return -1;
	board_master(b)->secret = random_number();
	return 0;
}

int
board_find(struct board *b, int rows, int clients, int number)
{
	b->kept = true;
	return lay_out(b, memory_found(measure(b, rows, clients), number));
}

struct board_master *
board_master(const struct board *b)
{
	return (struct board_master *)(void *)b->memory;
}

struct board_row *
board_row(const struct board *b, int i)
{
	return (struct board_row *)(void *)(b->row + (size_t)i * b->stride);
}

_Atomic uint64_t *
board_table(const struct board *b, int i)
{
	return (_Atomic uint64_t *)(void *)(board_row(b, i) + 1);
}

int
board_restrict(const struct board *b, int first, int count)
{
	char *mine = b->row + (size_t)first * b->stride;
	char *rest = mine + (size_t)count * b->stride;
	char *end = b->row + (size_t)b->rows * b->stride;

	if (memory_read_only(b->memory, (size_t)(mine - b->memory)) != 0)
		return -1;
	if (rest < end && memory_read_only(rest, (size_t)(end - rest)) != 0)
		return -1;
	/* With the rows that stay writable: if their mapping could be made
	 * longer, it would cover those behind them. */
	(void)memory_seal(b->memory, (size_t)(end - b->memory));
	return 0;
}

void
board_begin(const struct board *b, int i, int64_t now)
{
	struct board_row *row = board_row(b, i);

	board_set(row->accepting, 0);
	board_set(row->clients, 0);
	board_set(row->unlogged_why, 0);
	board_set(row->root_seen_at, 0);
	board_set(row->layout, 0);
	board_set(row->program, -1);
	row->standby = row->second = 0;
	board_set(row->beat, now);
}

void
board_end(const struct board *b, int i, int32_t pid)
{
	struct board_row *row = board_row(b, i);

	/* A successor may have begun already. */
	if (board_get(row->writer) == pid)
		board_set(row->writer, 0);
}

void
board_tally_flush(struct board_row *row, struct board_tally *t)
{
	while (t->some > 0) {
		const int what = t->which[--t->some];

		board_add(row, what, t->n[what]);
		t->n[what] = 0;
	}
}

static uint64_t
add_up(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static uint64_t
folded(const struct board_total *total, int what)
{
	return board_get(total->seen[what]) - board_get(total->base[what]);
}

void
board_fold(const struct board *b, int i)
{
	struct board_total *total = &board_master(b)->total[i];
	const struct board_row *row = board_row(b, i);
	uint64_t now, more, sum;
	int k;

	for (k = 0; k < BOARD_COUNTS; k++) {
		now = board_get(row->count[k]);
		sum = folded(total, k);
		/* Of a count that has fallen the difference is huge. */
		more = now - board_get(total->seen[k]);
		if (more > BOARD_CREDIBLE)
			more = 0;
		if (add_up(sum, more) != now - board_get(total->base[k]))
			board_set(total->base[k], now - add_up(sum, more));
		board_set(total->seen[k], now);
	}
}

static uint64_t
so_far(const struct board *b, int i, int what)
{
	const struct board_total *total = &board_master(b)->total[i];
	/* Before the row, which else could be folded in between. */
	const uint64_t seen =
	    atomic_load_explicit(&total->seen[what], memory_order_acquire);
	const uint64_t sum = seen - board_get(total->base[what]);
	const uint64_t more = board_get(board_row(b, i)->count[what]) - seen;

	return more <= BOARD_CREDIBLE ? add_up(sum, more) : sum;
}

/* The counts that are added up for one that is read: *last is behind them. */
static int
first_of(enum board_count what, int *last)
{
	const bool all = what == COUNT_REQUESTS;

	*last = all ? COUNT_5XX + 1 : (int)what + 1;
	return all ? COUNT_2XX : (int)what;
}

uint64_t
board_so_far(const struct board *b, int i, enum board_count what)
{
	int last, k = first_of(what, &last);
	uint64_t sum = 0;

	for (; k < last; k++)
		sum = add_up(sum, so_far(b, i, k));
	return sum;
}

uint64_t
board_total(const struct board *b, enum board_count what)
{
	int i, last, k = first_of(what, &last);
	uint64_t sum = 0;

	for (; k < last; k++)
		for (i = 0; i < b->rows; i++)
			sum =
			    add_up(sum, folded(&board_master(b)->total[i], k));
	return sum;
}

bool
board_is_refusing(const struct board *b, int64_t now)
{
	return now < board_get(board_master(b)->refusing);
}

bool
board_refuses(const struct board *b, uint64_t network, int64_t now)
{
	const struct board_master *m = board_master(b);
	int i;

	if (network == 0 || !board_is_refusing(b, now))
		return false;
	for (i = 0; i < BOARD_REFUSED_MAX; i++)
		if (board_get(m->refused[i].network) == network &&
		    now < board_get(m->refused[i].until))
			return true;
	return false;
}
