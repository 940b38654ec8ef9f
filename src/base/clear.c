#include "base/clear.h"

#include <string.h>

void
clear(void *to, size_t n)
{
	memset(to, 0, n);
}
