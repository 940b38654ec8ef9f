#include "beneath.h"

int
beneath_open(int root, const char *path, const struct beneath_links *links)
{
	return beneath_walk(root, path, links);
}
