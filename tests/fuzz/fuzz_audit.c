/*
 * fuzz_audit - what the audit lets pass touches nothing outside.
 *
 * The input damages a record, or is one. If the audit takes it, it is stepped
 * like any other, to its end, and everything that leaves the process or comes
 * into it is looked at: here, in place of the system's calls. Whatever a stream
 * does not own is filled with a byte that may not be sent, and between any two
 * buffers lie pages that may not be touched.
 *
 *	input: kind; bases and the record as they are, if the kind is none there
 *	is; the number of changes, and each of them: a place in the record, how
 *	it is changed, eight bytes; what the ledger says more than the record;
 *	the rest is what the client sends, and what becomes of each call.
 */
#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../records.h"
#include "base/clock.h"
#include "fuzz.h"
#include "os/file.h"
#include "os/memory.h"
#include "service/registry.h"

enum { RECORDS = 4, CHANGES = 8, STEPS = 6, FD_LINES = 1999, NOW = 50000 };
enum { FORBIDDEN = 0xee };

/* What the calls below are judged by. */
static struct {
	struct journal j;
	struct record *r;
	int64_t sent; /* bytes, as the socket has it */
	const uint8_t *data;
	size_t len;
} w;

static unsigned
next_byte(void)
{
	if (w.len == 0)
		return 0;
	w.len--;
	return *w.data++;
}

static uint64_t
next_number(int bytes)
{
	uint64_t n = 0;

	while (bytes-- > 0)
		n = n << 8 | next_byte();
	return n;
}

/* What the client has sent or is sending: never a command, they are faults. */
static char
next_content(void)
{
	static const char request[] = "GET /x HTTP/1.1\r\nHost: x\r\n"
				      "Range: bytes=0-1,3-4\r\n\r\n";
	static size_t at;
	unsigned c = w.len > 0
			 ? next_byte()
			 : (unsigned char)request[at++ % (sizeof(request) - 1)];

	return c == '!' || c == FORBIDDEN ? '.' : (char)c;
}

/* Of a call that would do n: how many it does; -1 with errno. */
static ssize_t
some_of(size_t n)
{
	unsigned c = next_byte();

	if (c < 16) {
		errno = c == 1 ? ECONNRESET : EAGAIN;
		return -1;
	}
	return c >= 128 ? (ssize_t)n : (ssize_t)(n * c / 128) + (n < 128);
}

/* The buffer that the n bytes at p lie in, and nowhere else. */
static int
buffer_of(const void *p, size_t n)
{
	uintptr_t at = (uintptr_t)p - (uintptr_t)w.j.data;
	size_t buffer = at / BUFFER_BYTES;

	must((uintptr_t)p >= (uintptr_t)w.j.data);
	must(buffer < (size_t)w.j.buffers);
	must(n <= BUFFER_BYTES - at % BUFFER_BYTES);
	return (int)buffer;
}

ssize_t
send(int fd, const void *p, size_t n, int flags)
{
	ssize_t done;

	(void)flags;
	must(memchr(p, FORBIDDEN, n) == NULL);
	if (fd == FD_LINES)
		return (ssize_t)n;
	must(fd == w.r->fd && n > 0 && w.r->out == w.sent);
	must(buffer_of(p, n) ==
	     (service_of(w.r)->mirrors ? w.r->in_buf : w.r->out_buf));
	done = some_of(n);
	w.sent += done > 0 ? done : 0;
	return done;
}

ssize_t
file_send(int fd, int file, int64_t offset, int64_t len)
{
	const struct answer *a = answer_now(w.r);
	ssize_t done;

	must(fd == w.r->fd && w.r->out == w.sent);
	must(file == FD_RECORD_FILE && file == a->file_fd);
	must(offset >= 0 && len > 0 && offset <= a->id.size);
	must(len <= a->id.size - offset);
	done = some_of((size_t)len);
	w.sent += done > 0 ? done : 0;
	return done;
}

ssize_t
pread(int file, void *p, size_t n, off_t offset)
{
	const struct answer *a = answer_now(w.r);

	must(file == FD_RECORD_FILE && file == a->file_fd);
	must(offset >= 0 && offset <= a->id.size);
	must((int64_t)n <= a->id.size - offset);
	must(buffer_of(p, n) == w.r->out_buf);
	memset(p, 'f', n);
	return (ssize_t)n;
}

/* Only into room that nothing else is in. */
ssize_t
recv(int fd, void *p, size_t n, int flags)
{
	const struct record *r = w.r;
	int64_t base, kept = service_of(r)->mirrors ? r->out : 0;
	ssize_t done, i;

	(void)flags;
	must(fd == r->fd && n > 0);
	if (r->phase != PHASE_LINGER) {
		must(buffer_of(p, n) == r->in_buf);
		base = w.j.base[r->in_buf];
		if (!service_of(r)->mirrors)
			kept = base;
		must((char *)p == journal_data(&w.j, r->in_buf) +
				      (r->in - base) % BUFFER_BYTES);
		must(r->in - kept <= BUFFER_BYTES - (int64_t)n);
	}
	if (w.len == 0) {
		errno = EAGAIN;
		return -1;
	}
	done = next_byte() % 16 == 0 ? 0 : some_of(n < 300 ? n : 300);
	for (i = 0; i < done; i++)
		((char *)p)[i] = next_content();
	return done;
}

