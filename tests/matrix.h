/*
 * matrix.h - models times pollers: every test of a service runs in each cell.
 *
 * A cell is the index of a Check loop test (_i). PREFORK_TEST_MODELS, a list
 * of models in the environment, leaves the others out; pollers are those that
 * the program has (prefork -V). Of a model whose executors serve one client
 * each and wait in poll(2) there is one cell, whatever pollers there are.
 */
#ifndef TESTS_MATRIX_H
#define TESTS_MATRIX_H

#include <stdbool.h>

/* How many cells there are; those of the pools come first. */
int matrix_cells(void);

/* How many of them have workers that can be killed one by one. */
int matrix_pools(void);

/* Is any cell of that model there? */
bool matrix_has(const char *model);

const char *matrix_model(int cell);

/* Stores the arguments of the cell; returns how many. */
int matrix_arguments(int cell, const char **args);

/* The option that makes a worker's death visible ("--no-standby"), where the
 * program has it; else NULL, so it is to be the last in a row. */
const char *without_standby(void);

#endif
