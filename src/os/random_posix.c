#include "random_call.h"

bool
random_call(void *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	return false;
}
