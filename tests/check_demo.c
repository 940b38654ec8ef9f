/* The commands of the laboratory do what they claim. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench/proc.h"
#include "matrix.h"
#include "os/smash.h"
#include "peer.h"
#include "server.h"
#include "suite.h"

enum { MIB = 64 };

/* KiB of memory that the process really has. */
static long
resident(pid_t pid)
{
	char text[4096], *at;

	ck_assert(proc_text(text, sizeof(text), pid, "status"));
	at = strstr(text, "VmRSS:");
	ck_assert_ptr_nonnull(at);
	return strtol(at + 6, NULL, 10);
}

START_TEST(a_leak_takes_the_memory_it_claims_and_keeps_it)
{
	struct server server;
	char line[64], answer[64];
	long before;
	pid_t pid;
	int c, times;

	/* What is asked for is what a checker of leaks complains of. */
	(void)setenv("ASAN_OPTIONS", "detect_leaks=0", 1);
	server_run_in(&server, _i, "-w", "1", "--demo");
	c = client_open(&server);
	pid = ask_pid(c);
	before = resident(pid);
	(void)snprintf(line, sizeof(line), "!leak %d\n", MIB);
	(void)snprintf(answer, sizeof(answer), "leaked %d MiB\n", MIB);
	for (times = 1; times <= 2; times++) {
		send_text(c, line);
		expect(c, answer);
		/* The kernel counts in lots. */
		ck_assert_int_ge(
		    resident(pid) - before, (times * MIB - 1) * 1024);
	}
	client_close(c);
	server_finish(&server);
}
END_TEST

/* What is behind the buffer and its canary cannot be reached by any bytes;
 * where there is no canary, nothing can. */
START_TEST(a_buffer_is_smashed_no_further_than_its_canary)
{
	static const char none[] =
	    "no canary stands before what these would overwrite\n";
	char line[128] = "!smash ";
	struct server server;
	int c;

	server_run_in(&server, _i, "-w", "1", "--demo");
	c = client_open(&server);
	send_text(c, "!smash 4\n!smash 0g\n");
	expect(c, "!smash takes bytes as hexadecimal digits\n"
		  "!smash takes bytes as hexadecimal digits\n");
	memset(line + strlen(line), '4', 112);
	(void)strcat(line, "\n");
	send_text(c, line);
	expect(c, none);
	send_text(c, "!smash 41424344\n");
	expect(c, smash(NULL, 0) ? "4 bytes, and the canary is whole\n" : none);
	client_close(c);
	server_finish(&server);
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("demo");
	TCase *tc = suite_case(suite, "demo");

	if (proc_visible())
		in_all_cells(
		    tc, a_leak_takes_the_memory_it_claims_and_keeps_it);
	in_all_cells(tc, a_buffer_is_smashed_no_further_than_its_canary);
	return suite_run(suite);
}
