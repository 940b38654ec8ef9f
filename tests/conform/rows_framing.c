/* Where a request begins and ends: RFC 9112. */
#include "conform.h"

static const char must_host[] =
    "A server MUST respond with a 400 (Bad Request) status code to any "
    "HTTP/1.1 request message that lacks a Host header field and to any "
    "request message that contains more than one Host header field line or a "
    "Host header field with an invalid field value.";

static const char must_absolute[] =
    "When an origin server receives a request with an absolute-form of "
    "request-target, the origin server MUST ignore the received Host header "
    "field (if any) and instead use the host information of the "
    "request-target.";

static const char must_no_space[] =
    "A server MUST reject, with a response status code of 400 (Bad Request), "
    "any received request message that contains whitespace between a header "
    "field name and colon.";

static const char must_unfold[] =
    "A server that receives an obs-fold in a request message that is not "
    "within a \"message/http\" container MUST either reject the message by "
    "sending a 400 (Bad Request), preferably with a representation "
    "explaining that obsolete line folding is unacceptable, or replace each "
    "received obs-fold with one or more SP octets prior to interpreting the "
    "field value or forwarding the message downstream.";

static const char must_bare_cr[] =
    "A recipient of such a bare CR MUST consider that element to be invalid "
    "or replace each bare CR with SP before processing the element or "
    "forwarding the message.";

static const char must_length[] =
    "If the unrecoverable error is in a request message, the server MUST "
    "respond with a 400 (Bad Request) status code and then close the "
    "connection.";

static const char must_final_chunked[] =
    "If a Transfer-Encoding header field is present in a request and the "
    "chunked transfer coding is not the final encoding, the message body "
    "length cannot be determined reliably; the server MUST respond with the "
    "400 (Bad Request) status code and then close the connection.";

static const char must_chunked[] =
    "A recipient MUST be able to parse and decode the chunked transfer "
    "coding.";

static const char must_read_all[] =
    "A server MUST read the entire request message body or close the "
    "connection after sending its response; otherwise, the remaining data on "
    "a persistent connection would be misinterpreted as the next request.";

static const char must_close[] =
    "A server that receives a \"close\" connection option MUST initiate "
    "closure of the connection (see below) after it sends the final response "
    "to the request that contained the \"close\" connection option.";

#define CHUNKED "Transfer-Encoding: chunked\r\n"
#define OTHER GET("/other.txt", "")

static const char host_unread[] =
    "of a Host nginx checks what could lead out of a directory; the rest of "
    "its grammar it takes as it comes";

static const char any_method[] =
    "nginx answers 405 to a method it does not know, 400 to one of small "
    "letters, and 414 to a long one";

static const char any_coding[] =
    "nginx answers 501 to any coding but chunked, the final one or not";

