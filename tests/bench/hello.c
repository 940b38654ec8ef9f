/*
 * hello - the least that a handler of one's own can be: what scripts/bench asks
 * of prefork where a server of handlers is measured.
 */
#include <prefork/service.h>

static void
hello(const struct pf_request *q, struct pf_reply *a)
{
	pf_printf(a, "Hello %s\n", pf_query(q, "name"));
}

int
main(int argc, char **argv)
{
	static const struct pf_route routes[] = {
	    {"GET", "/hello", hello, false}, {NULL, NULL, NULL, false}};
	static const struct pf_service service = {"hello", routes, NULL, NULL};

	return prefork_main(argc, argv, &service);
}
