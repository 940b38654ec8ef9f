#define _GNU_SOURCE
#include "os/scribble.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	REGIONS = 512,
	NEAR_BYTES = 1 << 20, /* most of what matters lies at the beginning */
	NEAR_WRITES = 400,
	FAR_WRITES = 40
};

struct region {
	uintptr_t begin, end;
};

static uint64_t
next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* The writable mappings of this process. */
static int
find_regions(struct region *region)
{
	char line[512], mode[8];
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned long begin, end;
	int n = 0;

	while (maps != NULL && n < REGIONS &&
	       fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%lx-%lx %7s", &begin, &end, mode) == 3 &&
		    mode[1] == 'w') {
			region[n].begin = begin;
			region[n++].end = end;
		}
	}
	return n;
}

__attribute__((no_sanitize("address"))) static void
write_at_random(const struct region *r, size_t span, int times, uint64_t *seed)
{
	unsigned char *begin;
	uint64_t word;
	size_t at;

	while (times-- > 0) {
		begin = (unsigned char *)
			    r->begin; /* NOLINT(performance-no-int-to-ptr) */
		at = (size_t)(next_random(seed) % (span - sizeof(word)));
		word = next_random(seed);
		memcpy(begin + at, &word, sizeof(word));
	}
}

_Noreturn void
scribble(uint64_t seed)
{
	struct region region[REGIONS];
	uint64_t state = seed * 2 + 1;
	int i, n = find_regions(region);

	/* Whatever goes wrong from here on: the kernel's word, nobody else's.
	 */
	(void)signal(SIGSEGV, SIG_DFL);
	(void)signal(SIGBUS, SIG_DFL);

	/* Shared memory comes early in the list, our own stack last. */
	for (i = 0; i < n; i++) {
		size_t size = region[i].end - region[i].begin;

		write_at_random(&region[i],
		    size < NEAR_BYTES ? size : NEAR_BYTES, NEAR_WRITES, &state);
		write_at_random(&region[i], size, FAR_WRITES, &state);
	}
	scribble_null();
}
