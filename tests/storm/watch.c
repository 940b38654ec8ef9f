/*
 * watch PORT FILE - reads the metrics of a server ten times a second, by the
 * port of its status, until FILE is there, and then once more. Each reading has
 * to be whole and well-formed, and no count may be less than it was.
 *
 * "readings N answers N": the last is what the server has counted by then. Exit
 * status 1 if something was wrong.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
	TEXT = 1 << 20,
	SERIES_MAX = 8192,
	NAME = 128,
	PERIOD_MS = 100,
	PATIENCE_S = 10
};

/* A count, and what it was at the last reading. */
struct series {
	char name[NAME];
	double was;
};

static struct series series[SERIES_MAX];
static int known;
static char text[TEXT];

static _Noreturn void
fail(const char *what, const char *line)
{
	(void)fprintf(stderr, "watch: %s: %.200s\n", what, line);
	exit(1);
}

static int
dial(in_port_t port)
{
	const struct timeval patience = {.tv_sec = PATIENCE_S};
	struct sockaddr_in to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) != 0) {
		perror("watch: connect");
		exit(1);
	}
	return fd;
}

/* Reads the answer into text. Returns its body. */
static char *
ask(in_port_t port)
{
	static const char get[] = "GET /metrics HTTP/1.1\r\nHost: storm\r\n"
				  "Connection: close\r\n\r\n";
	int fd = dial(port);
	size_t len = 0, length;
	char *body, *field;
	ssize_t n;

	if (send(fd, get, sizeof(get) - 1, MSG_NOSIGNAL) < 0)
		fail("it is not asked", "");
	while ((n = recv(fd, text + len, TEXT - 1 - len, 0)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	(void)close(fd);
	body = strstr(text, "\r\n\r\n");
	field = strstr(text, "Content-Length: ");
	if (n < 0 || body == NULL || field == NULL || field > body ||
	    strncmp(text, "HTTP/1.1 200 ", 13) != 0)
		fail("no answer", text);
	body += 4;
	length = strtoul(field + 16, NULL, 10);
	if (strlen(body) != length || length == 0 || body[length - 1] != '\n')
		fail("not whole", body);
	return body;
}

/* The series of that name; `at` is where it was last time. */
static struct series *
find(const char *name, int at)
{
	int i;

	if (at < known && strcmp(series[at].name, name) == 0)
		return &series[at];
	for (i = 0; i < known; i++)
		if (strcmp(series[i].name, name) == 0)
			return &series[i];
	if (known == SERIES_MAX || strlen(name) >= NAME)
		fail("too much", name);
	(void)snprintf(series[known].name, NAME, "%s", name);
	return &series[known++];
}

/* Returns what the line counts. */
static double
compare(char *line, int at)
{
	char *value = strrchr(line, ' '), *end;
	struct series *s;
	double now;

	if (value == NULL)
		fail("no sample", line);
	*value++ = '\0';
	now = strtod(value, &end);
	if (end == value || *end != '\0' || now < 0)
		fail("no number", value);
	s = find(line, at);
	if (now < s->was) {
		(void)fprintf(stderr, "watch: %s was %.0f and is %.0f\n", line,
		    s->was, now);
		exit(1);
	}
	s->was = now;
	return now;
}

/* Returns how many answers were given. */
static uint64_t
look(in_port_t port)
{
	static const char answers[] = "prefork_answers_total{";
	char *line, *next = ask(port);
	bool counts = false;
	double sum = 0, n;
	int at = 0;

	while (*next != '\0') {
		line = next;
		next = strchr(line, '\n');
		*next++ = '\0';
		if (strncmp(line, "# TYPE ", 7) == 0)
			counts = strstr(line, " counter") != NULL ||
				 strstr(line, " histogram") != NULL;
		if (line[0] == '#' || !counts)
			continue;
		n = compare(line, at++);
		if (strncmp(line, answers, sizeof(answers) - 1) == 0)
			sum += n;
	}
	return (uint64_t)sum;
}

int
main(int argc, char **argv)
{
	in_port_t port;
	int readings = 0;
	uint64_t answers;

	if (argc != 3)
		return 100;
	port = (in_port_t)atoi(argv[1]);
	while (access(argv[2], F_OK) != 0) {
		(void)look(port);
		readings++;
		(void)poll(NULL, 0, PERIOD_MS);
	}
	answers = look(port);
	(void)printf(
	    "readings %d answers %" PRIu64 "\n", readings + 1, answers);
	return 0;
}
