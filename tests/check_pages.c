/*
 * check_pages - who gets which listing, and how much memory they all take.
 */
#include "service/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "service/http_record.h"
#include "service/http_state.h"
#include "base/clock.h"
#include "check_main.h"
#include "os/memory.h"
#include "service/conn.h"
#include "service/registry.h"

enum { CLIENTS = 60, MANY = 30000, STEPS = 1000000 };

static const struct listing_view by_name = {LISTING_HTML, LISTING_NAME, false};

/* An executor with so many clients, and a directory. */
static struct journal journal;
static struct service_config config;
static struct serving s;
static struct conn client[CLIENTS];
static char root[64];
static int top; /* that is open */
static struct root served;

static int
open_root(void)
{
	return open(root, O_RDONLY | O_DIRECTORY);
}

static void
add_file(const char *name, const char *text)
{
	int dir = open_root(), fd;

	fd = openat(dir, name, O_WRONLY | O_CREAT, 0644);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	ck_assert_int_eq(close(fd), 0);
	ck_assert_int_eq(close(dir), 0);
}

/* Marks the client's record as of one that is being sent a page. */
static void
owe(struct conn *c, int file, const struct validator *id)
{
	struct answer *a = &c->r->answer[c->r->half];

	a->file_fd = file;
	http_of(a)->made = 1;
	a->id = *id;
}

static void
is_sent(struct conn *c)
{
	struct answer *a = &c->r->answer[c->r->half];

	if (a->file_fd >= 0)
		(void)close(a->file_fd);
	a->file_fd = -1;
}

