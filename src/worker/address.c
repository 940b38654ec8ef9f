#include "address.h"

#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"
#include "os/memory.h"

enum {
	COUNT_BITS = 20, /* of a word; the rest is the hash of the address */
	TELL_MS = 60000	 /* between two lines about those refused */
};

static const uint64_t count_mask = (UINT64_C(1) << COUNT_BITS) - 1;

/* The word of an address that has no clients: never 0, since it is not an empty
 * place. */
static uint64_t
word_of(const struct board *b, const struct peer *peer)
{
	uint64_t secret = board_master(b)->secret;
	uint64_t x =
	    hash_number(hash_number(secret, peer_network(peer)), secret);

	return (x & ~count_mask) | UINT64_C(1) << COUNT_BITS;
}

static uint64_t
load(const _Atomic uint64_t *word)
{
	return atomic_load_explicit(word, memory_order_relaxed);
}

static void
store(_Atomic uint64_t *word, uint64_t value)
{
	atomic_store_explicit(word, value, memory_order_relaxed);
}

static size_t
first_place(const struct board *b, uint64_t word)
{
	return (size_t)(word >> (COUNT_BITS + 1)) & (b->places - 1);
}

/* The place of the address in a table; NULL if it is not there. */
static _Atomic uint64_t *
find(const struct board *b, _Atomic uint64_t *table, uint64_t word)
{
	size_t i, at = first_place(b, word);
	uint64_t there;

	for (i = 0; i < b->places; i++, at = (at + 1) & (b->places - 1)) {
		there = load(&table[at]);
		if (there == 0)
			return NULL;
		if ((there & ~count_mask) == word)
			return &table[at];
	}
	return NULL;
}

/* The same; or, if it is not there, a place that is empty, or whose address has
 * no clients any more, where it may be put. NULL: there is none. */
static _Atomic uint64_t *
find_or_free(const struct board *b, _Atomic uint64_t *table, uint64_t word)
{
	_Atomic uint64_t *found = find(b, table, word);
	size_t i, at = first_place(b, word);

	for (i = 0; found == NULL && i < b->places; i++) {
		if ((load(&table[at]) & count_mask) == 0)
			found = &table[at];
		at = (at + 1) & (b->places - 1);
	}
	return found;
}

static void
add(const struct board *b, _Atomic uint64_t *table, uint64_t word)
{
	_Atomic uint64_t *place = find_or_free(b, table, word);

	/* Twice as many places as clients: there is one. */
	if (place != NULL)
		store(place, word | ((load(place) & count_mask) + 1));
}

/* Counts one client of the address less. A search for another address may have
 * to pass this place: so it is emptied only if the next place is empty. */
static void
take(const struct board *b, _Atomic uint64_t *table, uint64_t word)
{
	_Atomic uint64_t *place = find(b, table, word);
	size_t at;

	if (place == NULL || (load(place) & count_mask) == 0)
		return;
	store(place, load(place) - 1);
	at = (size_t)(place - table);
	if (load(&table[(at + 1) & (b->places - 1)]) != 0)
		return;
	while (load(&table[at]) != 0 && (load(&table[at]) & count_mask) == 0) {
		store(&table[at], 0);
		at = (at - 1) & (b->places - 1);
	}
}

static bool
is_writer(const struct addresses *a)
{
	return a->self != 0 &&
	       board_get(board_row(a->board, a->row)->writer) == a->self;
}

/* Makes this process the writer of the row's table, whose words are to be
 * these; NULL: none. */
static void
become_writer(struct addresses *a, const _Atomic uint64_t *words)
{
	struct board_row *row = board_row(a->board, a->row);
	_Atomic uint64_t *table = board_table(a->board, a->row);
	uint64_t word;
	size_t i;

	a->self = (int32_t)getpid();
	board_set(row->writer, a->self);
	/* As long as nobody has written there, its pages are not touched. */
	if (!board_get(row->tabled) && words == NULL)
		return;
	board_set(row->tabled, 1);
	for (i = 0; i < a->board->places; i++) {
		word = words != NULL ? load(&words[i]) : 0;
		if (load(&table[i]) != word)
			store(&table[i], word);
	}
}

void
addresses_resume(
    struct addresses *a, const struct board *b, int row, int32_t limit)
{
	a->board = b;
	a->row = row;
	a->limit = limit;
	a->refused = 0;
	a->told = -TELL_MS;
	a->self = 0;
}

void
addresses_begin(
    struct addresses *a, const struct board *b, int row, int32_t limit)
{
	addresses_resume(a, b, row, limit);
	if (limit > 0)
		become_writer(a, NULL);
}

void
addresses_recount(struct addresses *a,
    const struct peer *(*peer)(const void *, int), const void *of, int n)
{
	size_t size = a->board->places * sizeof(uint64_t);
	_Atomic uint64_t *words;
	const struct peer *p;
	int i;

	if (a->limit == 0)
		return;
	words = memory_private(size);
	/* Beside the table, which is right but for one client: the others go
	 * on reading it. Without memory it stays as it is. */
	for (i = 0; words != NULL && i < n; i++) {
		p = peer(of, i);
		if (p != NULL && peer_network(p) != 0)
			add(a->board, words, word_of(a->board, p));
	}
	if (words != NULL) {
		become_writer(a, words);
	} else {
		a->self = (int32_t)getpid();
		board_set(board_row(a->board, a->row)->writer, a->self);
	}
	memory_drop(words, size);
}

/* How many the address has, over all executors. */
static int64_t
count(const struct addresses *a, uint64_t word)
{
	const struct board *b = a->board;
	int i, rows = board_get(board_master(b)->rows);
	const _Atomic uint64_t *place;
	int64_t sum = 0;

	for (i = 0; i < rows && i < b->rows; i++) {
		struct board_row *row = board_row(b, i);

		if (!board_get(row->tabled) || board_get(row->writer) == 0)
			continue;
		place = find(b, board_table(b, i), word);
		if (place != NULL)
			sum += (int64_t)(load(place) & count_mask);
	}
	return sum;
}

static void
tell(struct addresses *a, const struct peer *peer, int64_t now)
{
	char name[PEER_TEXT];

	a->refused++;
	if (now - a->told < TELL_MS)
		return;
	a->told = now;
	peer_address(name, peer);
	log_warn("%s has %d clients already, more are refused (%llu so far)",
	    name, (int)a->limit, (unsigned long long)a->refused);
}

bool
addresses_enter(struct addresses *a, const struct peer *peer, int64_t now)
{
	struct board_row *row = board_row(a->board, a->row);
	uint64_t word;

	if (board_refuses(a->board, peer_network(peer), now)) {
		board_add(row, COUNT_REFUSED_NETWORK, 1);
		return false;
	}
	/* Clients without an address are not counted. */
	if (!is_writer(a) || peer_network(peer) == 0)
		return true;
	word = word_of(a->board, peer);
	if (!board_get(row->tabled))
		board_set(row->tabled, 1);
	add(a->board, board_table(a->board, a->row), word);
	/* Our count is to be seen by others before theirs are read. */
	atomic_thread_fence(memory_order_seq_cst);
	if (count(a, word) <= a->limit)
		return true;
	take(a->board, board_table(a->board, a->row), word);
	board_add(row, COUNT_REFUSED_ADDRESS, 1);
	tell(a, peer, now);
	return false;
}

void
addresses_leave(struct addresses *a, const struct peer *peer)
{
	if (is_writer(a) && peer_network(peer) != 0)
		take(a->board, board_table(a->board, a->row),
		    word_of(a->board, peer));
}
