/*
 * prefork/service.h - a service of your own behind prefork: version 0.1.
 *
 * A program gives prefork a table of routes and becomes a server: with all of
 * prefork's options, models, limits and logs. A handler is called once for each
 * request, with the whole of it, and says what the answer is. The answer is
 * kept where the death of the worker does not reach it before its first byte
 * is sent. What no route takes is a file below the root (-r).
 *
 *	static void
 *	hello(const struct pf_request *q, struct pf_reply *a)
 *	{
 *		pf_printf(a, "Hello %s\n", pf_query(q, "name"));
 *	}
 *
 * When a worker dies while a handler runs:
 *
 *   it crashed		its client is dropped and blamed, nobody else is
 *   it hung		the same, after --timeout; until then the other clients
 *			of this worker wait, but not under -m fork
 *   it was killed	from outside, by SIGKILL: the handler runs again if the
 *			method is GET, HEAD or OPTIONS, or if the route is
 *			repeatable; else the answer is 500, since nobody knows
 *			how far the handler came, and it does not run again
 *
 * That is for the model prefork of prefork(8) where there are standbys;
 * elsewhere a crash costs the clients of its process.
 *
 * Versions are as semver.org has them. All text is NUL-terminated bytes; what
 * has a length too may hold NULs. What a request gives is valid until the
 * handler returns, and is not to be freed. No function here may be called
 * outside of a handler, but for prefork_main, nor by another thread than the
 * handler's. See prefork-service(7).
 */
#ifndef PREFORK_SERVICE_H
#define PREFORK_SERVICE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PF_VERSION_MAJOR 0
#define PF_VERSION_MINOR 1
#define PF_VERSION_PATCH 0

#if defined(__GNUC__)
#define PF_PRINTS __attribute__((format(printf, 2, 3)))
#else
#define PF_PRINTS
#endif

struct pf_request;
struct pf_reply;

typedef void pf_handler(const struct pf_request *q, struct pf_reply *a);

struct pf_route {
	/* "GET", which takes HEAD too, "POST", "PUT", "PATCH", "DELETE" or
	 * another registered method; NULL ends the table. */
	const char *method;
	/* "/posts/:id/edit": a segment that begins with ':' stands for any that
	 * is not empty, and names it for pf_param(). The first route that fits
	 * takes the request; one that fits but for its method makes it 405. */
	const char *path;
	pf_handler *handler;
	/* Run once more, with the same pf_id(), it changes nothing more. */
	bool repeatable;
};

struct pf_service {
	const char *name; /* for the log */
	const struct pf_route *routes;
	/* Called in each process or thread that serves, before its first
	 * handler: the place to open a database, which must not cross a fork.
	 * What it stores in *state is pf_state(). 0; else the request is
	 * answered with 503, and the next one tries again. NULL: none. */
	int (*open)(void **state);
	/* Called when that process or thread ends in peace, if open was. NULL:
	 * none. */
	void (*close)(void *state);
};

/* The whole of main(). Does not return before the server ends; then with its
 * exit status. Workers begin their program anew, so main() runs in each of
 * them too, with other arguments: nothing should stand before this call; what
 * getenv(3) gave before it is to be copied, for titles are written there. The
 * service must stay as it is. Exits with 100 if a route cannot be. */
int prefork_main(int argc, char **argv, const struct pf_service *service);

/*
 * What is asked. Of several with the same name the first counts; NULL: there is
 * none. A request whose query or form cannot be read is answered with 400
 * before a handler sees it; so is one with more than a thousand names of a
 * kind.
 */

const char *pf_method(const struct pf_request *q); /* "HEAD" too */
const char *pf_path(const struct pf_request *q);   /* decoded, no query */
const char *pf_param(const struct pf_request *q, const char *name);
const char *pf_query(const struct pf_request *q, const char *name);
const char *pf_field(const struct pf_request *q, const char *name);
const char *pf_cookie(const struct pf_request *q, const char *name);

/* The client's address, without its port; by way of a proxy of
 * --trust-forwarded, the one for which that asks. */
const char *pf_peer(const struct pf_request *q);

/* The body, at most --max-body bytes; *length: how many, may be NULL. A NUL
 * follows. Never NULL. A form has been taken apart in it: ask pf_form(). */
const char *pf_body(const struct pf_request *q, size_t *length);

/* The value of a form's field: of application/x-www-form-urlencoded or
 * multipart/form-data (RFC 7578). */
const char *pf_form(const struct pf_request *q, const char *name);

struct pf_part {
	const char *name;
	const char *value; /* `length` bytes and a NUL */
	size_t length;
	const char *filename; /* as the client has it; NULL: it is no file */
	const char *type;     /* NULL: none was given */
};

/* The i-th field of the form, from 0 on; NULL behind the last. */
const struct pf_part *pf_part(const struct pf_request *q, size_t i);

/* A name that this request has alone, for ever and of all servers: letters,
 * digits and '-', less than 64 bytes. It is the same when the handler is run
 * again for it. No secret. */
const char *pf_id(const struct pf_request *q);

/* May a handler have been run for this request before? Never false then. */
bool pf_again(const struct pf_request *q);

/* What open() has stored; NULL without one. */
void *pf_state(const struct pf_request *q);

/*
 * What is answered: 200, text/plain and nothing, unless told otherwise. An
 * answer may be as long as there is memory. One that cannot be made, for want
 * of memory or because of a false call, becomes 500, and the log says why.
 */

/* 200 to 599; 204, 205 and 304 have no body. One from 400 on that has none gets
 * prefork's page; 401 and 503 get WWW-Authenticate and Retry-After, unless
 * those are set. */
void pf_status(struct pf_reply *a, int status);

/* Adds a header field. What says how the message is to be read (Content-Length,
 * Transfer-Encoding, Connection ...) is prefork's own. */
void pf_set(struct pf_reply *a, const char *name, const char *value);

/* Content-Type. Without it: that of what was written first. */
void pf_type(struct pf_reply *a, const char *type);

/* Set-Cookie. attributes: such as "Path=/; HttpOnly; SameSite=Lax", or NULL.
 * The value is percent-encoded where it has to be, and pf_cookie() decodes. */
void pf_set_cookie(struct pf_reply *a, const char *name, const char *value,
    const char *attributes);

void pf_write(struct pf_reply *a, const void *bytes, size_t length);

/* As printf(3), without %n and wide characters; NULL for a %s is nothing. A
 * width is at most 255. */
PF_PRINTS void pf_printf(struct pf_reply *a, const char *format, ...);

/* The same as HTML: what the conversions make is escaped, so that it is safe as
 * text and between quotes; the format itself is not. */
PF_PRINTS void pf_html(struct pf_reply *a, const char *format, ...);

/* A string of JSON, with its quotes, from UTF-8; a byte that is none becomes
 * U+FFFD. NULL: null. */
void pf_json(struct pf_reply *a, const char *text);

/* What stands in a URL's query or path segment, percent-encoded. */
void pf_url(struct pf_reply *a, const char *text);

/* The file of that path below the root, with its type, ETag and date, in place
 * of a body. One that is not there is answered with 404. With another status
 * than 200 it is a body like others: without ETag, date, conditions and ranges.
 */
void pf_file(struct pf_reply *a, const char *path);

/* 303, or another status from 300 on that was set; location: a URI reference.
 */
void pf_redirect(struct pf_reply *a, const char *location);

/* The answer as it was before all of the above. */
void pf_clear(struct pf_reply *a);

#ifdef __cplusplus
}
#endif

#endif
