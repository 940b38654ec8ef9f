/*
 * fuzz_preface - a preface is whole at one byte and not before; what follows it
 * changes nothing, nor does what follows where it was refused; and an address
 * that was read is read again from what is printed of it, in both versions.
 */
#include "http/preface.h"

#include <arpa/inet.h>

#include "fuzz.h"

static void
read_again(const struct preface *p, const char *text, size_t len)
{
	struct preface again;

	must(preface_parse(&again, text, len) == 1);
	must(again.len == len && again.family == p->family &&
	     again.port == p->port &&
	     memcmp(again.address, p->address, sizeof(p->address)) == 0);
}

static void
print_line(const struct preface *p)
{
	char address[INET6_ADDRSTRLEN], line[128];
	int n;

	must(inet_ntop(p->family == 6 ? AF_INET6 : AF_INET, p->address, address,
		 sizeof(address)) != NULL);
	n = snprintf(line, sizeof(line), "PROXY TCP%d %s %s %u 0\r\n",
	    p->family, address, address, (unsigned)p->port);
	read_again(p, line, (size_t)n);
}

static void
print_head(const struct preface *p)
{
	const size_t n = p->family == 6 ? 16 : 4;
	char head[16 + 36] = "\r\n\r\n\0\r\nQUIT\n\x21";

	head[13] = p->family == 6 ? 0x21 : 0x11;
	head[15] = (char)(2 * n + 4);
	memcpy(head + 16, p->address, n);
	head[16 + 2 * n] = (char)(p->port >> 8);
	head[16 + 2 * n + 1] = (char)(p->port & 0xff);
	read_again(p, head, 16 + 2 * n + 4);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct preface p, whole;
	int is = 0, now;
	size_t i, most = len < 600 ? len : 600;
	char *text;

	for (i = 0; i <= len; i = i < most || i == len ? i + 1 : len) {
		text = copy_of(data, i);
		now = preface_parse(&p, text, i);
		free(text);
		must(is == 0 || now == is);
		must(now != 1 || (p.len > 0 && p.len <= i));
		must(now != 1 || is == 1 || i > most || p.len == i);
		must(i < PREFACE_MAX || now != 0);
		if (now == 1 && is == 1)
			must(memcmp(&p, &whole, sizeof(p)) == 0);
		whole = p;
		is = now;
	}
	if (is == 1 && whole.family != 0) {
		print_line(&whole);
		print_head(&whole);
	}
	return 0;
}