/* Bytes [from, to) of a stream are there. */
static void
fill(int32_t buffer, int64_t from, int64_t to)
{
	int64_t base, x;

	if (buffer < 0 || buffer >= w.j.buffers || from >= to ||
	    to - from > BUFFER_BYTES)
		return;
	base = w.j.base[buffer];
	for (x = from; x < to; x++)
		journal_data(
		    &w.j, buffer)[(uint64_t)(x - base) % BUFFER_BYTES] =
		    next_content();
}

static bool
is_taken(const struct record *r, int buffer)
{
	return r->in_buf == buffer || r->out_buf == buffer ||
	       r->log_buf == buffer;
}

/* Those with odd numbers are never to be touched, nor what is between. */
static void
lay_out(void)
{
	int i;

	if (w.j.head == NULL)
		must(
		    journal_open(&w.j, RECORDS, services, JOURNAL_UNKEPT) == 0);
	w.r = &w.j.record[0];
	w.j.used = w.j.head->top = 1;
	w.j.free_records = w.j.free_buffers = 0;
	w.j.buffer_top = w.j.buffers;
	for (i = 0; i < w.j.buffers; i += 2) {
		memset(journal_data(&w.j, i), FORBIDDEN, BUFFER_BYTES);
		must(mprotect(journal_data(&w.j, i + 1), BUFFER_BYTES,
			 PROT_NONE) == 0);
	}
}

static void
change(struct record *r)
{
	size_t at = (size_t)next_number(2) % (sizeof(*r) / 8) * 8, size = 8;
	unsigned how = next_byte();
	uint64_t value = next_number(8);
	int64_t old;

	if (how & 1) {
		size = 4;
		at += how >> 1 & 4;
	} else if (how & 2) {
		size = 1;
		at += how >> 2 & 7;
	}
	if (how & 64) {
		/* A little more or less. */
		memcpy(&old, (char *)r + at / 8 * 8, sizeof(old));
		value = (uint64_t)old + (value & 0xffff) - 0x8000;
	} else if (how & 128 && size == 8) {
		/* The same as another. */
		memcpy(&value, (char *)r + value % (sizeof(*r) / 8) * 8, 8);
	}
	memcpy((char *)r + at, &value, size);
}

static void
make(void)
{
	unsigned kind = next_byte(), changes;
	size_t i;

	if (kind < RECORD_KINDS) {
		record_make(&w.j, w.r, (int)kind);
	} else {
		for (i = 0; i < (size_t)w.j.buffers; i++)
			w.j.base[i] = (int64_t)next_number(8);
		for (i = 0; i < sizeof(*w.r); i++)
			((char *)w.r)[i] = (char)next_byte();
	}
	for (changes = next_byte() % CHANGES; changes > 0; changes--) {
		if (next_byte() % 4 == 0)
			w.j.base[next_byte() % 3 * 2] = (int64_t)next_number(8);
		else
			change(w.r);
	}
}

/* Steps it, as a worker would that has taken over. */
static void
serve(struct serving *s)
{
	struct conn c;
	struct wait wait;
	int i;

	conn_attach(&c, w.r);
	for (i = 0; i < STEPS; i++) {
		wait = conn_step(&c, s);
		if (wait.fd < 0)
			break;
		must(wait.fd == w.r->fd);
		(void)conn_is_busy(&c);
		(void)journal_sum(&w.j, w.r);
		s->now += (int64_t)next_number(2);
		s->draining = s->draining || next_byte() > 250;
	}
	conn_drop(&c, s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static struct append lines = {.fd = FD_LINES, .way = APPEND_SENDS};
	static struct service_config config;
	static struct serving s;
	struct audit audit = {
	    .journal = &w.j, .first = FD_FIRST, .end = FD_END, .logs = true};
	const struct answer *a;
	struct ledger l = {0};
	int i;

	w.data = data;
	w.len = len;
	lay_out();
	record_config(&config, &lines);
	services_spoken(&config, audit.spoken);
	make();
	if (!audit_record(&audit, w.r))
		return 0;
	/* It is to be one of ours, to be told from what leads elsewhere. */
	if ((w.r->in_buf | w.r->out_buf | w.r->log_buf) & 1 &&
	    ((w.r->in_buf >= 0 && w.r->in_buf & 1) ||
		(w.r->out_buf >= 0 && w.r->out_buf & 1) ||
		(w.r->log_buf >= 0 && w.r->log_buf & 1)))
		return 0;
	l.consumed = w.r->in + (int64_t)next_number(3);
	l.written = w.r->out + (int64_t)next_number(3);
	if (w.r->phase != PHASE_LINGER && !audit_count(&audit, w.r, &l))
		return 0;
	a = answer_now(w.r);
	if (a->file_fd >= 0 && a->file_fd != FD_RECORD_FILE)
		return 0;
	w.sent = w.r->out;
	for (i = w.j.buffers - 2; i >= 0; i -= 2)
		if (!is_taken(w.r, i))
			w.j.free_buffer[w.j.free_buffers++] = i;
	fill(w.r->log_buf, w.r->logged, a->log_end);
	fill(w.r->out_buf, w.r->out, a->mem_end);
	fill(w.r->in_buf, service_retained(service_of(w.r), w.r), w.r->in);
	memset(&s, 0, sizeof(s));
	s.config = &config;
	s.journal = &w.j;
	s.now = NOW;
	must(serving_open(&s) == 0);
	serve(&s);
	serving_close(&s);
	return 0;
}
