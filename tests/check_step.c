/*
 * check_step - connections that are stepped by hand, at times of the test's
 * own: what is held back and for how long, and what becomes of deadlines while
 * nobody runs.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "check_main.h"
#include "records.h"
#include "service/registry.h"

enum { BEGIN = 1000000 };

static struct journal j;
static struct service_config config;
static struct serving s;
static struct conn c;
static struct wait w;
static int client;
static const struct peer peer = {{127, 0, 0, 1}, 5000, 4, 0};

/* A client of that service. */
static void
begin(uint8_t speaks)
{
	int ends[2], i;

	ck_assert_int_eq(journal_open(&j, 1, services, JOURNAL_UNKEPT), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	for (i = 0; i < 2; i++)
		ck_assert_int_eq(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
	client = ends[0];
	record_config(&config, NULL);
	config.demo = false;
	memset(&s, 0, sizeof(s));
	s.config = &config;
	s.journal = &j;
	s.now = BEGIN;
	ck_assert_int_eq(serving_open(&s), 0);
	conn_attach(&c, journal_take(&j, ends[1], services[speaks], &peer));
}

/* The end, whether it has come by itself or not. */
static void
end(void)
{
	conn_drop(&c, &s);
	serving_tend(&s, CLOCK_NEVER);
	serving_close(&s);
	journal_close(&j);
	ck_assert_int_eq(close(client), 0);
}

static void
step_at(int64_t ms)
{
	s.now = BEGIN + ms;
	w = conn_step(&c, &s);
}

static void
say(const char *text)
{
	ck_assert_int_eq(
	    send(client, text, strlen(text), 0), (ssize_t)strlen(text));
}

/* What has come begins so; "" stands for nothing, or the end. */
static void
hear(const char *text)
{
	char got[4096];
	ssize_t n = recv(client, got, sizeof(got), 0);

	if (*text == '\0') {
		ck_assert_int_le(n, 0);
		return;
	}
	ck_assert_int_ge(n, (ssize_t)strlen(text));
	ck_assert_mem_eq(got, text, strlen(text));
}

/* What may be an odd request is held, until it is one or for so long. */
static const struct held {
	const char *begins, *goes_on, *then;
	int64_t ms;
} held[] = {
    {"get", " / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 501", 200},
    {"get / HT", "TP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 501", 1000},
    {"m-search * HTTP", "/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 501", 1000},
    {"hello", "\n", "hello\n", 200},
    {"hello world", "\n", "hello world\n", 1000},
    {"hello world", "\r\nx HTTP/1.1\r\n", "hello world\r\nx HTTP/1.1\r\n",
	1000},
    {"GET", " / HTTP/3.0\r\n\r\n", "HTTP/1.1 505", 15000},
};

START_TEST(test_what_may_be_an_odd_request_is_held_until_it_is_known)
{
	const struct held *h = &held[_i];

	begin(SPEAKS_AUTO);
	say(h->begins);
	step_at(0);
	hear("");
	ck_assert_int_eq(w.until, BEGIN + h->ms);
	step_at(h->ms - 1);
	hear("");
	/* Due, but it has come in time. */
	say(h->goes_on);
	step_at(h->ms + 1);
	hear(h->then);
	end();
}
END_TEST

START_TEST(test_what_stays_half_a_line_is_echoed)
{
	const struct held *h = &held[_i];

	begin(SPEAKS_AUTO);
	say(h->begins);
	step_at(0);
	step_at(h->ms);
	hear(h->begins);
	end();
	/* At once, when no more can follow. */
	begin(SPEAKS_AUTO);
	say(h->begins);
	ck_assert_int_eq(shutdown(client, SHUT_WR), 0);
	step_at(0);
	if (w.fd >= 0)
		step_at(0);
	hear(h->begins);
	end();
}
END_TEST

START_TEST(test_each_piece_is_given_its_time)
{
	begin(SPEAKS_AUTO);
	say("a b");
	step_at(0);
	say("c");
	step_at(900);
	hear("");
	ck_assert_int_eq(w.until, BEGIN + 1900);
	step_at(1899);
	hear("");
	step_at(1900);
	hear("a bc");
	end();
}
END_TEST

START_TEST(test_silence_counts_only_if_somebody_listens)
{
	begin(SPEAKS_ECHO);
	say("abc\nexi");
	step_at(0);
	hear("abc\n");
	ck_assert_int_eq(w.until, BEGIN + SILENCE_MS);
	/* Stopped from 50 to 5000. */
	s.now = BEGIN + 5000;
	conn_delay(&c, &s, 4950);
	step_at(5000);
	hear("");
	say("t\n");
	step_at(5100);
	hear("");
	ck_assert_int_eq(c.r->phase, PHASE_LINGER);
	end();
}
END_TEST

START_TEST(test_silence_begins_though_its_end_was_not_noted)
{
	begin(SPEAKS_ECHO);
	say("abc\nexi");
	step_at(0);
	hear("abc\n");
	c.r->hold = CLOCK_NEVER;
	step_at(10);
	ck_assert_int_eq(w.until, BEGIN + 10 + SILENCE_MS);
	step_at(10 + SILENCE_MS);
	hear("exi");
	end();
}
END_TEST

/* A deadline, and what is left of it after a pause. */
static const struct left {
	uint8_t speaks;
	const char *says, *back;
	int64_t ms;
} lefts[] = {
    {SPEAKS_AUTO, "", "", 60000},
    {SPEAKS_AUTO, "GE", "", 15000},
    {SPEAKS_ECHO, "x\n", "x\n", 60000},
    {SPEAKS_HTTP, "GET /", "", 15000},
    {SPEAKS_HTTP, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 204",
	15000},
};

START_TEST(test_no_time_runs_while_nobody_does)
{
	const struct left *l = &lefts[_i];
	const int64_t pause = 100000;

	begin(l->speaks);
	if (*l->says != '\0')
		say(l->says);
	step_at(0);
	hear(l->back);
	ck_assert_int_eq(w.until, BEGIN + l->ms);
	s.now = BEGIN + 4000 + pause;
	conn_delay(&c, &s, pause);
	step_at(4000 + pause);
	ck_assert_int_eq(w.until, BEGIN + l->ms + pause);
	step_at(l->ms + pause - 1);
	ck_assert_int_ge(w.fd, 0);
	hear("");
	end();
}
END_TEST

START_TEST(test_no_deadline_is_later_than_the_longest)
{
	static const int64_t times[] = {
	    INT64_MIN, -1, 0, BEGIN, BEGIN + 60001, INT64_MAX - 1};
	size_t i;

	begin(SPEAKS_ECHO);
	step_at(0);
	for (i = 0; i < LENGTH(times); i++) {
		c.r->deadline = c.r->hold = times[i];
		conn_delay(&c, &s, 5);
		ck_assert_int_le(c.r->deadline, BEGIN + 60000);
		ck_assert_int_le(c.r->hold, BEGIN + 60000);
		ck_assert_int_ge(c.r->hold, BEGIN + SILENCE_MS);
		ck_assert_uint_eq(c.r->sum, journal_sum(&j, c.r));
	}
	c.r->deadline = CLOCK_NEVER;
	conn_delay(&c, &s, 5);
	ck_assert_int_eq(c.r->deadline, CLOCK_NEVER);
	end();
}
END_TEST

/* Each service, and what comes just when its deadline has. */
static const struct left lates[] = {
    {SPEAKS_AUTO, "\n", "\n", 60000},
    {SPEAKS_ECHO, "x\n", "x\n", 60000},
    {SPEAKS_HTTP, "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 204",
	15000},
    {SPEAKS_DEMO, "x\n", "x\n", 60000},
};

START_TEST(test_a_deadline_counts_only_if_nothing_came)
{
	const struct left *l = &lates[_i];

	begin(l->speaks);
	config.demo = true;
	c.r->deadline = BEGIN + l->ms;
	step_at(0);
	say(l->says);
	step_at(l->ms + 1);
	ck_assert_int_ge(w.fd, 0);
	hear(l->back);
	step_at(3 * l->ms);
	ck_assert_int_lt(w.fd, 0);
	end();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc,
	    test_what_may_be_an_odd_request_is_held_until_it_is_known, 0,
	    (int)LENGTH(held));
	tcase_add_loop_test(
	    tc, test_what_stays_half_a_line_is_echoed, 0, (int)LENGTH(held));
	tcase_add_test(tc, test_each_piece_is_given_its_time);
	tcase_add_test(tc, test_silence_counts_only_if_somebody_listens);
	tcase_add_test(tc, test_silence_begins_though_its_end_was_not_noted);
	tcase_add_loop_test(
	    tc, test_no_time_runs_while_nobody_does, 0, (int)LENGTH(lefts));
	tcase_add_test(tc, test_no_deadline_is_later_than_the_longest);
	tcase_add_loop_test(tc, test_a_deadline_counts_only_if_nothing_came, 0,
	    (int)LENGTH(lates));
}

int
main(void)
{
	return check_main("step", add);
}
