/*
 * Slots are strangers: what one of them knows of its clients is neither in
 * the memory nor among the descriptors of another, nor of the master. Read off
 * /proc, in the order in which slots come about: at the start, by a takeover,
 * cold, and one more.
 */
#include "config.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "stream/journal.h"
#include "worker/config.h"

enum { SLOTS_MAX = 3, CLIENTS_MAX = 256, MAPS_MAX = 64, LINKS_MAX = 512 };

/* A piece of shared memory; those of one inode are parts of the same. */
struct map {
	unsigned long inode, offset, size;
	bool writable;
};

struct maps {
	struct map map[MAPS_MAX];
	int count;
};

/* What a descriptor is: "socket:[1234]". */
struct link {
	int fd;
	char to[40];
};

struct links {
	struct link link[LINKS_MAX];
	int count;
};

struct member {
	pid_t pid;
	struct maps maps;
	struct links links;
};

struct slot {
	struct member worker, standby;
};

static struct server server;
static struct member keeper, master;
static struct slot slots[SLOTS_MAX];
static int client[CLIENTS_MAX], clients;

static void
read_maps(struct member *m)
{
	unsigned long begin, end, offset, inode;
	char path[64], line[512], mode[8];
	struct map *map;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/maps", (long)m->pid);
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	m->maps.count = 0;
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%lx-%lx %7s %lx %*s %lu", &begin, &end, mode,
			&offset, &inode) != 5 ||
		    mode[3] != 's')
			continue;
		ck_assert_int_lt(m->maps.count, MAPS_MAX);
		map = &m->maps.map[m->maps.count++];
		map->inode = inode;
		map->offset = offset;
		map->size = end - begin;
		map->writable = mode[1] == 'w';
	}
	(void)fclose(f);
}

static void
read_links(struct member *m)
{
	char path[64], name[320];
	struct dirent *entry;
	struct link *link;
	ssize_t len;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/fd", (long)m->pid);
	dir = opendir(path);
	ck_assert_ptr_nonnull(dir);
	m->links.count = 0;
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		ck_assert_int_lt(m->links.count, LINKS_MAX);
		link = &m->links.link[m->links.count++];
		link->fd = (int)strtol(entry->d_name, NULL, 10);
		(void)snprintf(
		    name, sizeof(name), "%s/%s", path, entry->d_name);
		len = readlink(name, link->to, sizeof(link->to) - 1);
		ck_assert_int_ge(len, 0);
		link->to[len] = '\0';
	}
	(void)closedir(dir);
}

static void
look(struct member *m, pid_t pid)
{
	m->pid = pid;
	read_maps(m);
	read_links(m);
}

static bool
maps_inode(const struct member *m, unsigned long inode)
{
	int i;

	for (i = 0; i < m->maps.count; i++)
		if (m->maps.map[i].inode == inode)
			return true;
	return false;
}

static bool
has_link(const struct member *m, const struct link *link)
{
	int i;

	for (i = 0; i < m->links.count; i++)
		if (strcmp(m->links.link[i].to, link->to) == 0)
			return true;
	return false;
}

/* Sockets and pipes are told apart by their inodes; of those, the listeners,
 * the log and the standard streams are everybody's. */
static bool
is_own(const struct link *link)
{
	return link->fd > FD_ROOT && link->fd != FD_LOG &&
	       (link->fd < FD_LISTEN || link->fd >= FD_CLIENTS) &&
	       (strncmp(link->to, "socket:", 7) == 0 ||
		   strncmp(link->to, "pipe:", 5) == 0);
}

/* Both processes of a slot map the same and have the same descriptors. */
static void
expect_family(const struct slot *s)
{
	const struct member *w = &s->worker, *b = &s->standby;
	int i, k;

	for (i = 0; i < w->maps.count; i++)
		ck_assert_msg(maps_inode(b, w->maps.map[i].inode),
		    "the standby does not map %lu", w->maps.map[i].inode);
	ck_assert_int_eq(w->links.count, b->links.count);
	for (i = 0; i < w->links.count; i++) {
		for (k = 0; k < b->links.count; k++)
			if (b->links.link[k].fd == w->links.link[i].fd &&
			    has_link(b, &w->links.link[i]))
				break;
		ck_assert_msg(k < b->links.count,
		    "descriptor %d is not the standby's", w->links.link[i].fd);
	}
}

/* No byte of shared memory may be written by both. */
static void
expect_apart(const struct map *a, const struct map *b)
{
	if (a->inode == b->inode && a->writable && b->writable)
		ck_assert_msg(a->offset + a->size <= b->offset ||
				  b->offset + b->size <= a->offset,
		    "inode %lu from %lx and from %lx is written by both",
		    a->inode, a->offset, b->offset);
}

/* Is it what holds the clients' bytes? There is a buffer for each at least,
 * which is more than all else that is shared. */
static bool
is_journal(const struct map *map)
{
	return map->size >= (size_t)CLIENTS_MAX * BUFFER_BYTES;
}

static void
expect_memory_strange(const struct member *a, const struct member *b)
{
	int i, k;

	for (i = 0; i < a->maps.count; i++) {
		const struct map *map = &a->maps.map[i];

		for (k = 0; k < b->maps.count; k++)
			expect_apart(map, &b->maps.map[k]);
		/* The scoreboard is there for all to be read. */
		ck_assert_msg(
		    !maps_inode(b, map->inode) ||
			(maps_inode(&master, map->inode) && !is_journal(map)),
		    "%ld maps %lu of %ld", (long)b->pid, map->inode,
		    (long)a->pid);
	}
}

