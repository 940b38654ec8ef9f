/*
 * check_sockets - files that are sent, addresses, listeners and who comes.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "check_main.h"
#include "descriptors.h"
#include "os/file.h"
#include "os/listener.h"
#include "os/memory.h"
#include "os/networks.h"
#include "os/socket.h"

static int
open_host(struct listeners *l, const char *host, uint16_t port,
    const char **failed, const char **cause)
{
	const char *const address[] = {host, NULL};
	const struct listener_rights rights = {0600, NULL};

	memset(l, 0, sizeof(*l));
	return listeners_open(l, address, port, &rights, failed, cause);
}

static void
expect_option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = 0;

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	ck_assert_int_ne(value, 0);
}

/* --- files --- */

enum { FILE_BYTES = 300007 };

static const struct {
	const char *name;
	ssize_t (*send)(int, int, int64_t, int64_t);
} twins[] = {{"send", file_send}, {"copy", file_copy}};

static const struct {
	int64_t offset, len;
	int64_t due;
} pieces[] = {
    {0, FILE_BYTES, FILE_BYTES},
    {0, 1, 1},
    {0, 0, 0},
    {1, 32767, 32767},
    {5, 32768, 32768},
    {7, 32769, 32769},
    {123457, 100000, 100000},
    {FILE_BYTES - 1, 1, 1},
    {FILE_BYTES - 1, 100, 1},
    {FILE_BYTES - 40000, INT64_MAX, 40000},
    {FILE_BYTES, 1, 0},
    {FILE_BYTES, INT64_MAX, 0},
    {FILE_BYTES + 1, 1, 0},
    {INT64_C(1) << 40, 100, 0},
};

static char bytes[FILE_BYTES], got[FILE_BYTES];

static int
filled_file(void)
{
	int fd = memory_file();
	uint32_t x = 1;
	size_t i;

	for (i = 0; i < sizeof(bytes); i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (char)(x >> 24);
	}
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, sizeof(bytes)), FILE_BYTES);
	return fd;
}

static void
socket_pair(int ends[2])
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	ck_assert_int_eq(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	ck_assert_int_eq(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
}

/* Reads what is there behind the first n bytes. Returns how many are now. */
static int64_t
drain(int fd, int64_t n)
{
	ssize_t more;

	while (n < FILE_BYTES &&
	       (more = read(fd, got + n, (size_t)(FILE_BYTES - n))) > 0)
		n += more;
	return n;
}

START_TEST(test_both_send_the_same_piece_of_a_file)
{
	int file = filled_file(), ends[2];
	int64_t sent, arrived;
	ssize_t n;
	size_t i;

	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		sent = arrived = 0;
		while (sent < pieces[_i].len) {
			n = twins[i].send(ends[0], file,
			    pieces[_i].offset + sent, pieces[_i].len - sent);
			if (n == 0)
				break;
			ck_assert(n > 0 || errno == EAGAIN);
			sent += n > 0 ? n : 0;
			arrived = drain(ends[1], arrived);
		}
		ck_assert_int_eq(sent, pieces[_i].due);
		ck_assert_int_eq(arrived, pieces[_i].due);
		if (arrived > 0)
			ck_assert_mem_eq(
			    got, bytes + pieces[_i].offset, (size_t)arrived);
		ck_assert_int_eq(
		    twins[i].send(ends[0], file, pieces[_i].offset + sent, 0),
		    0);
		close_both(ends);
	}
	/* Neither moves the place where the file is read. */
	ck_assert_int_eq(lseek(file, 0, SEEK_CUR), FILE_BYTES);
	ck_assert_int_eq(close(file), 0);
}
END_TEST

START_TEST(test_a_full_socket_says_so)
{
	int file = filled_file(), ends[2], tries;
	size_t i;

	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		for (tries = 0; tries < 1000; tries++)
			if (twins[i].send(ends[0], file, 0, FILE_BYTES) < 0)
				break;
		ck_assert_int_eq(errno, EAGAIN);
		ck_assert_int_lt(tries, 1000);
		close_both(ends);
	}
	ck_assert_int_eq(close(file), 0);
}
END_TEST

