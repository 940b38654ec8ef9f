/* Crowds of clients over a poller, as all tools have them. */
#include "check_main.h"

#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/crowd.h"

enum { CLIENTS = 3, PATIENCE_MS = 30000 };

struct one {
	struct link link;
	int name;
};

static struct one one[CLIENTS];
static struct crowd crowd;
static struct dial dial;
static struct poller *poller;
static int listener;

/* A listener on a free port, and clients that are to connect there. */
static void
begin(void)
{
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&dial.address;
	int i;

	memset(&dial, 0, sizeof(dial));
	in->sin_family = dial.family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	dial.len = sizeof(*in);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)in, dial.len), 0);
	ck_assert_int_eq(listen(listener, CLIENTS), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)in, &dial.len), 0);
	poller = poller_new(NULL, 64);
	ck_assert_ptr_nonnull(poller);
	crowd_init(&crowd, poller, one, sizeof(one[0]), CLIENTS);
	for (i = 0; i < CLIENTS; i++)
		one[i].name = i;
}

static void
finish(void)
{
	crowd_hang_up_all(&crowd);
	ck_assert_int_eq(crowd.connected + crowd.connecting, 0);
	poller_free(poller);
	if (listener >= 0)
		(void)close(listener);
}

/* The next piece of news, and whose it is. */
static enum crowd_news
news(struct one **whose)
{
	struct poller_event event;

	ck_assert_int_eq(poller_wait(poller, &event, 1, PATIENCE_MS), 1);
	*whose = crowd_client(&crowd, event.tag);
	return crowd_event(&crowd, &event);
}

static void
connect_one(int i)
{
	struct one *whose;

	ck_assert_int_eq(crowd_dial(&crowd, &one[i].link, &dial), 0);
	ck_assert_int_eq(crowd.connecting, 1);
	ck_assert_int_eq(news(&whose), CROWD_CONNECTED);
	ck_assert_ptr_eq(whose, &one[i]);
	ck_assert_int_eq(crowd.connecting, 0);
}

START_TEST(a_client_connects_speaks_and_sees_the_end)
{
	struct one *whose;
	char bytes[8];
	int peer;

	begin();
	connect_one(1);
	ck_assert_int_eq(crowd.connected, 1);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
	ck_assert_int_eq(link_receive(&one[1].link, bytes, sizeof(bytes)), 0);
	ck_assert_int_eq(link_send(&one[1].link, "abc", 3), 3);
	ck_assert_int_eq(recv(peer, bytes, 3, MSG_WAITALL), 3);
	ck_assert_int_eq(send(peer, "de", 2, 0), 2);
	(void)close(peer);
	ck_assert_int_eq(news(&whose), CROWD_READY);
	ck_assert_int_eq(link_receive(&whose->link, bytes, sizeof(bytes)), 2);
	ck_assert_int_eq(news(&whose), CROWD_READY);
	ck_assert_int_eq(link_receive(&whose->link, bytes, sizeof(bytes)), -1);
	ck_assert_int_eq(errno, 0);
	finish();
}
END_TEST

START_TEST(a_client_that_is_refused_is_told_why)
{
	struct one *whose;

	begin();
	(void)close(listener);
	listener = -1;
	if (crowd_dial(&crowd, &one[0].link, &dial) == 0)
		ck_assert_int_eq(news(&whose), CROWD_UNCONNECTED);
	ck_assert_int_eq(errno, ECONNREFUSED);
	ck_assert_int_eq(one[0].link.fd, -1);
	ck_assert_int_eq(crowd.connecting, 0);
	finish();
}
END_TEST

START_TEST(those_that_change_places_keep_their_connections)
{
	struct one *whose;

	begin();
	connect_one(0);
	crowd_swap(&crowd, 0, 2);
	ck_assert_int_eq(one[2].name, 0);
	ck_assert_int_eq(one[0].name, 2);
	ck_assert_int_eq(one[0].link.fd, -1);
	crowd_want(&crowd, &one[2].link, POLLIN | POLLOUT);
	ck_assert_int_eq(news(&whose), CROWD_READY);
	ck_assert_ptr_eq(whose, &one[2]);
	ck_assert_int_eq(crowd_number(&crowd, &whose->link), 2);
	finish();
}
END_TEST

START_TEST(news_of_a_connection_that_was_closed_is_none)
{
	struct poller_event event = {.tag = 0, .events = POLLIN};

	begin();
	connect_one(0);
	crowd_hang_up(&crowd, &one[0].link);
	ck_assert_int_eq(crowd_event(&crowd, &event), CROWD_NOTHING);
	ck_assert_int_eq(crowd.connected, 0);
	finish();
}
END_TEST

START_TEST(the_tags_of_a_second_crowd_begin_behind_those_of_the_first)
{
	struct poller_event event;
	struct one *whose;

	begin();
	crowd.first = 700;
	connect_one(1);
	crowd_swap(&crowd, 1, 2);
	crowd_want(&crowd, &one[2].link, POLLIN | POLLOUT);
	ck_assert_int_eq(poller_wait(crowd.poller, &event, 1, 5000), 1);
	ck_assert_uint_eq(event.tag, 702);
	ck_assert_int_eq(news(&whose), CROWD_READY);
	ck_assert_ptr_eq(whose, &one[2]);
	finish();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, a_client_connects_speaks_and_sees_the_end);
	tcase_add_test(tc, a_client_that_is_refused_is_told_why);
	tcase_add_test(tc, those_that_change_places_keep_their_connections);
	tcase_add_test(tc, news_of_a_connection_that_was_closed_is_none);
	tcase_add_test(
	    tc, the_tags_of_a_second_crowd_begin_behind_those_of_the_first);
}

int
main(void)
{
	return check_main("crowd", add);
}
