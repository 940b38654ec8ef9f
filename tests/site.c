#include "site.h"

#include <string.h>

struct server server;
struct tree tree;
struct response r;

void
make_root(void)
{
	tree_make(&tree);
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/empty", "");
	tree_file(&tree, "root/dir/index.html", "<p>index</p>\n");
	tree_pattern(&tree, "root/big", BIG);
}

void
end(void)
{
	server_finish(&server);
	tree_remove(&tree);
}

void
ask(const char *method, const char *path, const char *fields)
{
	int c = client_open(&server);

	http_ask(c, method, path, fields, &r);
	client_close(c);
}

bool
field_is(const char *name, const char *value)
{
	const char *field = http_field(&r, name);

	return field != NULL && strcmp(field, value) == 0;
}
