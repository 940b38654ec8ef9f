/* How a request is understood: RFC 9110, sections 2 to 10. */
#include "conform.h"

static const char must_no_ctl[] =
    "Field values containing CR, LF, or NUL characters are invalid and "
    "dangerous, due to the varying ways that implementations might parse and "
    "interpret those characters; a recipient of CR, LF, or NUL within a "
    "field value MUST either reject the message or replace each of those "
    "characters with SP before further processing or forwarding of that "
    "message.";

static const char must_limit[] =
    "A server that receives a request header field line, field value, or set "
    "of fields larger than it wishes to process MUST respond with an "
    "appropriate 4xx (Client Error) status code.";

static const char must_trim[] =
    "When a specific version of HTTP allows such whitespace to appear in a "
    "message, a field parsing implementation MUST exclude such whitespace "
    "prior to evaluating the field value.";

static const char must_skip_empty[] =
    "A recipient MUST parse and ignore a reasonable number of empty list "
    "elements: enough to handle common mistakes by senders that merge "
    "values, but not so much that they could be used as a denial-of-service "
    "mechanism.";

static const char must_dates[] =
    "A recipient that parses a timestamp value in an HTTP field MUST accept "
    "all three HTTP-date formats.";

static const char must_host_there[] =
    "A sender MUST NOT generate an \"http\" URI with an empty host "
    "identifier. A recipient that processes such a URI reference MUST reject "
    "it as invalid.";

static const char must_connect[] =
    "A server MUST reject a CONNECT request that targets an empty or invalid "
    "port number, typically by responding with a 400 (Bad Request) status "
    "code.";

static const char must_continue[] =
    "The origin server MUST NOT wait for the content before sending the 100 "
    "(Continue) response.";

#define TEN "%C3%A4%C3%A4%C3%A4%C3%A4%C3%A4"
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

static const char tab_kept[] =
    "nginx takes spaces alone for white space around a value: a tab is a part "
    "of it";

static const char any_scheme[] =
    "nginx does not look at the scheme of a target";

