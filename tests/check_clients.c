/* What clients of a load say, check and lose, against a peer that is us. */
#include "check_main.h"

#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/clients.h"

enum { PATIENCE_MS = 30000, MESSAGE = 5000 };

static const char request[] = "GET /x HTTP/1.1\r\n\r\n";

/* What the owner was told. */
static struct {
	int opened, failed, heard, answered, ended, lost, wrong, fetched;
	enum loss loss;
	uint64_t place; /* of the wrong byte */
	unsigned char byte;
	size_t body;
} told;

static struct client client;
static struct clients all;
static struct pattern pattern;
static struct dial dial;
static int listener, peer;

/* --- the owner --- */

static void
opened(struct clients *cs, struct client *c, int64_t now)
{
	(void)cs, (void)c, (void)now;
	told.opened++;
}

static void
failed(struct clients *cs, struct client *c, int error, int64_t now)
{
	(void)cs, (void)c, (void)error, (void)now;
	told.failed++;
}

static void
heard(struct clients *cs, struct client *c, int64_t now)
{
	(void)cs;
	ck_assert_int_le(c->since, now);
	told.heard++;
}

static void
answered(struct clients *cs, struct client *c, int64_t now)
{
	(void)cs, (void)now;
	c->state = CLIENT_READY;
	told.answered++;
}

static void
ended(struct clients *cs, struct client *c, int64_t now)
{
	(void)cs, (void)c, (void)now;
	told.ended++;
}

static void
lost(struct clients *cs, struct client *c, enum loss loss, int64_t now)
{
	(void)cs, (void)c, (void)now;
	told.lost++;
	told.loss = loss;
}

static void
wrong(struct clients *cs, struct client *c, uint64_t place, unsigned char byte)
{
	(void)cs, (void)c;
	told.wrong++;
	told.place = place;
	told.byte = byte;
}

static size_t
body(
    struct clients *cs, struct client *c, const unsigned char *data, size_t len)
{
	(void)cs, (void)c;
	told.body += len;
	return memchr(data, '!', len) != NULL;
}

static void
fetched(struct clients *cs, struct client *c, int64_t now)
{
	(void)cs, (void)now;
	ck_assert_int_eq(c->response.status, 200);
	told.fetched++;
}

static const struct clients_owner owner = {
    .opened = opened,
    .failed = failed,
    .heard = heard,
    .answered = answered,
    .ended = ended,
    .lost = lost,
    .wrong = wrong,
    .body = body,
    .fetched = fetched,
};

/* --- the peer --- */

static void
next_event(int64_t now)
{
	struct poller_event event;

	ck_assert_int_eq(
	    poller_wait(all.crowd.poller, &event, 1, PATIENCE_MS), 1);
	clients_event(&all, &event, now);
}

/* A client that is connected at the time 1. */
static void
begin(bool fetches)
{
	struct sockaddr_in *in = (struct sockaddr_in *)(void *)&dial.address;

	memset(&told, 0, sizeof(told));
	memset(&client, 0, sizeof(client));
	memset(&dial, 0, sizeof(dial));
	memset(&all, 0, sizeof(all));
	pattern_init(&pattern, 1);
	in->sin_family = dial.family = AF_INET;
	in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	dial.len = sizeof(*in);
	listener = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)in, dial.len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(
	    getsockname(listener, (struct sockaddr *)in, &dial.len), 0);
	client.fetches = fetches;
	all.owner = &owner;
	all.pattern = &pattern;
	all.requests = request;
	all.request_len = all.requests_len = strlen(request);
	ck_assert_int_eq(clients_open(&all, poller_new(NULL, 64), &client,
			     sizeof(client), 1),
	    0);
	client_dial(&all, &client, &dial, 0);
	ck_assert_int_eq(client.state, CLIENT_CONNECTING);
	next_event(1);
	ck_assert_int_eq(told.opened, 1);
	ck_assert_int_eq(client.state, CLIENT_READY);
	peer = accept(listener, NULL, NULL);
	ck_assert_int_ge(peer, 0);
}

