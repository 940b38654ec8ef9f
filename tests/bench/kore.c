/*
 * kore.so - the same handler for kore, which loads it. Built by scripts/bench
 * where kore is there.
 */
#include <stdio.h>

#include <kore/kore.h>

#include <kore/http.h>

enum { NAME_BYTES = 128 };

int hello(struct http_request *);

int
hello(struct http_request *req)
{
	char text[NAME_BYTES], *name = NULL;
	int n;

	http_populate_get(req);
	(void)http_argument_get_string(req, "name", &name);
	n = snprintf(
	    text, sizeof(text), "Hello %.100s\n", name != NULL ? name : "");
	http_response_header(req, "content-type", "text/plain; charset=utf-8");
	http_response(req, HTTP_STATUS_OK, text, (size_t)n);
	return KORE_RESULT_OK;
}
