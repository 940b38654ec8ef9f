/*
 * fuzz_forwarded - whatever a client sends, the address that its proxy adds is
 * the one that counts.
 */
#include "http/forwarded.h"

#include "fuzz.h"

enum { MORE = 64 };

/* Behind it the proxy adds a line. */
static void
add_line(const char *head, size_t len, const char *line,
    const struct networks *trusted)
{
	static const uint8_t due[4] = {203, 0, 113, 9};
	struct peer client;
	size_t n = strlen(line);
	char text[MORE], *whole = malloc(len + n);

	must(whole != NULL);
	memcpy(text, line, n);
	memcpy(whole, head, len);
	memcpy(whole + len, text, n);
	must(forwarded_client(&client, whole, len + n, trusted));
	must(client.family == 4 && memcmp(client.address, due, 4) == 0);
	free(whole);
}

/* The proxy adds an element to the client's own line. A client that leaves a
 * quote open hides that, but nobody is believed then. */
static void
add_element(const char *data, size_t len, const char *name, const char *element,
    const struct networks *trusted)
{
	static const uint8_t due[4] = {203, 0, 113, 9};
	const char *end = memchr(data, '\n', len);
	struct peer client;
	char *whole;
	int n;

	len = end != NULL ? (size_t)(end - data) : len;
	whole = malloc(len + 2 * MORE);
	must(whole != NULL);
	n = snprintf(whole, MORE, "GET / HTTP/1.1\r\n%s: ", name);
	memcpy(whole + n, data, len);
	n += (int)len;
	n += snprintf(whole + n, MORE, ", %s\r\n", element);
	if (forwarded_client(&client, whole, (size_t)n, trusted))
		must(client.family == 4 && memcmp(client.address, due, 4) == 0);
	free(whole);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct networks trusted;
	struct peer client;
	char *head = copy_of(data, len);

	must(networks_parse(&trusted, "10.0.0.0/8,::1"));
	if (forwarded_client(&client, head, len, &trusted))
		must(client.family == 4 || client.family == 6);
	add_line(head, len, "\r\nForwarded: for=203.0.113.9\r\n", &trusted);
	add_line(head, len, "\r\nForwarded: for=203.0.113.9, for=10.1.1.1",
	    &trusted);
	add_element(head, len, "X-Forwarded-For", "203.0.113.9", &trusted);
	add_element(head, len, "Forwarded", "for=203.0.113.9", &trusted);
	add_element(head, len, "Forwarded", "by=\"[::1]\";for=\"203.0.113.9\"",
	    &trusted);
	free(head);
	return 0;
}