static void
setup(void)
{
	struct peer peer;
	int i;

	memset(&peer, 0, sizeof(peer));
	memset(&s, 0, sizeof(s));
	(void)snprintf(root, sizeof(root), "/tmp/prefork-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(root));
	top = open_root();
	served.fd = top;
	config.root = &served;
	config.limits.line = 8192;
	ck_assert_int_eq(
	    journal_open(&journal, CLIENTS, services, JOURNAL_UNKEPT), 0);
	s.config = &config;
	s.journal = &journal;
	s.now = 1000000;
	ck_assert_int_eq(serving_open(&s), 0);
	for (i = 0; i < CLIENTS; i++) {
		conn_attach(&client[i],
		    journal_take(&journal, open("/dev/null", O_RDONLY),
			services[SPEAKS_HTTP], &peer));
		client[i].own = &http_in(&s)->client[i];
	}
}

static void
teardown(void)
{
	struct dirent *d;
	DIR *walk;
	int i;

	for (i = 0; i < CLIENTS; i++)
		conn_drop(&client[i], &s);
	serving_tend(&s, CLOCK_NEVER);
	serving_close(&s);
	journal_close(&journal);
	walk = opendir(root);
	while ((d = readdir(walk)) != NULL)
		(void)unlinkat(dirfd(walk), d->d_name, 0);
	(void)closedir(walk);
	(void)close(top);
	ck_assert_int_eq(rmdir(root), 0);
}

static int
ask(struct conn *c)
{
	return pages_ask(c, &s, open_root(), "/", &by_name);
}

/* Goes on until the client has its page. */
static void
await(struct conn *c, struct made *made)
{
	int done = 0, i;

	for (i = 0; done == 0 && i < STEPS; i++)
		done = pages_go_on(c, &s, made);
	ck_assert_int_eq(done, 1);
	ck_assert_int_eq(client_of(c)->page, 0);
}

/* The page that is got by who asks now. */
static struct made
get(struct conn *c)
{
	struct made made;

	ck_assert_int_eq(ask(c), 0);
	await(c, &made);
	owe(c, made.file, &made.id);
	return made;
}

START_TEST(test_all_who_ask_at_once_get_the_same_bytes)
{
	struct made made[CLIENTS];
	int i, jobs = 0;

	add_file("a", "");
	for (i = 0; i < CLIENTS; i++)
		ck_assert_int_eq(ask(&client[i]), 0);
	/* None of the others makes anything. */
	for (i = CLIENTS - 1; i >= 0; i--) {
		ck_assert_int_eq(pages_go_on(&client[i], &s, &made[0]), 0);
		jobs += client_of(&client[i])->busy;
	}
	ck_assert_int_eq(jobs, 1);
	for (i = CLIENTS - 1; i >= 0; i--)
		await(&client[i], &made[i]);
	for (i = 0; i < CLIENTS; i++) {
		ck_assert_uint_eq(made[i].id.ino, made[0].id.ino);
		ck_assert_int_eq(made[i].length, made[0].length);
		ck_assert_int_eq(close(made[i].file), 0);
	}
}
END_TEST

START_TEST(test_who_begins_it_may_leave)
{
	struct made made, last;

	add_file("a", "");
	ck_assert_int_eq(ask(&client[0]), 0);
	ck_assert_int_eq(ask(&client[1]), 0);
	ck_assert_int_eq(ask(&client[2]), 0);
	ck_assert_int_eq(pages_go_on(&client[0], &s, &made), 0);
	ck_assert_int_eq(pages_go_on(&client[1], &s, &made), 0);
	pages_leave(&client[0], &s);
	await(&client[1], &made);
	ck_assert_int_eq(close(made.file), 0);
	/* The last to come still finds it. */
	await(&client[2], &last);
	ck_assert_int_eq(close(last.file), 0);
}
END_TEST

/* Its socket is full, and its page is another's as well. */
START_TEST(test_who_does_not_go_on_with_it_keeps_nobody_waiting)
{
	struct made made;

	add_file("a", "");
	ck_assert_int_eq(ask(&client[0]), 0);
	ck_assert_int_eq(ask(&client[1]), 0);
	ck_assert_int_eq(pages_go_on(&client[0], &s, &made), 0);
	s.now += 100;
	await(&client[1], &made);
	ck_assert_int_eq(close(made.file), 0);
}
END_TEST

/* The clock of a file system may be a slow one. */
static void
change_directory(void)
{
	struct stat before, now;
	char name[16];
	int i = 0;

	ck_assert_int_eq(fstat(top, &before), 0);
	do {
		(void)snprintf(name, sizeof(name), "b%d", i++);
		add_file(name, "");
		ck_assert_int_eq(fstat(top, &now), 0);
	} while (now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
		 now.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

START_TEST(test_a_change_is_seen_at_once_or_half_a_second_later)
{
	struct made first, second;

	add_file("a", "");
	first = get(&client[0]);
	s.now += PAGE_MS - 1;
	second = get(&client[1]);
	ck_assert_uint_eq(first.id.ino, second.id.ino);
	ck_assert_int_eq(second.since, first.since);
	change_directory();
	second = get(&client[2]);
	ck_assert_uint_ne(first.id.ino, second.id.ino);
	/* A file has. */
	add_file("a", "longer");
	s.now += PAGE_MS;
	first = get(&client[3]);
	ck_assert_uint_ne(first.id.ino, second.id.ino);
	/* Nothing has: it is made, and is the same. */
	s.now += PAGE_MS;
	second = get(&client[4]);
	ck_assert_uint_eq(first.id.ino, second.id.ino);
	ck_assert_int_eq(second.since, s.now);
}
END_TEST

START_TEST(test_the_length_of_a_page_that_is_not_there_is_not_known)
{
	struct made made;

	add_file("a", "");
	ck_assert_int_eq(pages_length(&s, top, "/", &by_name), -1);
	made = get(&client[0]);
	ck_assert_int_eq(pages_length(&s, top, "/", &by_name), made.length);
	s.now += PAGE_MS;
	ck_assert_int_eq(pages_length(&s, top, "/", &by_name), -1);
}
END_TEST

/* The client is being sent a page of an executor that is dead. */
static void
hold_foreign(struct conn *c, int64_t size)
{
	static uint64_t ino = 1;
	struct validator id;

	memset(&id, 0, sizeof(id));
	id.dev = 1;
	id.ino = ino++;
	id.size = size;
	owe(c, open("/dev/null", O_RDONLY), &id);
}

START_TEST(test_small_pages_have_a_bound_together)
{
	enum { HOLDERS = PAGE_CLASS_BYTES / PAGE_BIG };
	struct conn *c = &client[HOLDERS];
	struct validator *id;
	int i;

	add_file("a", "");
	for (i = 0; i < HOLDERS; i++)
		hold_foreign(&client[i], PAGE_BIG);
	ck_assert_int_eq(ask(c), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(client_of(c)->page, 0);
	/* Two hold the same. */
	id = &client[1].r->answer[client[1].r->half].id;
	id->ino = client[0].r->answer[client[0].r->half].id.ino;
	s.now += PAGE_MS;
	(void)get(c);
}
END_TEST

/* A request that is being taken for a handler has room of its own. */
START_TEST(test_what_clients_send_is_no_page)
{
	enum { SENDERS = PAGE_CLASS_BYTES / PAGE_BIG };
	struct answer *a;
	int i;

	add_file("a", "");
	for (i = 0; i < SENDERS; i++) {
		a = &client[i].r->answer[client[i].r->half];
		a->own_fd = memory_file();
		ck_assert_int_ge(a->own_fd, 0);
		ck_assert_int_eq(ftruncate(a->own_fd, PAGE_BIG), 0);
		http_of(a)->taking = 1;
	}
	(void)get(&client[SENDERS]);
	for (i = 0; i < SENDERS; i++) {
		a = &client[i].r->answer[client[i].r->half];
		ck_assert_int_eq(close(a->own_fd), 0);
		a->own_fd = -1;
	}
}
END_TEST

START_TEST(test_more_pages_than_are_known_still_count)
{
	struct listing_view view = by_name;
	char path[16];
	struct made made;
	int i;

	add_file("a", "");
	/* All that are known are new. */
	for (i = 0; i < 2 * PAGES; i++) {
		(void)snprintf(path, sizeof(path), "/%d/", i);
		ck_assert_int_eq(
		    pages_ask(&client[0], &s, open_root(), path, &view), 0);
		await(&client[0], &made);
		ck_assert_int_eq(close(made.file), 0);
	}
	/* A length that nobody can believe is a great one. */
	hold_foreign(&client[1], -1);
	hold_foreign(&client[2], INT64_MAX);
	for (i = 3; i < 3 + PAGE_CLASS_BYTES / PAGE_BIG; i++)
		hold_foreign(&client[i], PAGE_BIG);
	s.now += PAGE_MS - 1;
	ck_assert_int_eq(ask(&client[0]), -1);
	ck_assert_int_eq(errno, EAGAIN);
}
END_TEST

START_TEST(test_a_big_page_waits_for_room_and_not_for_ever)
{
	struct made made;
	char name[64];
	int i;

	for (i = 0; i < MANY; i++) {
		(void)snprintf(name, sizeof(name), "%040d", i);
		add_file(name, "");
	}
	hold_foreign(&client[0], PAGE_CLASS_BYTES - 1);
	ck_assert_int_eq(ask(&client[1]), 0);
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(pages_go_on(&client[1], &s, &made), 0);
	ck_assert(!client_of(&client[1])->busy);
	s.now += PAGE_WAIT_MS;
	ck_assert_int_eq(pages_go_on(&client[1], &s, &made), -1);
	ck_assert_int_eq(errno, ENOMEM);
	/* One that is alone fits, however big it is. */
	ck_assert_int_eq(ask(&client[2]), 0);
	for (i = 0; i < MANY; i++)
		ck_assert_int_eq(pages_go_on(&client[2], &s, &made), 0);
	is_sent(&client[0]);
	s.now += PAGE_WAIT_MS - 1;
	await(&client[2], &made);
	ck_assert_int_gt(made.length, PAGE_BIG);
	ck_assert_int_eq(close(made.file), 0);
}
END_TEST

static void
add_tests(TCase *tc)
{
	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, test_all_who_ask_at_once_get_the_same_bytes);
	tcase_add_test(tc, test_who_begins_it_may_leave);
	tcase_add_test(
	    tc, test_who_does_not_go_on_with_it_keeps_nobody_waiting);
	tcase_add_test(
	    tc, test_a_change_is_seen_at_once_or_half_a_second_later);
	tcase_add_test(
	    tc, test_the_length_of_a_page_that_is_not_there_is_not_known);
	tcase_add_test(tc, test_small_pages_have_a_bound_together);
	tcase_add_test(tc, test_what_clients_send_is_no_page);
	tcase_add_test(tc, test_more_pages_than_are_known_still_count);
	tcase_add_test(tc, test_a_big_page_waits_for_room_and_not_for_ever);
}

int
main(void)
{
	return check_main("pages", add_tests);
}
