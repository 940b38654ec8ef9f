#include "good.h"

#include <check.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 255 };

static const char html_name[] = "<img src=x onerror=alert(1)>";
static const char escape_name[] = "\x1b[2Jgone";

struct server server;
struct tree tree;
struct response r;
int good;

void
make_root(void)
{
	char name[NAME_BYTES + sizeof("root/")];

	tree_make(&tree);
	tree_file(&tree, "secret", "SECRET\n");
	tree_dir(&tree, "root");
	tree_dir(&tree, "root/dir");
	tree_dir(&tree, "root/names");
	tree_file(&tree, "root/hello.txt", "hello, world\n");
	tree_file(&tree, "root/dir/inner.txt", "inner\n");
	tree_file(&tree, "root/.hidden", "SECRET\n");
	tree_link(&tree, "root/out", "../secret");
	tree_link(&tree, "root/up", "..");
	tree_link(&tree, "root/etc", "/etc/passwd");
	tree_fifo(&tree, "root/fifo");
	(void)mknod(tree_path(&tree, "root/null"), S_IFCHR | 0666, 1 << 8 | 3);
	tree_file(&tree, "root/closed", "SECRET\n");
	ck_assert_int_eq(chmod(tree_path(&tree, "root/closed"), 0), 0);
	tree_pattern(&tree, "root/big", BIG);
	(void)snprintf(name, sizeof(name), "root/names/%s", html_name);
	tree_dir(&tree, name);
	(void)snprintf(name, sizeof(name), "root/names/%s", escape_name);
	tree_file(&tree, name, "");
	memset(name, 'n', sizeof(name));
	memcpy(name, "root/", 5);
	name[5 + NAME_BYTES] = '\0';
	tree_file(&tree, name, "long\n");
}

void
begin(int cell, const char *option, const char *value)
{
	const char *args[16] = {
	    "-w", "1", "-r", tree_path(&tree, "root"), option, value, NULL};
	int n = option == NULL ? 4 : value == NULL ? 5 : 6;

	if (geteuid() == 0) {
		args[n++] = "-u";
		args[n++] = "nobody";
	}
	args[n] = NULL;
	server_start_in_at(HERE, &server, cell, args);
	good = client_open(&server);
}

void
serve_the_good(const char *after)
{
	http_get(good, "/hello.txt", &r);
	ck_assert_msg(r.status == 200 && strcmp(r.body, "hello, world\n") == 0,
	    "after %s the good one got %d", after, r.status);
}

void
end(void)
{
	serve_the_good("all");
	client_close(good);
	server_finish(&server);
	tree_remove(&tree);
}
