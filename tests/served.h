/*
 * served.h - prefork with a service more, for programs of the tests that are
 * servers themselves.
 */
#ifndef TESTS_SERVED_H
#define TESTS_SERVED_H

#include "stream/service.h"

/* main(): the options are prefork's, and clients speak that service. */
int served_main(const struct service *service, int argc, char **argv);

#endif
