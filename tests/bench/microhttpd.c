/*
 * microhttpd PORT WORKERS - the same handler with GNU libmicrohttpd, as fast as
 * it is sensible: threads with an epoll each. Built by scripts/bench where the
 * library is there.
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CLIENTS = 12000, NAME_BYTES = 128 };

static enum MHD_Result
hello(void *own, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *upload, size_t *size,
    void **state)
{
	const char *name = MHD_lookup_connection_value(
	    connection, MHD_GET_ARGUMENT_KIND, "name");
	char text[NAME_BYTES];
	struct MHD_Response *r;
	enum MHD_Result result;
	int n;

	(void)own, (void)version, (void)upload, (void)size;
	/* The first call is for the head alone. */
	if (*state == NULL) {
		*state = connection;
		return MHD_YES;
	}
	if (strcmp(method, "GET") != 0 || strcmp(url, "/hello") != 0)
		return MHD_NO;
	n = snprintf(
	    text, sizeof(text), "Hello %.100s\n", name != NULL ? name : "");
	r = MHD_create_response_from_buffer(
	    (size_t)n, text, MHD_RESPMEM_MUST_COPY);
	(void)MHD_add_response_header(
	    r, "Content-Type", "text/plain; charset=utf-8");
	result = MHD_queue_response(connection, MHD_HTTP_OK, r);
	MHD_destroy_response(r);
	return result;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in at = {.sin_family = AF_INET};

	if (argc != 3)
		return 100;
	at.sin_port = htons((in_port_t)strtoul(argv[1], NULL, 10));
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
		hello, NULL, MHD_OPTION_SOCK_ADDR, &at,
		MHD_OPTION_THREAD_POOL_SIZE,
		(unsigned)strtoul(argv[2], NULL, 10),
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CLIENTS,
		MHD_OPTION_END) == NULL)
		return 111;
	for (;;)
		(void)pause();
}
