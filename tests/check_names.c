/*
 * check_names - what a resolver says of a name. It is one of this program's
 * own, so that no table of hosts and nobody's server is asked.
 */
#include <netdb.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "check_main.h"
#include "os/listener.h"

enum { MOST = 4 };

/* The last bytes of the addresses 127.0.0.x that a name has; 0 ends them. */
static const unsigned char *said;

static struct addrinfo list[MOST];
static struct sockaddr_in addresses[MOST];

int
getaddrinfo(const char *restrict host, const char *restrict port,
    const struct addrinfo *restrict hints, struct addrinfo **restrict result)
{
	int i;

	(void)host;
	(void)port;
	for (i = 0; i < MOST && said[i] != 0; i++) {
		memset(&addresses[i], 0, sizeof(addresses[i]));
		addresses[i].sin_family = AF_INET;
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

static void
add(TCase *tc)
{
	tcase_add_loop_test(tc, an_address_that_a_name_has_twice_is_opened_once,
	    0, (int)LENGTH(names));
}

int
main(void)
{
	return check_main("names", add);
}
