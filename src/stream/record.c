#include "stream/record.h"

static bool
is_zero(const unsigned char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

int64_t
record_owed(const struct record *r, int64_t consumed)
{
	const struct answer *a = answer_now(r);

	return a->last || consumed <= a->parsed ? a->file_end : INT64_MAX;
}

bool
answer_is_blank(const struct answer *a)
{
	return a->file_fd == -1 && a->own_fd == -1 && a->file_off == 0 &&
	       a->log_end == 0 && a->last == 0 && a->linger == 0 &&
	       is_zero(a->own, sizeof(a->own));
}

bool
record_is_fresh(const struct record *r)
{
	const struct answer *a = answer_now(r);

	return r->out == 0 && r->out_buf < 0 && r->log_buf < 0 &&
	       r->logged == 0 && a->parsed == 0 && a->mem_end == 0 &&
	       a->file_end == 0 && answer_is_blank(a) &&
	       is_zero(r->own, sizeof(r->own));
}