static const struct row rows[] = {
    {"9110 2.3",
	"At a minimum, a recipient MUST be able to parse and process protocol "
	"element lengths that are at least as long as the values that it "
	"generates for those same protocol elements in other messages.",
	"the longest name, percent-encoded as a listing has it",
	GET("/" HUNDRED HUNDRED TEN TEN TEN TEN TEN "12345", ""), NULL, "200",
	NULL},
    {"9110 4.2.1", must_host_there, "an empty Host",
	LINE("GET", "/small.txt") "Host:\r\n\r\n", NULL, "4xx", NULL},
    {"9110 4.2.1", must_host_there, "a target without a host",
	LINE("GET", "http:///small.txt") "Host:\r\n\r\n", NULL, "4xx", NULL},
    {"9110 4.2.1", must_host_there, "a target of a port alone",
	GET("http://:80/small.txt", ""), NULL, "4xx", NULL},
    {"9110 5.3",
	"A server MUST NOT apply a request to the target resource until it "
	"receives the entire request header section, since later header field "
	"lines might include conditionals, authentication credentials, or "
	"deliberately misleading duplicate header fields that could impact "
	"request processing.",
	"a condition that comes late",
	LINE("GET",
	    "/small.txt") "Host: {host}\r\n{pause}If-None-Match: {etag}\r\n\r\n",
	NULL, "304", NULL},
    {"9110 5.4", must_limit, "a field of a million bytes",
	GET("/small.txt", "X-A: {1000000*b}\r\n"), NULL, "200|4xx", NULL},
    {"9110 5.4", must_limit, "10,000 fields",
	GET("/small.txt", "{10000*X-A: b\r\n}"), NULL, "200|4xx", NULL},
    {"9110 5.5", must_trim, "white space around a field value",
	GET("/small.txt", "If-None-Match: \t {etag} \t \r\n"), NULL, "304",
	tab_kept},
    {"9110 5.5", must_trim, "... and around Host",
	LINE("GET", "/small.txt") "Host:\t{host}\t \r\n\r\n", NULL,
	"200, body small.txt", tab_kept},
    {"9110 5.5", must_trim, "... and around Content-Length",
	GET("/small.txt", "Content-Length: \t5\t \r\n") "hello", NULL,
	"200, body small.txt", tab_kept},
    {"9110 5.5", must_no_ctl, "a NUL does not end a field value",
	GET("/small.txt", "If-None-Match: {etag}{nul}\r\n"), NULL, "200|400",
	NULL},
    {"9110 5.5", must_no_ctl, "nor does it end a field line",
	GET("/small.txt", "X-A: b{nul}If-None-Match: {etag}\r\n"), NULL,
	"200|400", NULL},
    {"9110 5.6.1.2", must_skip_empty, "empty elements in If-None-Match",
	GET("/small.txt", "If-None-Match: , ,\t,{etag},,\r\n"), NULL, "304",
	NULL},
    {"9110 5.6.1.2", must_skip_empty, "empty elements in If-Match",
	GET("/small.txt", "If-Match: ,, {etag} ,\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 5.6.1.2", must_skip_empty, "empty elements in Connection",
	GET("/small.txt", "Connection: ,, close ,\r\n"), NULL, "200, close",
	NULL},
    {"9110 5.6.7", must_dates, "an IMF-fixdate",
	GET("/small.txt", "If-Unmodified-Since: {earlier}\r\n"), NULL, "412",
	NULL},
    {"9110 5.6.7", must_dates, "a date of RFC 850",
	GET("/small.txt", "If-Modified-Since: {rfc850}\r\n"), NULL, "304",
	NULL},
    {"9110 5.6.7", must_dates, "a date of asctime",
	GET("/small.txt", "If-Modified-Since: {asctime}\r\n"), NULL, "304",
	NULL},
    {"9110 5.6.7",
	"Recipients of a timestamp value in rfc850-date format, which uses a "
	"two-digit year, MUST interpret a timestamp that appears to be more "
	"than 50 years in the future as representing the most recent year in "
	"the past that had the same last two digits.",
	"two digits that are 60 years ahead",
	GET("/small.txt", "If-Unmodified-Since: {past}\r\n"), NULL, "412",
	NULL},
    {"9110 7.4",
	"In particular, a request for an \"https\" resource MUST be rejected "
	"unless it has been received over a connection that has been secured "
	"via a certificate valid for that target URI's origin, as defined by "
	"Section 4.2.2.",
	"https without TLS", GET("https://{host}/small.txt", ""), NULL,
	"4xx|5xx", any_scheme},
    {"9110 7.8",
	"A server that receives an Upgrade header field in an HTTP/1.0 "
	"request MUST ignore that Upgrade field.",
	"Upgrade in HTTP/1.0",
	"GET /small.txt HTTP/1.0\r\nHost: {host}\r\n"
	"Connection: upgrade\r\nUpgrade: h2c\r\n\r\n",
	NULL, "200, body small.txt", NULL},
    {"9110 8.6",
	"Since there is no predefined limit to the length of content, a "
	"recipient MUST anticipate potentially large decimal numerals and "
	"prevent parsing errors due to integer conversion overflows or "
	"precision loss due to integer conversion (Section 17.5).",
	"a length of five and 2^64 bytes",
	GET("/small.txt",
	    "Content-Length: 18446744073709551621\r\n") "hello" GET("/other.txt",
	    ""),
	NULL, "0|200|4xx, only", NULL},
    {"9110 8.7",
	"However, an origin server MUST NOT use such context information to "
	"alter the request semantics.",
	"Content-Location in a request",
	GET("/small.txt", "Content-Location: /other.txt\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 9.1",
	"All general-purpose servers MUST support the methods GET and HEAD.",
	"GET", GET("/large.bin", ""), NULL, "200, body large.bin", NULL},
    {"9110 9.1",
	"All general-purpose servers MUST support the methods GET and HEAD.",
	"HEAD", HEAD("/large.bin", ""), NULL, "200", NULL},
    {"9110 9.3.6", must_connect, "CONNECT without a port",
	LINE("CONNECT", "localhost:") "Host: localhost\r\n\r\n", NULL,
	"4xx|5xx", NULL},
    {"9110 9.3.6", must_connect, "CONNECT to the port 99999",
	LINE("CONNECT", "localhost:99999") "Host: localhost:99999\r\n\r\n",
	NULL, "4xx|5xx", NULL},
    {"9110 10.1.1",
	"A server that receives a 100-continue expectation in an HTTP/1.0 "
	"request MUST ignore that expectation.",
	"an expectation in HTTP/1.0",
	"GET /small.txt HTTP/1.0\r\nHost: {host}\r\nContent-Length: 5\r\n"
	"Expect: 100-continue\r\n\r\n{pause}hello",
	NULL, "200, body small.txt, final", NULL},
    {"9110 10.1.1", must_continue, "an expectation, with a length",
	GET("/small.txt",
	    "Content-Length: 5\r\nExpect: 100-continue\r\n") "{answer}hello",
	NULL, "200, prompt, body small.txt", NULL},
    {"9110 10.1.1", must_continue, "an expectation, with chunks",
	GET("/small.txt",
	    "Transfer-Encoding: chunked\r\nExpect: 100-Continue\r\n") "{answer}5\r\nhello\r\n0\r\n\r\n",
	NULL, "200, prompt, body small.txt", NULL},
    {"9110 10.1.1", must_continue, "an expectation, with POST",
	REQUEST("POST", "/small.txt",
	    "Content-Length: 5\r\nExpect: 100-continue\r\n") "{answer}hello",
	NULL, "2xx|4xx|5xx, prompt", NULL},
};

const struct rows rows_requests = {rows, sizeof(rows) / sizeof(rows[0])};