static void
expect_descriptors_strange(const struct member *a, const struct member *b)
{
	int i;

	for (i = 0; i < a->links.count; i++)
		ck_assert_msg(!is_own(&a->links.link[i]) ||
				  !has_link(b, &a->links.link[i]),
		    "%s, descriptor %d of %ld, is also in %ld",
		    a->links.link[i].to, a->links.link[i].fd, (long)a->pid,
		    (long)b->pid);
}

static void
expect_strange(const struct member *a, const struct member *b)
{
	expect_memory_strange(a, b);
	expect_descriptors_strange(a, b);
}

static int
count_journals(const struct member *m)
{
	int i, n = 0;

	for (i = 0; i < m->maps.count; i++)
		n += is_journal(&m->maps.map[i]);
	return n;
}

static bool
is_client(const struct link *link)
{
	return link->fd >= FD_CLIENTS && strncmp(link->to, "socket:", 7) == 0;
}

static int
count_clients(const struct member *m)
{
	int i, n = 0;

	for (i = 0; i < m->links.count; i++)
		n += is_client(&m->links.link[i]);
	return n;
}

/* How many of its clients' sockets the other has as well. */
static int
count_shared(const struct member *m, const struct member *other)
{
	int i, n = 0;

	for (i = 0; i < m->links.count; i++)
		n += is_client(&m->links.link[i]) &&
		     has_link(other, &m->links.link[i]);
	return n;
}

/* Looks at all of them, and at each pair. */
static void
expect_strangers(int count)
{
	int i, k, found = 0;

	look(&keeper, server.pid);
	look(&master, server_master(&server));
	for (i = 0; i < count; i++) {
		look(&slots[i].worker,
		    server_await_member(&server, "worker", i));
		look(&slots[i].standby,
		    server_await_member(&server, "standby", i));
		expect_family(&slots[i]);
		ck_assert_int_eq(count_journals(&slots[i].worker), 1);
		found += count_clients(&slots[i].worker);
		ck_assert_int_eq(count_shared(&slots[i].worker, &master), 0);
		ck_assert_int_eq(count_shared(&slots[i].worker, &keeper), 0);
	}
	ck_assert_int_eq(found, clients);
	ck_assert_int_eq(count_journals(&master), 0);
	for (i = 0; i < count; i++)
		for (k = 0; k < count; k++)
			if (i != k) {
				expect_strange(
				    &slots[i].worker, &slots[k].worker);
				expect_strange(
				    &slots[i].worker, &slots[k].standby);
				expect_strange(
				    &slots[i].standby, &slots[k].standby);
			}
}

/* More clients, until so many workers have some. */
static void
seat(int workers)
{
	pid_t pid, seen[SLOTS_MAX];
	int i, n = 0;

	while (n < workers) {
		ck_assert_int_lt(clients, CLIENTS_MAX);
		client[clients] = client_open(&server);
		pid = ask_pid(client[clients++]);
		for (i = 0; i < n && seen[i] != pid; i++)
			;
		if (i == n)
			seen[n++] = pid;
	}
}

static void
begin(void)
{
	clients = 0;
	server_run(&server, "-w", "2", "--demo", "--max-clients", "256");
	seat(2);
}

static void
finish(void)
{
	while (clients > 0)
		client_close(client[--clients]);
	server_finish(&server);
}

START_TEST(slots_are_strangers)
{
	begin();
	expect_strangers(2);
	finish();
}
END_TEST

START_TEST(slots_stay_strangers_when_one_is_taken_over)
{
	int i;

	begin();
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(
		    kill(server_await_member(&server, "worker", 0), SIGKILL),
		    0);
		(void)server_expect_log(
		    &server, "worker 0 * took over *, 0 dropped");
		seat(2);
		expect_strangers(2);
	}
	finish();
}
END_TEST

/* Its clients are lost, so all are let go before. */
START_TEST(slots_that_come_later_are_strangers_too)
{
	begin();
	server_allow_log(&server, "worker 1 * was *killed by SIGKILL after *");
	server_allow_log(&server, "standby of worker 1 * was killed *");
	while (clients > 0)
		client_close(client[--clients]);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "standby", 1), SIGSTOP), 0);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "worker", 1), SIGSTOP), 0);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "standby", 1), SIGKILL), 0);
	ck_assert_int_eq(
	    kill(server_await_member(&server, "worker", 1), SIGKILL), 0);
	(void)server_expect_log(&server, "worker 1 serves*");
	seat(2);
	expect_strangers(2);
	server_signal(&server, SIGTTIN);
	(void)server_expect_log(&server, "3 workers wanted");
	(void)server_expect_log(&server, "worker 2 serves*");
	seat(3);
	expect_strangers(3);
	finish();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("strangers");
	TCase *tc = suite_case(suite, "strangers");

	if (standby_possible() && ledger_works() && matrix_has("prefork")) {
		tcase_add_test(tc, slots_are_strangers);
		tcase_add_test(tc, slots_stay_strangers_when_one_is_taken_over);
		tcase_add_test(tc, slots_that_come_later_are_strangers_too);
	}
	server_look_for_no_leaks();
	return suite_run(suite);
}
