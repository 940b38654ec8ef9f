/*
 * herd MASTER PORT CLIENTS KILLS - so many idle clients of the one worker of a
 * server, which is killed so many times: each time all of them speak at once,
 * and all must be answered. Between them, as often, it is killed while nobody
 * speaks: what the taking over alone costs.
 *
 * "first-us N last-us N cpu-us N": medians of the time from the kill until
 * the first and until the last of them was answered, and of the processor
 * time of one who has taken over. Exit status 1 if one client was lost.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "processes.h"
#include "os/poller.h"

enum { KILLS_MAX = 1000, SOME = 64, PATIENCE_MS = 10000, LINE = 6 };

static int *client;
static int clients;
static struct poller *poller;

static int
connect_one(in_port_t port)
{
	struct sockaddr_in to;
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	memset(&to, 0, sizeof(to));
	to.sin_family = AF_INET;
	to.sin_port = htons(port);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	perror("herd: connect");
	exit(111);
}

/* One line there and back on each, in order: they are served by then. */
static bool
greet_all(void)
{
	char line[LINE];
	int i;

	for (i = 0; i < clients; i++)
		if (send(client[i], "hello\n", LINE, MSG_NOSIGNAL) != LINE)
			return false;
	for (i = 0; i < clients; i++)
		if (recv(client[i], line, LINE, MSG_WAITALL) != LINE ||
		    memcmp(line, "hello\n", LINE) != 0)
			return false;
	return true;
}

/* Takes the answers that are there. How many; -1: one that is wrong. */
static int
hear_some(int timeout)
{
	static struct poller_event events[POLLER_EVENTS];
	int i, n = poller_wait(poller, events, POLLER_EVENTS, timeout);
	char line[LINE];

	for (i = 0; i < n; i++)
		if (recv(client[events[i].tag], line, LINE, MSG_WAITALL) !=
			LINE ||
		    memcmp(line, "hello\n", LINE) != 0)
			return -1;
	return n;
}

/* All speak, as fast as can be said, and are heard meanwhile; the time until
 * the first and the last is answered. */
static bool
hear_all(int64_t from, int64_t *first, int64_t *last)
{
	int n, said = 0, heard = 0;

	*first = 0;
	while (heard < clients) {
		if (said < clients &&
		    send(client[said], "hello\n", LINE, MSG_NOSIGNAL) != LINE)
			return false;
		said += said < clients;
		/* The first is waited for closely, then now and then. */
		if (heard > 0 && said < clients && said % SOME != 0)
			continue;
		n = hear_some(said < clients ? 0 : PATIENCE_MS);
		if (n < 0 || (n == 0 && said == clients))
			return false;
		heard += n;
		*last = processes_clock() - from;
		if (*first == 0 && n > 0)
			*first = *last;
	}
	return true;
}

static pid_t
kill_worker(pid_t master)
{
	struct processes k = {0};

	if (processes_whole(&k, master, 1, 0, processes_clock()) < 0)
		return -1;
	(void)kill(k.worker[0], SIGKILL);
	return k.worker[0];
}

/* Kills it while nobody speaks. What its successor has used when it has been
 * quiet: -1 on failure. */
static int64_t
cost(pid_t master)
{
	struct processes k = {0};
	pid_t dead = kill_worker(master);
	int64_t used = -1, before;

	if (dead < 0 ||
	    processes_whole(&k, master, 1, dead, processes_clock()) < 0)
		return -1;
	/* It shows itself before it takes over: until it rests. */
	do {
		before = used;
		(void)poll(NULL, 0, 100);
		used = processes_cpu(k.worker[0]);
	} while (used > before + 1000);
	return used;
}

static int
storm(pid_t master, int kills)
{
	static int64_t first[KILLS_MAX], last[KILLS_MAX], cpu[KILLS_MAX];
	int64_t begin;
	int i;

	for (i = 0; i < kills; i++) {
		begin = processes_clock();
		if (kill_worker(master) < 0 ||
		    !hear_all(begin, &first[i], &last[i])) {
			(void)fprintf(stderr, "herd: lost after kill %d\n", i);
			return 1;
		}
		cpu[i] = cost(master);
		if (cpu[i] < 0 || !greet_all()) {
			(void)fprintf(
			    stderr, "herd: lost after quiet kill %d\n", i);
			return 1;
		}
	}
	(void)printf("first-us %lld last-us %lld cpu-us %lld\n",
	    (long long)processes_median(first, kills),
	    (long long)processes_median(last, kills),
	    (long long)processes_median(cpu, kills));
	return 0;
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	int i, kills;

	if (argc != 5) {
		(void)fprintf(
		    stderr, "usage: herd MASTER PORT CLIENTS KILLS\n");
		return 100;
	}
	clients = (int)strtol(argv[3], NULL, 10);
	kills = (int)strtol(argv[4], NULL, 10);
	if (clients < 1 || kills < 1 || kills > KILLS_MAX)
		return 100;
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &limit);
	}
	client = calloc((size_t)clients, sizeof(*client));
	poller = poller_new("epoll", clients + SOME);
	if (client == NULL || poller == NULL)
		return 111;
	for (i = 0; i < clients; i++) {
		client[i] = connect_one((in_port_t)strtol(argv[2], NULL, 10));
		if (poller_add(poller, client[i], POLLIN, (uint64_t)i) != 0)
			return 111;
	}
	if (!greet_all())
		return 1;
	return storm((pid_t)strtol(argv[1], NULL, 10), kills);
}
