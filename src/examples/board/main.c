/*
 * board - posts, users and sessions in SQLite, as pages and as an API: an
 * example of a service behind prefork.
 *
 *	board [prefork options]
 *
 * BOARD_DATABASE names the database; without it, it is .board.db, which no
 * client can ask for, since its name begins with a dot. What no route takes is
 * a file below the root: -r static.
 *
 * Not with --no-exec: SQLite's own memory must not cross a fork, either. Every
 * route is repeatable: whichever worker is killed, and when, what was
 * acknowledged was done once. See once.h.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "api.h"
#include "pages.h"
#include "store.h"

static const struct pf_route routes[] = {
    {"GET", "/", pages_list, true},
    {"GET", "/posts/:id", pages_show, true},
    {"GET", "/write", pages_write, true},
    {"POST", "/write", pages_write_now, true},
    {"GET", "/posts/:id/edit", pages_edit, true},
    {"POST", "/posts/:id/edit", pages_edit_now, true},
    {"GET", "/posts/:id/delete", pages_delete, true},
    {"POST", "/posts/:id/delete", pages_delete_now, true},
    {"GET", "/register", pages_register, true},
    {"POST", "/register", pages_register_now, true},
    {"GET", "/login", pages_login, true},
    {"POST", "/login", pages_login_now, true},
    {"POST", "/logout", pages_logout_now, true},

    {"GET", "/api/posts", api_list, true},
    {"POST", "/api/posts", api_create, true},
    {"GET", "/api/posts/:id", api_get, true},
    {"PUT", "/api/posts/:id", api_replace, true},
    {"PATCH", "/api/posts/:id", api_change, true},
    {"DELETE", "/api/posts/:id", api_remove, true},
    {"POST", "/api/users", api_register, true},
    {"GET", "/api/users/:name", api_user, true},
    {"POST", "/api/sessions", api_login, true},
    {"DELETE", "/api/sessions/current", api_logout, true},
    {NULL, NULL, NULL, false},
};

int
main(int argc, char **argv)
{
	static const struct pf_service service = {
	    "board", routes, store_open, store_close};
	const char *database = getenv("BOARD_DATABASE");

	/* Copied: the title of the process will be where the environment is. */
	if (store_name(database != NULL ? database : ".board.db") != 0) {
		(void)fprintf(stderr, "board: BOARD_DATABASE is too long\n");
		return 100;
	}
	return prefork_main(argc, argv, &service);
}