static const struct row rows[] = {
    {"9112 2.2", must_bare_cr, "a CR within a field ends no line",
	GET("/small.txt", "X-A: b\rIf-None-Match: {etag}\r\n"), NULL, "200|400",
	NULL},
    {"9112 2.2", must_bare_cr, "a CR alone ends no request line",
	"GET /small.txt HTTP/1.1\rHost: {host}\r\n\r\n", NULL, "4xx|5xx", NULL},
    {"9112 2.2",
	"A recipient that receives whitespace between the start-line and the "
	"first header field MUST either reject the message as invalid or "
	"consume each whitespace-preceded line without further processing of "
	"it (i.e., ignore the entire line, along with any subsequent lines "
	"preceded by whitespace, until a properly formed header field is "
	"received or the header section is terminated).",
	"white space before the first field",
	LINE("GET",
	    "/small.txt") " If-None-Match: {etag}\r\nHost: {host}\r\n\r\n",
	NULL, "200|400", NULL},
    {"9112 3",
	"A server that receives a request-target longer than any URI it "
	"wishes to parse MUST respond with a 414 (URI Too Long) status code "
	"(see Section 15.5.15 of [HTTP]).",
	"a target of a million bytes", GET("/{1000000*a}", ""), NULL, "404|414",
	NULL},
    {"9112 3",
	"A server that receives a method longer than any that it implements "
	"SHOULD respond with a 501 (Not Implemented) status code.",
	"a method of 100 bytes", REQUEST("{100*A}", "/small.txt", ""), NULL,
	"501", any_method},
    {"9112 3",
	"A server that receives a method longer than any that it implements "
	"SHOULD respond with a 501 (Not Implemented) status code.",
	"a method of 20000 bytes", REQUEST("{20000*A}", "/small.txt", ""), NULL,
	"501", any_method},
    {"9112 3.2", must_host, "no Host", LINE("GET", "/small.txt") "\r\n", NULL,
	"400", NULL},
    {"9112 3.2", must_host, "two Hosts",
	GET("/small.txt", "Host: else.example\r\n"), NULL, "400", NULL},
    {"9112 3.2", must_host, "the same Host twice",
	GET("/small.txt", "Host: {host}\r\n"), NULL, "400", NULL},
    {"9112 3.2", must_host, "two Hosts in HTTP/1.0",
	"GET /small.txt HTTP/1.0\r\nHost: {host}\r\nHost: {host}\r\n\r\n", NULL,
	"400", NULL},
    {"9112 3.2", must_host, "a Host with a space",
	LINE("GET", "/small.txt") "Host: a b\r\n\r\n", NULL, "400", NULL},
    {"9112 3.2", must_host, "a Host with a path",
	LINE("GET", "/small.txt") "Host: {host}/x\r\n\r\n", NULL, "400", NULL},
    {"9112 3.2", must_host, "a Host with a user",
	LINE("GET", "/small.txt") "Host: me@{host}\r\n\r\n", NULL, "400",
	host_unread},
    {"9112 3.2", must_host, "a Host with a bracket left open",
	LINE("GET", "/small.txt") "Host: [::1\r\n\r\n", NULL, "400",
	host_unread},
    {"9112 3.2", must_host, "a Host with two gaps in its address",
	LINE("GET", "/small.txt") "Host: [1::2::3]\r\n\r\n", NULL, "400",
	host_unread},
    {"9112 3.2", must_host, "a Host with an old address in brackets",
	LINE("GET", "/small.txt") "Host: [1.2.3.4]\r\n\r\n", NULL, "400",
	host_unread},
    {"9112 3.2", must_host, "a Host with letters for a port",
	LINE("GET", "/small.txt") "Host: localhost:8o\r\n\r\n", NULL, "400",
	host_unread},
    {"9112 3.2", must_host, "a list of two as Host",
	LINE("GET", "/small.txt") "Host: {host}, {host}\r\n\r\n", NULL, "400",
	NULL},
    {"9112 3.2.2",
	"A server MUST accept the absolute-form in requests even though most "
	"HTTP/1.1 clients will only send the absolute-form to a proxy.",
	"the absolute form", GET("http://{host}/small.txt", ""), NULL,
	"200, body small.txt", NULL},
    {"9112 3.2.2", must_absolute, "... with another Host",
	LINE("GET", "http://{host}/small.txt") "Host: else.example\r\n\r\n",
	NULL, "200, body small.txt", NULL},
    {"9112 5.1", must_no_space, "a space before the colon",
	GET("/small.txt", "X-A : b\r\n"), NULL, "400", NULL},
    {"9112 5.1", must_no_space, "a tab before the colon",
	GET("/small.txt", "X-A\t: b\r\n"), NULL, "400", NULL},
    {"9112 5.1", must_no_space, "a space before the colon of Host",
	LINE("GET", "/small.txt") "Host : {host}\r\n\r\n", NULL, "400", NULL},
    {"9112 5.2", must_unfold, "a folded line is no field of its own",
	GET("/small.txt", "X-A: b\r\n If-None-Match: {etag}\r\n"), NULL,
	"200|400", NULL},
    {"9112 5.2", must_unfold, "a folded line belongs to the one before",
	GET("/small.txt", "If-None-Match:\r\n {etag}\r\n"), NULL, "304|400",
	NULL},
    {"9112 6.1",
	"A recipient MUST be able to parse the chunked transfer coding "
	"(Section 7.1) because it plays a crucial role in framing messages "
	"when the content size is not known in advance.",
	"content in chunks, then another request",
	GET("/small.txt", CHUNKED) "5\r\nhello\r\n0\r\n\r\n" OTHER, NULL,
	"200, body small.txt ; 200, body other.txt", NULL},
    {"9112 6.1",
	"Regardless, the server MUST close the connection after responding to "
	"such a request to avoid the potential attacks.",
	"both Transfer-Encoding and Content-Length",
	GET("/small.txt", CHUNKED "Content-Length: 5\r\n") "0\r\n\r\n" OTHER,
	NULL, "2xx|4xx|5xx, close", NULL},
    {"9112 6.1",
	"A server or client that receives an HTTP/1.0 message containing a "
	"Transfer-Encoding header field MUST treat the message as if the "
	"framing is faulty, even if a Content-Length is present, and close "
	"the connection after processing the message.",
	"Transfer-Encoding in HTTP/1.0",
	"GET /small.txt HTTP/1.0\r\nHost: {host}\r\n"
	"Connection: keep-alive\r\n" CHUNKED "\r\n0\r\n\r\n" OTHER,
	NULL, "2xx|4xx|5xx, close", NULL},
    {"9112 6.3", must_final_chunked, "a coding that is not chunked",
	GET("/small.txt", "Transfer-Encoding: gzip\r\n"), NULL, "400, close",
	any_coding},
    {"9112 6.3", must_final_chunked, "chunked, and another coding on it",
	GET("/small.txt",
	    "Transfer-Encoding: chunked, gzip\r\n") "0\r\n\r\n" OTHER,
	NULL, "400, close", any_coding},
    {"9112 6.3", must_final_chunked, "a coding that looks like chunked",
	GET("/small.txt", "Transfer-Encoding: xchunked\r\n") "0\r\n\r\n" OTHER,
	NULL, "400, close", any_coding},
    {"9112 6.3", must_length, "a length with a plus",
	GET("/small.txt", "Content-Length: +5\r\n") "hello" OTHER, NULL,
	"400, close", NULL},
    {"9112 6.3", must_length, "a length below nothing",
	GET("/small.txt", "Content-Length: -5\r\n") OTHER, NULL, "400, close",
	NULL},
    {"9112 6.3", must_length, "a length in hexadecimal",
	GET("/small.txt", "Content-Length: 0x5\r\n") "hello" OTHER, NULL,
	"400, close", NULL},
    {"9112 6.3", must_length, "a length of two words",
	GET("/small.txt", "Content-Length: 5 5\r\n") "hello" OTHER, NULL,
	"400, close", NULL},
    {"9112 6.3", must_length, "a length that is empty",
	GET("/small.txt", "Content-Length:\r\n") OTHER, NULL, "400, close",
	NULL},
    {"9112 6.3", must_length, "a list of two lengths",
	GET("/small.txt", "Content-Length: 5, 6\r\n") "hello" OTHER, NULL,
	"400, close", NULL},
    {"9112 6.3", must_length, "two lengths",
	GET("/small.txt",
	    "Content-Length: 5\r\nContent-Length: 6\r\n") "hello" OTHER,
	NULL, "400, close", NULL},
    {"9112 6.3",
	"If the sender closes the connection or the recipient times out "
	"before the indicated number of octets are received, the recipient "
	"MUST consider the message to be incomplete and close the connection.",
	"content that ends too early",
	GET("/small.txt", "Content-Length: 10\r\n") "hello{end}", NULL,
	"0|200|400, close", NULL},
    {"9112 7.1", must_chunked, "sizes with zeros in front and big letters",
	GET("/small.txt", CHUNKED) "0001A\r\n{26*a}\r\n00000\r\n\r\n" OTHER,
	NULL, "200, body small.txt ; 200, body other.txt", NULL},
    {"9112 7.1", must_chunked, "a chunk that holds a request",
	GET("/small.txt",
	    CHUNKED) "23\r\nGET / HTTP/1.1\r\nHost: localhost\r\n\r\n\r\n0\r\n\r\n" OTHER,
	NULL, "200, body small.txt ; 200, body other.txt", NULL},
    {"9112 7.1",
	"Additionally, very large chunk sizes may cause overflows or loss of "
	"precision if their values are not represented accurately in a "
	"receiving implementation. Therefore, recipients MUST anticipate "
	"potentially large hexadecimal numerals and prevent parsing errors "
	"due to integer conversion overflows or precision loss due to integer "
	"representation.",
	"a chunk of five and 2^64 bytes",
	GET("/small.txt",
	    CHUNKED) "10000000000000005\r\nhello\r\n0\r\n\r\n" OTHER,
	NULL, "0|200|4xx, only", NULL},
    {"9112 7.1.1", "A recipient MUST ignore unrecognized chunk extensions.",
	"extensions of chunks",
	GET("/small.txt",
	    CHUNKED) "5;a;b=c;d=\"e;f\"\r\nhello\r\n0;g=h\r\n\r\n" OTHER,
	NULL, "200, body small.txt ; 200, body other.txt", NULL},
    {"9112 7.1.2",
	"A recipient MUST NOT merge a received trailer field into the header "
	"section unless its corresponding header field definition explicitly "
	"permits and instructs how the trailer field value can be safely "
	"merged.",
	"a condition in the trailer section",
	GET("/small.txt",
	    CHUNKED) "5\r\nhello\r\n0\r\nIf-None-Match: {etag}\r\n\r\n" OTHER,
	NULL, "200, body small.txt ; 200, body other.txt", NULL},
    {"9112 9.3", must_read_all, "content that is a request, with GET",
	GET("/small.txt",
	    "Content-Length: 48\r\n") "GET /list/ HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\r\n",
	NULL, "200, body small.txt", NULL},
    {"9112 9.3", must_read_all, "content that is a request, with POST",
	REQUEST("POST", "/small.txt",
	    "Content-Length: 48\r\n") "GET /list/ HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\r\n",
	NULL, "2xx|4xx|5xx", NULL},
    {"9112 9.3", must_read_all, "content that is a request, to what is not",
	GET("/missing",
	    "Content-Length: 48\r\n") "GET /list/ HTTP/1.1\r\nHost: localhost\r\nX-A: b\r\n\r\n",
	NULL, "404", NULL},
    {"9112 9.3.2",
	"A server MAY process a sequence of pipelined requests in parallel if "
	"they all have safe methods (Section 9.2.1 of [HTTP]), but it MUST "
	"send the corresponding responses in the same order that the requests "
	"were received.",
	"five requests at once",
	GET("/large.bin", "") GET("/list/", "") OTHER GET("/missing", "")
	    GET("/small.txt", ""),
	NULL,
	"200, body large.bin ; 200 ; 200, body other.txt ; 404 ; "
	"200, body small.txt",
	NULL},
    {"9112 9.6", must_close, "close",
	GET("/small.txt", "Connection: close\r\n"), NULL,
	"200, body small.txt, close", NULL},
    {"9112 9.6", must_close, "close, in capitals and in a list",
	GET("/small.txt", "Connection: x, CLOSE\r\n"), NULL,
	"200, body small.txt, close", NULL},
    {"9112 9.6", must_close, "close, in the second of two lines",
	GET("/small.txt", "Connection: x\r\nConnection: close\r\n"), NULL,
	"200, body small.txt, close", NULL},
    {"9112 9.6", must_close, "close, where there is nothing",
	GET("/missing", "Connection: close\r\n"), NULL, "404, close", NULL},
    {"9112 9.6",
	"To avoid the TCP reset problem, servers typically close a connection "
	"in stages. First, the server performs a half-close by closing only "
	"the write side of the read/write connection. The server then "
	"continues to read from the connection until it receives a "
	"corresponding close by the client, or until the server is reasonably "
	"certain that its own TCP stack has received the client's "
	"acknowledgement of the packet(s) containing the server's last "
	"response.",
	"an answer while content is still sent",
	REQUEST("POST", "/small.txt",
	    "Connection: close\r\nContent-Length: 2000000\r\n") "{2000000*a}",
	NULL, "405|413", NULL},
    {"9112 9.6",
	"The server MUST NOT process any further requests received on that "
	"connection.",
	"another request behind close",
	GET("/small.txt", "Connection: close\r\n") OTHER, NULL,
	"200, body small.txt, close", NULL},
};

const struct rows rows_framing = {rows, sizeof(rows) / sizeof(rows[0])};
