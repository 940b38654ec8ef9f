/* What an answer says: RFC 9110, sections 6 to 9 and 15. */
#include "conform.h"

static const char must_head_length[] =
    "A server MAY send a Content-Length header field in a response to a HEAD "
    "request (Section 9.3.2); a server MUST NOT send Content-Length in such "
    "a response unless its field value equals the decimal number of octets "
    "that would have been sent in the content of a response if the same "
    "request had used the GET method.";

static const char must_not_modified_length[] =
    "A server MAY send a Content-Length header field in a 304 (Not Modified) "
    "response to a conditional GET request (Section 15.4.5); a server MUST "
    "NOT send Content-Length in such a response unless its field value "
    "equals the decimal number of octets that would have been sent in the "
    "content of a 200 (OK) response to the same request.";

static const char must_head[] =
    "The HEAD method is identical to GET except that the server MUST NOT "
    "send content in the response.";

static const char must_coding[] =
    "If one or more encodings have been applied to a representation, the "
    "sender that applied the encodings MUST generate a Content-Encoding "
    "header field that lists the content codings in the order in which they "
    "were applied.";

static const char by_option[] =
    "nginx has to be told of codings of files by add_header";

static const char must_strong[] =
    "If an origin server provides an entity tag for a representation and the "
    "generation of that entity tag does not satisfy all of the "
    "characteristics of a strong validator (Section 8.8.1), then the origin "
    "server MUST mark the entity tag as weak by prefixing its opaque value "
    "with \"W/\" (case-sensitive).";

static const char must_allow[] =
    "The origin server MUST generate an Allow header field in a 405 response "
    "containing a list of the target resource's currently supported methods.";

static const char no_allow[] =
    "nginx's static module answers 405 without Allow";

static const char must_304[] =
    "The server generating a 304 response MUST generate any of the following "
    "header fields that would have been sent in a 200 (OK) response to the "
    "same request:";

static const char must_206[] =
    "A server that generates a 206 response MUST generate the following "
    "header fields, in addition to those required in the subsections below, "
    "if the field would have been sent in a 200 (OK) response to the same "
    "request: Date, Cache-Control, ETag, Expires, Content-Location, and Vary.";

static const char future_kept[] = "nginx sends the date of the file as it is";

#define KEPT "Cache-Control Content-Location Date ETag Expires Vary"