START_TEST(test_a_peer_that_is_gone_and_a_file_that_is_none_are_errors)
{
	int file = filled_file(), ends[2], here = next_descriptor();
	size_t i;

	(void)signal(SIGPIPE, SIG_IGN);
	for (i = 0; i < LENGTH(twins); i++) {
		socket_pair(ends);
		ck_assert_int_eq(twins[i].send(ends[0], -1, 0, 10), -1);
		ck_assert_int_eq(errno, EBADF);
		ck_assert_int_eq(close(ends[1]), 0);
		ck_assert_int_eq(twins[i].send(ends[0], file, 0, 10), -1);
		ck_assert_int_eq(errno, EPIPE);
		ck_assert_int_eq(close(ends[0]), 0);
	}
	ck_assert_int_eq(next_descriptor(), here);
	ck_assert_int_eq(close(file), 0);
	(void)signal(SIGPIPE, SIG_DFL);
}
END_TEST

/* --- addresses --- */

START_TEST(test_peers_are_written_as_addresses)
{
	static const struct {
		int family;
		const char *address;
		uint16_t port;
		const char *text;
	} rows[] = {
	    {AF_INET, "127.0.0.1", 5000, "127.0.0.1:5000"},
	    {AF_INET, "255.255.255.255", 65535, "255.255.255.255:65535"},
	    {AF_INET, "0.0.0.0", 0, "0.0.0.0:0"},
	    {AF_INET6, "::1", 5000, "[::1]:5000"},
	    {AF_INET6, "::", 1, "[::]:1"},
	    {AF_INET6, "1111:2222:3333:4444:5555:6666:7777:8888", 65535,
		"[1111:2222:3333:4444:5555:6666:7777:8888]:65535"},
	    {AF_INET6, "::ffff:255.255.255.255", 65535,
		"[::ffff:255.255.255.255]:65535"},
	    {AF_UNIX, NULL, 0, "unix:"},
	    {AF_UNSPEC, NULL, 0, "?"},
	};
	struct sockaddr_storage address;
	struct sockaddr_in *in = (struct sockaddr_in *)&address;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&address;
	struct peer peer;
	char text[PEER_TEXT];
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		memset(&address, 0, sizeof(address));
		memset(&peer, 0xff, sizeof(peer));
		address.ss_family = (sa_family_t)rows[i].family;
		if (rows[i].family == AF_INET) {
			in->sin_port = htons(rows[i].port);
			inet_pton(AF_INET, rows[i].address, &in->sin_addr);
		} else if (rows[i].family == AF_INET6) {
			in6->sin6_port = htons(rows[i].port);
			inet_pton(AF_INET6, rows[i].address, &in6->sin6_addr);
		}
		peer_from(&peer, &address);
		ck_assert_uint_eq(peer.port, rows[i].port);
		peer_format(text, &peer);
		ck_assert_str_eq(text, rows[i].text);
	}
}
END_TEST

static uint16_t
port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct peer peer;

	memset(&address, 0, sizeof(address));
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&address, &len), 0);
	peer_from(&peer, &address);
	return peer.port;
}

START_TEST(test_port_0_is_one_free_port_for_all_addresses)
{
	static const struct {
		const char *host;
		const char *name[2];
		bool loopback;
	} rows[] = {
	    {"localhost", {"127.0.0.1:%u", "[::1]:%u"}, true},
	    {"*", {"0.0.0.0:%u", "[::]:%u"}, false},
	    {"127.0.0.1", {"127.0.0.1:%u", NULL}, true},
	    {"0.0.0.0", {"0.0.0.0:%u", NULL}, false},
	};
	const char *failed, *cause;
	struct listeners l;
	char name[2][LISTENER_TEXT];
	int i, before = next_descriptor();
	unsigned port;

	ck_assert_int_eq(open_host(&l, rows[_i].host, 0, &failed, &cause), 0);
	ck_assert_int_ge(l.count, 1);
	ck_assert_int_le(l.count, rows[_i].name[1] != NULL ? 2 : 1);
	ck_assert_int_eq(l.outside == NULL, rows[_i].loopback);
	port = port_of(l.fd[0]);
	ck_assert_uint_ne(port, 0);
	snprintf(name[0], sizeof(name[0]), rows[_i].name[0], port);
	if (rows[_i].name[1] != NULL)
		snprintf(name[1], sizeof(name[1]), rows[_i].name[1], port);
	for (i = 0; i < l.count; i++) {
		ck_assert_uint_eq(port_of(l.fd[i]), port);
		expect_nonblocking_and_private(l.fd[i]);
		/* One of the two may be missing on the machine. */
		ck_assert(strcmp(l.name[i], name[0]) == 0 ||
			  strcmp(l.name[i], name[1]) == 0);
		if (i > 0)
			ck_assert_str_ne(l.name[i], l.name[0]);
	}
	listeners_close(&l);
	ck_assert_int_eq(l.count, 0);
	ck_assert_int_eq(next_descriptor(), before);
}
END_TEST