static void
finish(void)
{
	struct poller *poller = all.crowd.poller;

	clients_close(&all);
	poller_free(poller);
	(void)close(peer);
	(void)close(listener);
}

static void
peer_reads(void *bytes, size_t len)
{
	ck_assert_int_eq(recv(peer, bytes, len, MSG_WAITALL), (ssize_t)len);
}

static void
peer_sends(const void *bytes, size_t len)
{
	ck_assert_int_eq(send(peer, bytes, len, 0), (ssize_t)len);
}

/* Lets the client hear until it has got so many bytes in all. */
static void
hear(uint64_t bytes, int64_t now)
{
	while (all.count.bytes < bytes && told.lost == 0)
		next_event(now);
}

/* --- an echo --- */

/* The client has asked at the time 2; its message goes to `bytes`. */
static void
ask(unsigned char bytes[MESSAGE])
{
	client_say(&all, &client, MESSAGE, 2);
	ck_assert_int_eq(client.state, CLIENT_BUSY);
	peer_reads(bytes, MESSAGE);
}

START_TEST(an_echo_is_checked_and_answered)
{
	unsigned char bytes[MESSAGE];

	begin(false);
	ask(bytes);
	peer_sends(bytes, 1);
	hear(1, 3);
	ck_assert_int_eq(told.answered, 0);
	peer_sends(bytes + 1, MESSAGE - 1);
	hear(MESSAGE, 4);
	ck_assert_int_eq(told.answered, 1);
	ck_assert_int_eq(told.wrong + told.lost, 0);
	ck_assert_uint_eq(all.count.bytes_sent, MESSAGE);
	client_finish(&all, &client, 5);
	ck_assert_int_eq(recv(peer, bytes, 1, 0), 0);
	(void)shutdown(peer, SHUT_WR);
	next_event(6);
	ck_assert_int_eq(told.ended, 1);
	ck_assert_int_eq(client.state, CLIENT_ENDED);
	ck_assert_uint_eq(all.count.in_order, 1);
	finish();
}
END_TEST

START_TEST(a_wrong_byte_of_an_echo_is_found)
{
	unsigned char bytes[MESSAGE];

	begin(false);
	ask(bytes);
	bytes[4321] ^= 1;
	peer_sends(bytes, MESSAGE);
	hear(MESSAGE, 3);
	ck_assert_int_eq(told.wrong, 1);
	ck_assert_uint_eq(told.place, 4321);
	ck_assert_uint_eq(told.byte, bytes[4321]);
	ck_assert_uint_eq(all.count.bytes_wrong, 1);
	ck_assert_int_eq(told.answered, 1);
	finish();
}
END_TEST

START_TEST(more_than_was_said_is_extra)
{
	unsigned char bytes[MESSAGE];

	begin(false);
	ask(bytes);
	peer_sends(bytes, MESSAGE);
	hear(MESSAGE, 3);
	peer_sends("xy", 2);
	next_event(4);
	ck_assert_int_eq(told.lost, 1);
	ck_assert_int_eq(told.loss, LOSS_EXTRA);
	ck_assert_uint_eq(all.count.bytes_wrong, 2);
	ck_assert_int_eq(client.state, CLIENT_OUT);
	finish();
}
END_TEST

/* The end comes after so many bytes of the echo; what is it called? */
static const struct {
	size_t bytes;
	enum loss loss;
} ends[] = {{MESSAGE - 1, LOSS_SHORT}, {MESSAGE, LOSS_CLOSED}};

START_TEST(an_end_that_is_not_due_is_a_loss)
{
	unsigned char bytes[MESSAGE];

	begin(false);
	ask(bytes);
	peer_sends(bytes, ends[_i].bytes);
	hear(ends[_i].bytes, 3);
	(void)shutdown(peer, SHUT_WR);
	next_event(4);
	ck_assert_int_eq(told.lost, 1);
	ck_assert_int_eq(told.loss, ends[_i].loss);
	ck_assert_uint_eq(clients_lost(&all.count), 1);
	finish();
}
END_TEST