static const struct row rows[] = {
    {"9110 8.4", must_coding, "a compressed file says so",
	GET("/coded.txt", "Accept-Encoding: gzip\r\n"), "body coded.txt.gz",
	"200, is Content-Encoding: gzip", NULL},
    {"9110 8.4", must_coding, "... to HEAD as well",
	HEAD("/coded.txt", "Accept-Encoding: gzip\r\n"),
	"is Content-Length: 5023", "200, is Content-Encoding: gzip", NULL},
    {"9110 8.4", must_coding, "a drawing that is compressed",
	GET("/drawing.svgz", ""), NULL,
	"200, is Content-Encoding: gzip, body drawing.svgz", by_option},
    {"9110 8.6", must_head_length, "HEAD of a file", HEAD("/small.txt", ""),
	"200", "200, like GET", NULL},
    {"9110 8.6", must_head_length, "HEAD of an empty file",
	HEAD("/empty.txt", ""), "200", "200, like GET", NULL},
    {"9110 8.6", must_head_length, "HEAD of a compressed file",
	HEAD("/coded.txt", "Accept-Encoding: gzip\r\n"), "200", "200, like GET",
	NULL},
    {"9110 8.6", must_head_length, "HEAD of a listing", HEAD("/list/", ""),
	"200", "200, like GET", NULL},
    {"9110 8.6", must_head_length, "HEAD of what is not there",
	HEAD("/missing", ""), "404", "404, like GET", NULL},
    {"9110 8.6", must_head_length, "HEAD of a redirection", HEAD("/page", ""),
	"3xx", "3xx, like GET", NULL},
    {"9110 8.6", must_not_modified_length, "304 by a tag",
	GET("/small.txt", "If-None-Match: {etag}\r\n"), "304",
	"304, length without If-", NULL},
    {"9110 8.8.3", must_strong, "the strong tag of a compressed file",
	GET("/coded.txt", "Accept-Encoding: gzip\r\n"),
	"is Content-Encoding: gzip, has ETag",
	"200, other without Accept-Encoding: ETag", NULL},
    {"9110 9.3.2", must_head, "HEAD of a file has no content",
	HEAD("/small.txt", ""), NULL, "200", NULL},
    {"9110 9.3.2", must_head, "HEAD of a large file", HEAD("/large.bin", ""),
	NULL, "200", NULL},
    {"9110 9.3.2", must_head, "HEAD of a listing", HEAD("/list/", ""), NULL,
	"200", NULL},
    {"9110 9.3.2", must_head, "HEAD of an index", HEAD("/page/", ""), NULL,
	"200", NULL},
    {"9110 9.3.2", must_head, "HEAD of a redirection", HEAD("/page", ""), NULL,
	"3xx", NULL},
    {"9110 9.3.2", must_head, "HEAD of what is not there", HEAD("/missing", ""),
	NULL, "404", NULL},
    {"9110 9.3.2", must_head, "HEAD with a space before a colon",
	HEAD("/small.txt", "X-A : b\r\n"), NULL, "400, empty, close", NULL},
    {"9110 9.3.2", must_head, "HEAD of a target that is too long",
	HEAD("/{100000*a}", ""), NULL, "404|414, empty", NULL},
    {"9110 9.3.2", must_head, "HEAD whose condition fails",
	HEAD("/small.txt", "If-Match: \"x\"\r\n"), NULL, "412", NULL},
    {"9110 8.8.2.1",
	"If the last modification time is derived from implementation-"
	"specific metadata that evaluates to some time in the future, "
	"according to the origin server's clock, then the origin server MUST "
	"replace that value with the message origination date.",
	"a file from the future", GET("/future.txt", ""), "has Last-Modified",
	"200, aged", future_kept},
    {"9110 15.3.7", must_206, "the fields of 206",
	GET("/small.txt", "Range: bytes=0-9\r\n"), "206",
	"206, same without Range: " KEPT, NULL},
    {"9110 15.3.7", must_206, "the fields of 206 after If-Range",
	GET("/small.txt", "Range: bytes=0-9\r\nIf-Range: {etag}\r\n"), "206",
	"206, same without Range If-: " KEPT, NULL},
    {"9110 15.3.7", must_206, "the fields of 206 where there are codings",
	GET("/coded.txt", "Range: bytes=0-9\r\nAccept-Encoding: gzip\r\n"),
	"206", "206, has ETag, same without Range: Date Cache-Control Vary",
	NULL},
    {"9110 15.3.7",
	"Otherwise, a sender MUST generate all of the representation header "
	"fields that would have been sent in a 200 (OK) response to the same "
	"request.",
	"the rest of the fields of 206",
	GET("/small.txt", "Range: bytes=0-9\r\n"), "206",
	"206, same without Range: Content-Type Content-Encoding "
	"Content-Language Last-Modified",
	NULL},
    {"9110 15.4.5", must_304, "the fields of 304 by a tag",
	GET("/small.txt", "If-None-Match: {etag}\r\n"), "304",
	"304, same without If-: " KEPT, NULL},
    {"9110 15.4.5", must_304, "the fields of 304 by a date",
	GET("/small.txt", "If-Modified-Since: {modified}\r\n"), "304",
	"304, same without If-: " KEPT, NULL},
    {"9110 15.4.5", must_304, "the fields of 304 to HEAD",
	HEAD("/small.txt", "If-None-Match: {etag}\r\n"), "304",
	"304, same without If-: " KEPT, NULL},
    {"9110 15.4.5", must_304, "the fields of 304 where there are codings",
	GET("/coded.txt", "If-None-Match: *\r\nAccept-Encoding: gzip\r\n"),
	"304", "304, same without If-: " KEPT, NULL},
    {"9110 15.4.5",
	"A 304 response is terminated by the end of the header section; it "
	"cannot contain content or trailers.",
	"304 has no content", GET("/large.bin", "If-None-Match: *\r\n"), "304",
	"304", NULL},
    {"9110 15.5.6", must_allow, "POST to a file",
	REQUEST("POST", "/small.txt", "Content-Length: 0\r\n"), "405",
	"405, has Allow", no_allow},
    {"9110 15.5.6", must_allow, "DELETE of a file",
	REQUEST("DELETE", "/small.txt", ""), "405", "405, has Allow", no_allow},
    {"9110 15.5.6", must_allow, "PUT of what is not there",
	REQUEST("PUT", "/missing", "Content-Length: 0\r\n"), "405",
	"405, has Allow", no_allow},
};

const struct rows rows_answers = {rows, sizeof(rows) / sizeof(rows[0])};