START_TEST(test_why_a_client_is_not_accepted_says_what_to_do)
{
	static const struct {
		int error;
		enum socket_failure due;
	} rows[] = {
	    {EAGAIN, SOCKET_NOBODY},
	    {ECONNABORTED, SOCKET_GONE},
	    {EINTR, SOCKET_GONE},
	    {EPROTO, SOCKET_GONE},
	    {ENETDOWN, SOCKET_GONE},
	    {EMFILE, SOCKET_SCARCE},
	    {ENFILE, SOCKET_SCARCE},
	    {ENOMEM, SOCKET_SCARCE},
	    {EPERM, SOCKET_DENIED},
	    {EACCES, SOCKET_DENIED},
	    {ENOSYS, SOCKET_DENIED},
	    {EBADF, SOCKET_NO_LISTENER},
	    {EINVAL, SOCKET_NO_LISTENER},
	    {0, SOCKET_DENIED},
	    {99999, SOCKET_DENIED},
	};
	size_t i;

	for (i = 0; i < LENGTH(rows); i++)
		ck_assert_msg(socket_judge(rows[i].error) == rows[i].due, "%s",
		    strerror(rows[i].error));
}
END_TEST

START_TEST(test_a_client_is_accepted_prepared_and_with_its_address)
{
	const char *failed, *cause;
	struct sockaddr_storage address;
	socklen_t len = sizeof(address);
	struct listeners l;
	struct pollfd p;
	struct peer peer;
	int client, accepted;

	ck_assert_int_eq(open_host(&l, "127.0.0.1", 0, &failed, &cause), 0);
	ck_assert_int_eq(socket_accept(l.fd[0], &peer), -1);
	ck_assert_int_eq(errno, EAGAIN);
	ck_assert_int_eq(
	    getsockname(l.fd[0], (struct sockaddr *)&address, &len), 0);
	client = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(client, (struct sockaddr *)&address, len), 0);
	p.fd = l.fd[0];
	p.events = POLLIN;
	ck_assert_int_eq(poll(&p, 1, 30000), 1);
	accepted = socket_accept(l.fd[0], &peer);
	ck_assert_int_ge(accepted, 0);
	expect_nonblocking_and_lasting(accepted);
	expect_option(accepted, IPPROTO_TCP, TCP_NODELAY);
	expect_option(accepted, SOL_SOCKET, SO_KEEPALIVE);
	ck_assert_uint_eq(peer.family, 4);
	ck_assert_uint_eq(peer.port, port_of(client));
	ck_assert_int_eq(close(client), 0);
	ck_assert_int_eq(close(accepted), 0);
	listeners_close(&l);
}
END_TEST

/* --- networks --- */

