#include "os/scribble.h"

_Noreturn void
scribble(uint64_t seed)
{
	(void)seed;
	scribble_null();
}
