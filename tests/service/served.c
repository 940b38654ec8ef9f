/*
 * A service of its own for the tests, written against the installed header
 * alone: what it is asked is what it answers.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <prefork/service.h>

static void
hello(const struct pf_request *q, struct pf_reply *a)
{
	pf_printf(
	    a, "Hello %s, you are request %s\n", pf_query(q, "name"), pf_id(q));
}

/* The body as it came. */
static void
mirror(const struct pf_request *q, struct pf_reply *a)
{
	size_t length;
	const char *body = pf_body(q, &length);

	if (pf_field(q, "content-type") != NULL)
		pf_type(a, pf_field(q, "Content-Type"));
	pf_write(a, body, length);
}

/* All that a request has. */
static void
tell(const struct pf_request *q, struct pf_reply *a)
{
	const struct pf_part *part;
	size_t i;

	pf_printf(a, "%s %s\n", pf_method(q), pf_path(q));
	pf_printf(a, "id=%s\n", pf_param(q, "id"));
	pf_printf(a, "part=%s\n", pf_param(q, "part"));
	pf_printf(a, "query=%s\n", pf_query(q, "a b"));
	pf_printf(a, "field=%s\n", pf_field(q, "x-field"));
	pf_printf(a, "cookie=%s\n", pf_cookie(q, "session"));
	pf_printf(a, "peer=%s\n", pf_peer(q));
	pf_printf(a, "form=%s\n", pf_form(q, "text"));
	for (i = 0; (part = pf_part(q, i)) != NULL; i++)
		pf_printf(a, "%s|%s|%s|%s|%zu\n", part->name, part->value,
		    part->filename, part->type, part->length);
}

/* What can be said, in many ways. */
static void
say(const struct pf_request *q, struct pf_reply *a)
{
	const char *text = pf_query(q, "text");

	pf_set(a, "X-Said", "yes");
	pf_set_cookie(a, "session", "a b;", "HttpOnly");
	pf_html(a, "<p title=\"%s\">%5d|%-4s|%.2s|%c|%%</p>\n", text, -12, "ab",
	    "xyz", '<');
	pf_json(a, text);
	pf_write(a, "\n", 1);
	pf_url(a, text);
	pf_printf(a, "\n%08.3f %x %llu %zu %5s|%-3d|\n", 3.14159, 255U,
	    18446744073709551615ULL, sizeof(char), "ab", 7);
}

/* As long as it is to be. */
static void
fill(const struct pf_request *q, struct pf_reply *a)
{
	size_t n = strtoul(pf_param(q, "bytes"), NULL, 10), i;

	for (i = 0; i < n; i++)
		pf_write(a, &"0123456789"[i % 10], 1);
}

static void
send_file(const struct pf_request *q, struct pf_reply *a)
{
	if (pf_query(q, "status") != NULL)
		pf_status(a, (int)strtol(pf_query(q, "status"), NULL, 10));
	pf_file(a, pf_query(q, "path"));
}

static void
go(const struct pf_request *q, struct pf_reply *a)
{
	(void)q;
	pf_redirect(a, "/hello?name=there");
}

static void
status(const struct pf_request *q, struct pf_reply *a)
{
	pf_status(a, (int)strtol(pf_param(q, "status"), NULL, 10));
}

static void
set(const struct pf_request *q, struct pf_reply *a)
{
	if (pf_query(q, "status") != NULL)
		pf_status(a, (int)strtol(pf_query(q, "status"), NULL, 10));
	pf_set(a, "X-First", "1");
	pf_set(a, pf_query(q, "name"), pf_query(q, "value"));
	pf_printf(a, "set\n");
}

/* Looks where nothing is. A sanitizer would tell the log. */
static void
crash(const struct pf_request *q, struct pf_reply *a)
{
	volatile uintptr_t nowhere = 8;

	(void)q;
	(void)signal(SIGSEGV, SIG_DFL);
	pf_printf(a, "%c\n", *(volatile char *)nowhere);
}

/* Says in a file that it was run, and is killed the first time: as from
 * outside, before it has answered. */
static void
run(const struct pf_request *q, struct pf_reply *a)
{
	const char *name = pf_query(q, "to");
	int fd = open(name, O_WRONLY | O_APPEND | O_CREAT, 0600);

	(void)!write(fd, pf_id(q), strlen(pf_id(q)));
	(void)!write(fd, "\n", 1);
	(void)close(fd);
	if (pf_query(q, "dies") != NULL && !pf_again(q))
		(void)kill(getpid(), SIGKILL);
	pf_printf(a, "%s %s\n", pf_again(q) ? "again" : "done", pf_id(q));
}

static atomic_int opened; /* threads do, too */

static int
begin(void **state)
{
	(void)atomic_fetch_add(&opened, 1);
	*state = &opened;
	return getenv("SERVED_REFUSES") != NULL;
}

static void
state(const struct pf_request *q, struct pf_reply *a)
{
	pf_printf(a, "%d %d\n", atomic_load((atomic_int *)pf_state(q)),
	    (int)getpid());
}

static const struct pf_route routes[] = {
    {"GET", "/hello", hello, false},
    {"POST", "/mirror", mirror, false},
    {"PUT", "/mirror", mirror, true},
    {"GET", "/tell/:id", tell, false},
    {"POST", "/tell/:id/of/:part", tell, false},
    {"GET", "/say", say, false},
    {"GET", "/fill/:bytes", fill, false},
    {"GET", "/file", send_file, false},
    {"POST", "/go", go, false},
    {"GET", "/status/:status", status, false},
    {"GET", "/set", set, false},
    {"GET", "/crash", crash, false},
    {"POST", "/crash", crash, false},
    {"GET", "/run", run, false},
    {"POST", "/run", run, false},
    {"PUT", "/run", run, true},
    {"GET", "/state", state, false},
    {NULL, NULL, NULL, false},
};

int
main(int argc, char **argv)
{
	static const struct pf_service service = {
	    "served", routes, begin, NULL};

	return prefork_main(argc, argv, &service);
}