START_TEST(a_byte_that_does_not_come_is_waited_for_only_so_long)
{
	unsigned char bytes[MESSAGE];

	begin(false);
	clients_sweep(&all, 100, 99);
	ck_assert_int_eq(told.lost, 0);
	ask(bytes);
	clients_sweep(&all, 100, 1);
	ck_assert_int_eq(told.lost, 0);
	clients_sweep(&all, 101, 2);
	ck_assert_int_eq(told.lost, 1);
	ck_assert_int_eq(told.loss, LOSS_TIMEOUT);
	finish();
}
END_TEST

/* --- HTTP --- */

static const char answer[] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";

START_TEST(responses_are_counted_whatever_their_pieces)
{
	char bytes[2 * sizeof(request)];
	size_t i;

	begin(true);
	client_fetch(&all, &client, 2, 2);
	peer_reads(bytes, 2 * strlen(request));
	ck_assert_int_eq(memcmp(bytes, request, strlen(request)), 0);
	for (i = 0; answer[i] != '\0'; i++) {
		peer_sends(&answer[i], 1);
		next_event(3);
	}
	ck_assert_int_eq(told.fetched, 1);
	ck_assert_int_eq(told.answered, 0);
	peer_sends(answer, strlen(answer));
	hear(6, 4);
	ck_assert_int_eq(told.fetched, 2);
	ck_assert_int_eq(told.answered, 1);
	ck_assert_uint_eq(told.body, 6);
	ck_assert_uint_eq(all.count.bytes_wrong, 0);
	ck_assert_uint_eq(all.count.bytes_sent, 0);
	finish();
}
END_TEST

/* Answers to one request, and what the client makes of them. */
static const struct {
	const char *text;
	bool end;	 /* the connection, too */
	int lost, wrong; /* times; bytes */
	enum loss loss;
} answers[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na!c", false, 0, 1, 0},
    {"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc", false, 1, 2,
	LOSS_EXTRA},
    {"hello\n", false, 1, 0, LOSS_GARBLED},
    {"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", true, 1, 0, LOSS_SHORT},
    {"HTTP/1.1 200 OK\r\n\r\nabc", true, 1, 0, LOSS_CLOSED},
};

START_TEST(a_response_that_is_not_due_is_noted)
{
	char bytes[sizeof(request)];

	begin(true);
	client_fetch(&all, &client, 1, 2);
	peer_reads(bytes, strlen(request));
	peer_sends(answers[_i].text, strlen(answers[_i].text));
	next_event(3);
	if (answers[_i].end) {
		ck_assert_int_eq(told.lost, 0);
		(void)shutdown(peer, SHUT_WR);
		next_event(4);
	}
	ck_assert_int_eq(told.lost, answers[_i].lost);
	if (told.lost > 0)
		ck_assert_int_eq(told.loss, answers[_i].loss);
	ck_assert_uint_eq(all.count.bytes_wrong, (uint64_t)answers[_i].wrong);
	finish();
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_test(tc, an_echo_is_checked_and_answered);
	tcase_add_test(tc, a_wrong_byte_of_an_echo_is_found);
	tcase_add_test(tc, more_than_was_said_is_extra);
	tcase_add_loop_test(tc, an_end_that_is_not_due_is_a_loss, 0,
	    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(
	    tc, a_byte_that_does_not_come_is_waited_for_only_so_long);
	tcase_add_test(tc, responses_are_counted_whatever_their_pieces);
	tcase_add_loop_test(tc, a_response_that_is_not_due_is_noted, 0,
	    sizeof(answers) / sizeof(answers[0]));
}

int
main(void)
{
	return check_main("clients", add);
}
