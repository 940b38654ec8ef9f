#include "os/beneath.h"

int
beneath_open(int root, const char *path)
{
	return beneath_walk(root, path);
}
