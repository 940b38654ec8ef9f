/* A service that waits for another descriptor than its client's. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "family.h"
#include "matrix.h"
#include "os/ledger.h"
#include "os/standby.h"
#include "peer.h"
#include "server.h"
#include "suite.h"
#include "tree.h"

static struct server server;
static struct tree tree;

static void
start(int cell, const char *more)
{
	tree_make(&tree);
	tree_fifo(&tree, "fifo");
	server_run_in(&server, cell, "-w", "1", "-r", tree.path, more);
}

static void
end(void)
{
	server_finish(&server);
	tree_remove(&tree);
}

/* Asks for it by name. */
static void
ask(int c, const char *name)
{
	send_text(c, name);
	send_text(c, "\n");
	expect(c, "waits\n");
}

/* The writing end of the FIFO; there is one as long as the test wants. */
static int
open_fifo(void)
{
	int fd = open(tree_path(&tree, "fifo"), O_RDWR | O_NONBLOCK);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static void
put(int fd, const char *text)
{
	ck_assert_int_eq((int)write(fd, text, strlen(text)), (int)strlen(text));
}

/* A socket that listens; its port as text. */
static int
listen_at(char *port, size_t size)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	ck_assert_int_eq(getsockname(fd, (struct sockaddr *)&at, &len), 0);
	(void)snprintf(port, size, "%d", ntohs(at.sin_port));
	return fd;
}

START_TEST(what_a_pipe_brings_is_waited_for)
{
	int c, other, fifo;

	start(_i, NULL);
	fifo = open_fifo();
	c = client_open(&server);
	ask(c, "/fifo");
	put(fifo, "first");
	expect(c, "first");
	/* Nobody else is kept waiting. */
	other = client_open(&server);
	send_text(other, "hello\n");
	expect(other, "hello\n");
	client_close(other);
	put(fifo, "second");
	expect(c, "second");
	client_close(c);
	(void)close(fifo);
	end();
}
END_TEST

START_TEST(what_a_socket_brings_is_waited_for_and_so_is_its_end)
{
	char port[16];
	int c, l, fd;

	start(_i, NULL);
	l = listen_at(port, sizeof(port));
	c = client_open(&server);
	ask(c, port);
	fd = accept(l, NULL, NULL);
	ck_assert_int_ge(fd, 0);
	put(fd, "first");
	expect(c, "first");
	put(fd, "second");
	expect(c, "second");
	(void)close(fd);
	expect(c, "over\n");
	send_text(c, "hello\n");
	expect(c, "hello\n");
	client_close(c);
	(void)close(l);
	end();
}
END_TEST

START_TEST(a_client_that_goes_away_meanwhile_is_noticed)
{
	char port[16];
	int c, l, fd, i;

	start(_i, NULL);
	l = listen_at(port, sizeof(port));
	for (i = 0; i < 2; i++) {
		c = client_open(&server);
		ask(c, port);
		fd = accept(l, NULL, NULL);
		ck_assert_int_ge(fd, 0);
		if (i == 0)
			client_close(c);
		else
			client_abort(c);
		/* What waited for it closes its end of this. */
		expect_gone(fd);
		(void)close(fd);
	}
	(void)close(l);
	end();
}
END_TEST

START_TEST(a_client_that_says_nothing_is_not_waited_for)
{
	int c, idle, fifo;

	start(_i, "--idle-timeout=1");
	fifo = open_fifo();
	c = client_open(&server);
	ask(c, "/fifo");
	idle = client_open(&server);
	send_text(idle, "hello\n");
	expect(idle, "hello\n");
	expect_gone(idle);
	client_close(idle);
	/* One that waits for the pipe has nothing to say. */
	put(fifo, "first");
	expect(c, "first");
	client_close(c);
	(void)close(fifo);
	end();
}
END_TEST

START_TEST(it_is_waited_for_after_a_takeover_too)
{
	char port[16];
	int c[2], l, fd, fifo, times;
	pid_t pid;

	start(_i, NULL);
	fifo = open_fifo();
	l = listen_at(port, sizeof(port));
	c[0] = client_open(&server);
	ask(c[0], "/fifo");
	c[1] = client_open(&server);
	ask(c[1], port);
	server_await_workers(&server, &pid, 1);
	fd = accept(l, NULL, NULL);
	for (times = 0; times < 3; times++) {
		const char *line;
		long next = 0;

		ck_assert_int_eq(kill(pid, SIGKILL), 0);
		line = server_expect_log(
		    &server, "worker 0 * took over *: 2 clients kept, 0 *");
		ck_assert_int_eq(
		    sscanf(line, "prefork: worker 0 (pid %ld)", &next), 1);
		pid = (pid_t)next;
		put(fifo, "by the pipe");
		expect(c[0], "by the pipe");
		put(fd, "by the socket");
		expect(c[1], "by the socket");
	}
	client_close(c[0]);
	client_close(c[1]);
	expect_gone(fd);
	(void)close(fd);
	(void)close(fifo);
	(void)close(l);
	end();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("waiting");
	TCase *tc = suite_case(suite, "waiting");
	const char *top = getenv("top_builddir");
	char program[512];
	int cell;

	(void)snprintf(program, sizeof(program), "%s/tests/waiting/waiter",
	    top != NULL ? top : ".");
	(void)setenv("PREFORK", program, 1);
	in_all_cells(tc, what_a_pipe_brings_is_waited_for);
	in_all_cells(tc, what_a_socket_brings_is_waited_for_and_so_is_its_end);
	in_all_cells(tc, a_client_that_goes_away_meanwhile_is_noticed);
	in_all_cells(tc, a_client_that_says_nothing_is_not_waited_for);
	if (standby_possible() && ledger_works() && matrix_has("prefork"))
		for (cell = 0; cell < matrix_pools(); cell++)
			if (strcmp(matrix_model(cell), "prefork") == 0)
				tcase_add_loop_test(tc,
				    it_is_waited_for_after_a_takeover_too, cell,
				    cell + 1);
	return suite_run(suite);
}
