/*
 * poster PORT CLIENTS SECONDS METHOD DIRECTORY - clients that store rows with
 * tests/storm/rows, as fast as they are answered, and what has become of each:
 *
 *	{"acknowledged":N,"unknown":N,"missing":N,"twice":N,"lost":N}
 *
 * Acknowledged: answered with 201. Unknown: with 500. Missing: acknowledged,
 * and not in the directory. Twice: any key that is there more than once. Lost:
 * connections that broke. The status is 0 if nothing is missing, twice or lost;
 * and, of a method PUT, nothing unknown.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"

enum { CLIENTS_MAX = 256, KEYS_MAX = 100000, PATIENCE_S = 30 };

struct client {
	pthread_t thread;
	int number;
	int sent; /* keys below it have been sent */
	long lost;
	uint8_t *acked; /* by key: 1, and 2 if the outcome is unknown */
	uint8_t *found; /* ... and times that it is stored */
};

static in_port_t port;
static const char *method;
static int64_t end;
static struct client clients[CLIENTS_MAX];

static int
dial(void)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_in to;
	int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* Reads one answer; its status, 0 if the connection broke. */
static int
read_answer(int fd)
{
	char text[4096];
	size_t len = 0, body;
	const char *head, *length;
	ssize_t n;

	do {
		n = recv(fd, text + len, sizeof(text) - 1 - len, 0);
		if (n <= 0)
			return 0;
		len += (size_t)n;
		text[len] = '\0';
		head = strstr(text, "\r\n\r\n");
		length = strstr(text, "Content-Length: ");
		body = length != NULL ? strtoul(length + 16, NULL, 10) : 0;
	} while (head == NULL || len < (size_t)(head + 4 - text) + body);
	return (int)strtol(text + 9, NULL, 10);
}

/* Sends a row in two pieces, so that it is there half now and then. */
static int
store(const struct client *c, int fd)
{
	char text[512];
	int half, len;

	len = snprintf(text, sizeof(text),
	    "%s /rows/c%d-%d HTTP/1.1\r\nHost: x\r\n"
	    "Transfer-Encoding: chunked\r\n\r\n"
	    "b\r\nsome chunks\r\n4\r\n row\r\n0\r\n\r\n",
	    method, c->number, c->sent);
	half = len / 2 + c->sent % 40;
	if (send(fd, text, (size_t)half, MSG_NOSIGNAL) != half ||
	    send(fd, text + half, (size_t)(len - half), MSG_NOSIGNAL) !=
		len - half)
		return 0;
	return read_answer(fd);
}

static void *
client_main(void *arg)
{
	struct client *c = arg;
	int fd = dial(), status;

	while (c->sent < KEYS_MAX && clock_now() < end && c->lost < 100) {
		status = fd < 0 ? 0 : store(c, fd);
		if (status == 0) {
			c->lost++;
			if (fd >= 0)
				(void)close(fd);
			fd = dial();
		}
		c->acked[c->sent++] = status == 201 ? 1 : status == 500 ? 2 : 0;
	}
	if (fd >= 0)
		(void)close(fd);
	return NULL;
}

/* Counts the row of that name. */
static bool
count(const char *directory, const char *name)
{
	int number, key;

	(void)directory;
	if (sscanf(name, "c%d-%d.", &number, &key) == 2 && number >= 0 &&
	    number < CLIENTS_MAX && key >= 0 && key < KEYS_MAX &&
	    clients[number].found != NULL &&
	    clients[number].found[key] < UINT8_MAX)
		clients[number].found[key]++;
	return true;
}

/* Does it to what is in the directory. */
static bool
each(const char *path, bool (*what)(const char *path, const char *name))
{
	DIR *dir = opendir(path);
	bool all = dir != NULL;
	struct dirent *e;

	while (all && (e = readdir(dir)) != NULL)
		all = e->d_name[0] == '.' || what(path, e->d_name);
	if (dir != NULL)
		(void)closedir(dir);
	return all;
}

/* Counts the rows of a connection. */
static bool
look(const char *path, const char *name)
{
	char below[512];

	(void)snprintf(below, sizeof(below), "%.256s/%.200s", path, name);
	return each(below, count);
}

static int
judge(int count)
{
	long acknowledged = 0, unknown = 0, missing = 0, twice = 0, lost = 0;
	int i, k;

	for (i = 0; i < count; i++) {
		const struct client *c = &clients[i];

		lost += c->lost;
		for (k = 0; k < c->sent; k++) {
			acknowledged += c->acked[k] == 1;
			unknown += c->acked[k] == 2;
			missing += c->acked[k] == 1 && c->found[k] == 0;
			twice += c->found[k] > 1;
		}
	}
	(void)printf("{\"acknowledged\":%ld,\"unknown\":%ld,\"missing\":%ld,"
		     "\"twice\":%ld,\"lost\":%ld}\n",
	    acknowledged, unknown, missing, twice, lost);
	return acknowledged > 0 && missing == 0 && twice == 0 && lost == 0 &&
		       (unknown == 0 || strcmp(method, "PUT") != 0)
		   ? 0
		   : 1;
}

int
main(int argc, char **argv)
{
	int i, all;

	if (argc != 6)
		return 100;
	port = (in_port_t)strtoul(argv[1], NULL, 10);
	all = (int)strtol(argv[2], NULL, 10);
	end = clock_now() + strtol(argv[3], NULL, 10) * 1000;
	method = argv[4];
	if (all < 1 || all > CLIENTS_MAX)
		return 100;
	for (i = 0; i < all; i++) {
		clients[i].number = i;
		clients[i].acked = calloc(KEYS_MAX, 1);
		clients[i].found = calloc(KEYS_MAX, 1);
		if (clients[i].acked == NULL || clients[i].found == NULL ||
		    pthread_create(&clients[i].thread, NULL, client_main,
			&clients[i]) != 0)
			return 111;
	}
	for (i = 0; i < all; i++)
		(void)pthread_join(clients[i].thread, NULL);
	return each(argv[5], look) ? judge(all) : 111;
}
