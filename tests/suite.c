#include "suite.h"

#include <stdio.h>
#include <stdlib.h>

#include "matrix.h"
#include "program.h"
#include "server.h"

enum { CASE_SECONDS = 60, NO_SERVER = 99 };

TCase *
suite_case(Suite *suite, const char *name)
{
	TCase *tc = tcase_create(name);

	tcase_set_timeout(tc, CASE_SECONDS);
	suite_add_tcase(suite, tc);
	return tc;
}

int
suite_run(Suite *suite)
{
	static struct result version;
	SRunner *runner;
	int failed;

	/* Without a server the loops are empty, and nothing would fail. */
	program_run(&version, NULL, server_program(), "-V", NULL);
	if (version.status != 0) {
		(void)printf("Bail out! %s -V: status %d\n", server_program(),
		    version.status);
		return NO_SERVER;
	}
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
