/*
 * check_names - what a resolver says of a name. It is one of this program's
 * own, so that no table of hosts and nobody's server is asked.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "check_main.h"
#include "os/listener.h"
#include "outside/fetch.h"

enum { MOST = 4 };

/* The last bytes of the addresses 127.0.0.x that a name has; 0 ends them. NULL:
 * it never says. */
static const unsigned char *said;

static in_port_t said_port;
static struct addrinfo list[MOST];
static struct sockaddr_in addresses[MOST];

int
getaddrinfo(const char *restrict host, const char *restrict port,
    const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	int i;

	(void)host;
	(void)port;
	if (hints->ai_flags & AI_NUMERICHOST)
		return EAI_NONAME;
	while (said == NULL)
		(void)pause();
	for (i = 0; i < MOST && said[i] != 0; i++) {
		memset(&addresses[i], 0, sizeof(addresses[i]));
		addresses[i].sin_family = AF_INET;
		addresses[i].sin_port = said_port;
		addresses[i].sin_addr.s_addr = htonl(0x7f000000U | said[i]);
		list[i] = (struct addrinfo){.ai_family = AF_INET,
		    .ai_socktype = hints->ai_socktype,
		    .ai_addrlen = sizeof(addresses[i]),
		    .ai_addr = (struct sockaddr *)&addresses[i]};
		if (i > 0)
			list[i - 1].ai_next = &list[i];
	}
	*result = list;
	return i > 0 ? 0 : EAI_NONAME;
}

void
freeaddrinfo(struct addrinfo *those)
{
	(void)those;
}

static const struct {
	unsigned char said[MOST];
	int count;
} names[] = {
    {{1}, 1},
    {{1, 2}, 2},
    {{1, 1}, 1},
    {{1, 2, 1}, 2},
    {{2, 2, 2}, 1},
};

/* As one does that stands in two lines of a table of hosts. */
START_TEST(an_address_that_a_name_has_twice_is_opened_once)
{
	static const char *const address[] = {"some", NULL};
	const struct listener_rights rights = {0600, NULL};
	const char *failed = NULL, *cause = NULL;
	struct listeners l = {.count = 0};
	int i, k;

	said = names[_i].said;
	ck_assert_int_eq(
	    listeners_open(&l, address, 0, &rights, &failed, &cause), 0);
	ck_assert_int_eq(l.count, names[_i].count);
	for (i = 0; i < l.count; i++)
		for (k = 0; k < i; k++)
			ck_assert_str_ne(l.name[i], l.name[k]);
	listeners_close(&l);
}
END_TEST

static bool
is_ended(void)
{
	return true;
}

START_TEST(a_look_up_that_never_ends_is_left)
{
	const char *why = NULL;
	struct fetch_patience patience = {clock_now() + 20, NULL};

	said = NULL;
	ck_assert_int_eq(fetch_ask("http://some/", NULL, &patience, &why), -1);
	ck_assert_str_eq(why, "the look-up of its name takes too long");
	patience = (struct fetch_patience){clock_now() + 3600000, is_ended};
	ck_assert_int_eq(fetch_ask("http://some/", NULL, &patience, &why), -1);
}
END_TEST

/* The first of its addresses refuses. */
START_TEST(a_name_is_looked_up_and_each_address_tried)
{
	static const unsigned char both[MOST] = {2, 1};
	struct sockaddr_in a = {.sin_family = AF_INET};
	struct fetch_patience patience = {clock_now() + 50000, NULL};
	int fd, listener = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(a);
	const char *why = "";
	char url[64];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&a, len), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	said = both;
	said_port = a.sin_port;
	(void)snprintf(url, sizeof(url), "http://some:%d/", ntohs(a.sin_port));
	fd = fetch_ask(url, NULL, &patience, &why);
	ck_assert_msg(fd >= 0, "%s", why);
	(void)close(fd);
	(void)close(listener);
}
END_TEST

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, an_address_that_a_name_has_twice_is_opened_once,
	    0, (int)LENGTH(names));
	tcase_add_test(tc, a_look_up_that_never_ends_is_left);
	tcase_add_test(tc, a_name_is_looked_up_and_each_address_tried);
}

int
main(void)
{
	return check_main("names", add);
}
