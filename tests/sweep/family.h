/*
 * family.h - the processes of a server, by the names that they have in the
 * kernel.
 */
#ifndef TESTS_SWEEP_FAMILY_H
#define TESTS_SWEEP_FAMILY_H

#include <sys/types.h>

/* How many there are of each; and the last one seen of two of them. */
struct family {
	int workers, standbys, masters, keepers, others;
	pid_t worker, master;
};

/* Those of that process group: zombies only while their parent lives. */
void family_look(struct family *f, pid_t group);

/* In words, valid until the next call. */
const char *family_describe(const char *when, const struct family *f);

#endif
