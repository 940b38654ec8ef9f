#include "stride.h"

#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include "base/log.h"
#include "base/num.h"

void
stride_read(
    struct stride *s, bool *all, const char *program, int argc, char **argv)
{
	int64_t every = 1, seed = 0;
	int option;

	while ((option = getopt(argc, argv, all != NULL ? "s:r:a" : "s:r:")) !=
	       -1) {
		if ((option == 's' &&
			num_parse(optarg, 1, 1000000, &every) != 0) ||
		    (option == 'r' &&
			num_parse(optarg, 0, INT64_MAX, &seed) != 0) ||
		    option == '?')
			die_usage("usage: %s %s[-s STRIDE] [-r SEED] "
				  "[SEGMENT]...",
			    program, all != NULL ? "[-a] " : "");
		if (option == 'a' && all != NULL)
			*all = true;
	}
	s->every = (long)every;
	s->next = 1 + (long)(seed % every);
	(void)printf("stride %ld, seed %lld\n", s->every, (long long)seed);
}

bool
stride_due(struct stride *s)
{
	if (--s->next > 0)
		return false;
	s->next = s->every;
	return true;
}
