/*
 * suite.h - what the mains of the integration tests have in common.
 */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* A test case with a timeout that fits a slow machine. */
TCase *suite_case(Suite *suite, const char *name);

/* Adds a test that runs in every cell of models x pollers; in every cell of
 * the model prefork. */
#define in_all_cells(tc, test) tcase_add_loop_test(tc, test, 0, matrix_cells())
#define in_pool_cells(tc, test) tcase_add_loop_test(tc, test, 0, matrix_pools())

/* Runs it all; the status to exit with. */
int suite_run(Suite *suite);

#endif