START_TEST(test_who_is_in_a_network_is_said_by_its_first_bits)
{
	static const struct {
		const char *list;
		int family;
		const char *address;
		bool is_in;
	} rows[] = {
	    {"192.0.2.0/24", AF_INET, "192.0.2.255", true},
	    {"192.0.2.0/24", AF_INET, "192.0.3.0", false},
	    {"192.0.2.128/25", AF_INET, "192.0.2.127", false},
	    {"192.0.2.128/25", AF_INET, "192.0.2.128", true},
	    {"192.0.2.1", AF_INET, "192.0.2.1", true},
	    {"192.0.2.1", AF_INET, "192.0.2.0", false},
	    {"0.0.0.0/0", AF_INET, "255.255.255.255", true},
	    {"0.0.0.0/0", AF_INET6, "::1", false},
	    {"0.0.0.0/0", AF_INET6, "::ffff:192.0.2.1", true},
	    {"::/0", AF_INET6, "::1", true},
	    {"::/0", AF_INET, "192.0.2.1", false},
	    {"2001:db8::/33", AF_INET6, "2001:db8:7fff::1", true},
	    {"2001:db8::/33", AF_INET6, "2001:db8:8000::1", false},
	    {"10.0.0.0/8,::1,unix", AF_INET6, "::1", true},
	    {"10.0.0.0/8,::1,unix", AF_INET, "10.9.8.7", true},
	    {"10.0.0.0/8,::1,unix", AF_UNIX, NULL, true},
	    {"10.0.0.0/8,::1", AF_UNIX, NULL, false},
	};
	struct networks networks;
	struct peer peer;
	size_t i;

	for (i = 0; i < LENGTH(rows); i++) {
		/* What was there before is nothing to go by. */
		memset(&networks, 0xff, sizeof(networks));
		memset(&peer, 0, sizeof(peer));
		peer.family = rows[i].family == AF_INET	   ? 4
			      : rows[i].family == AF_INET6 ? 6
							   : PEER_UNIX;
		if (rows[i].address != NULL)
			inet_pton(
			    rows[i].family, rows[i].address, peer.address);
		ck_assert(networks_parse(&networks, rows[i].list));
		ck_assert_msg(networks_have(&networks, &peer) == rows[i].is_in,
		    "%s, %s", rows[i].list, rows[i].address);
	}
}
END_TEST

/* --- refusals --- */

static void
expect_refusal(const char *host, uint16_t port, const char *due)
{
	const char *failed = NULL, *cause = NULL;
	struct listeners l;
	int before = next_descriptor();

	ck_assert_int_eq(open_host(&l, host, port, &failed, &cause), -1);
	ck_assert_str_eq(failed, host);
	ck_assert_ptr_nonnull(cause);
	if (due != NULL)
		ck_assert_str_eq(cause, due);
	ck_assert_int_gt((int)strlen(cause), 0);
	ck_assert_int_eq(l.count, 0);
	ck_assert_int_eq(next_descriptor(), before);
}

START_TEST(test_a_port_that_is_taken_is_refused_by_name)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost"};
	const char *failed, *cause;
	struct listeners l;
	char in_use[128];
	size_t i;

	snprintf(in_use, sizeof(in_use), "%s", strerror(EADDRINUSE));
	for (i = 0; i < LENGTH(hosts); i++) {
		ck_assert_int_eq(
		    open_host(&l, hosts[i], 0, &failed, &cause), 0);
		expect_refusal(hosts[i], port_of(l.fd[0]), in_use);
		expect_refusal("localhost", port_of(l.fd[0]), in_use);
		listeners_close(&l);
	}
}
END_TEST

START_TEST(test_a_host_that_is_unknown_is_refused_by_name)
{
	/* Too long for a name: nobody's server is asked. */
	char host[301];

	memset(host, 'x', sizeof(host) - 1);
	host[sizeof(host) - 1] = '\0';
	expect_refusal(host, 0, NULL);
}
END_TEST

START_TEST(test_an_address_of_others_is_refused_by_name)
{
	char absent[128];

	/* RFC 5737: for documentation, and nobody's. */
	snprintf(absent, sizeof(absent), "%s", strerror(EADDRNOTAVAIL));
	expect_refusal("192.0.2.1", 0, absent);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, test_both_send_the_same_piece_of_a_file, 0,
	    (int)LENGTH(pieces));
	tcase_add_test(tc, test_a_full_socket_says_so);
	tcase_add_test(
	    tc, test_a_peer_that_is_gone_and_a_file_that_is_none_are_errors);
	tcase_add_test(tc, test_peers_are_written_as_addresses);
	tcase_add_loop_test(
	    tc, test_port_0_is_one_free_port_for_all_addresses, 0, 4);
	tcase_add_test(tc, test_who_is_in_a_network_is_said_by_its_first_bits);
	tcase_add_test(tc, test_why_a_client_is_not_accepted_says_what_to_do);
	tcase_add_test(
	    tc, test_a_client_is_accepted_prepared_and_with_its_address);
	tcase_add_test(tc, test_a_port_that_is_taken_is_refused_by_name);
	tcase_add_test(tc, test_a_host_that_is_unknown_is_refused_by_name);
	tcase_add_test(tc, test_an_address_of_others_is_refused_by_name);
}

int
main(void)
{
	return check_main("sockets", add);
}
