#include "worker/board.h"

#include "os/memory.h"

int
board_open(struct board *b, int rows)
{
	size_t master;

	b->rows = rows;
	b->page = memory_page();
	master =
	    (sizeof(struct board_master) + b->page - 1) / b->page * b->page;
	b->memory = memory_shared(master + (size_t)rows * b->page);
	if (b->memory == NULL)
		return -1;
	b->row = b->memory + master;
	return 0;
}

struct board_master *
board_master(const struct board *b)
{
	return (struct board_master *)(void *)b->memory;
}

struct board_row *
board_row(const struct board *b, int i)
{
	return (struct board_row *)(void *)(b->row + (size_t)i * b->page);
}

int
board_restrict(const struct board *b, int first, int count)
{
	char *mine = b->row + (size_t)first * b->page;
	char *rest = mine + (size_t)count * b->page;
	char *end = b->row + (size_t)b->rows * b->page;

	if (memory_read_only(b->memory, (size_t)(mine - b->memory)) != 0)
		return -1;
	return rest < end ? memory_read_only(rest, (size_t)(end - rest)) : 0;
}

void
board_begin(const struct board *b, int i, int64_t now)
{
	struct board_row *row = board_row(b, i);

	board_set(row->accepting, 0);
	board_set(row->clients, 0);
	board_set(row->accepted, 0);
	board_set(row->requests, 0);
	board_set(row->bytes_in, 0);
	board_set(row->bytes_out, 0);
	board_set(row->unlogged, 0);
	row->standby = 0;
	board_set(row->condemned, 0);
	board_set(row->beat, now);
}
