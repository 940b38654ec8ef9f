/* Conditional requests: RFC 9110, section 13. */
#include "conform.h"

static const char must_strongly[] =
    "An origin server MUST use the strong comparison function when comparing "
    "entity tags for If-Match (Section 8.8.3.2), since the client intends "
    "this precondition to prevent the method from being applied if there "
    "have been any changes to the representation data.";

static const char must_if_match[] =
    "An origin server that evaluates an If-Match condition MUST NOT perform "
    "the requested method if the condition evaluates to false.";

static const char must_weakly[] =
    "A recipient MUST use the weak comparison function when comparing entity "
    "tags for If-None-Match (Section 8.8.3.2), since weak entity tags can be "
    "used for cache validation even if there have been changes to the "
    "representation data.";

static const char must_if_none_match[] =
    "An origin server that evaluates an If-None-Match condition MUST NOT "
    "perform the requested method if the condition evaluates to false; "
    "instead, the origin server MUST respond with either a) the 304 (Not "
    "Modified) status code if the request method is GET or HEAD or b) the "
    "412 (Precondition Failed) status code for all other request methods.";

static const char must_ignore_since[] =
    "A recipient MUST ignore the If-Modified-Since header field if the "
    "received field value is not a valid HTTP-date, the field value has more "
    "than one member, or if the request method is neither GET nor HEAD.";

static const char must_ignore_unmodified[] =
    "A recipient MUST ignore the If-Unmodified-Since header field if the "
    "received field value is not a valid HTTP-date (including when the field "
    "value appears to be a list of dates).";

static const char must_if_unmodified[] =
    "An origin server that evaluates an If-Unmodified-Since condition MUST "
    "NOT perform the requested method if the condition evaluates to false.";

static const char must_if_range[] =
    "A recipient of an If-Range header field MUST ignore the Range header "
    "field if the If-Range condition evaluates to false.";

static const char must_ignore_all[] =
    "A server MUST ignore all received preconditions if its response to the "
    "same request without those conditions, prior to processing the request "
    "content, would have been a status code other than a 2xx (Successful) or "
    "412 (Precondition Failed).";

static const char must_ignore_methods[] =
    "Likewise, a server MUST ignore the conditional request header fields "
    "defined by this specification when received with a request method that "
    "does not involve the selection or modification of a selected "
    "representation, such as CONNECT, OPTIONS, or TRACE.";

static const char must_order[] =
    "A recipient cache or origin server MUST evaluate the request "
    "preconditions defined by this specification in the following order:";

#define PART "Range: bytes=10-19\r\n"
#define PART_OF_SMALL \
	"206, is Content-Range: bytes 10-19/1000, body small.txt 10-19"

static const char one_line[] =
    "nginx, before 1.23, refuses a second line of a field it knows";

static const char date_first[] =
    "nginx evaluates If-Unmodified-Since also where If-Match stands beside "
    "it";

static const char no_date[] =
    "what nginx cannot read as a date is earlier than any to it";

static const struct row rows[] = {
    {"9110 13.1.1", must_strongly, "If-Match with the tag made weak",
	GET("/small.txt", "If-Match: {weak}\r\n"), NULL, "412", NULL},
    {"9110 13.1.1", must_if_match, "If-Match with another tag",
	GET("/small.txt", "If-Match: \"x\"\r\n"), NULL, "412", NULL},
    {"9110 13.1.1", must_if_match, "If-Match, with HEAD",
	HEAD("/small.txt", "If-Match: \"x\"\r\n"), NULL, "412", NULL},
    {"9110 13.1.1",
	"When an origin server receives a request that selects a "
	"representation and that request includes an If-Match header field, "
	"the origin server MUST evaluate the If-Match condition per Section "
	"13.2 prior to performing the method.",
	"If-Match with the tag in a list",
	GET("/small.txt", "If-Match: \"x\", {etag}, \"y\"\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.2", must_weakly, "If-None-Match with the tag made weak",
	GET("/small.txt", "If-None-Match: {weak}\r\n"), NULL, "304", NULL},
    {"9110 13.1.2", must_if_none_match, "If-None-Match with the tag",
	GET("/small.txt", "If-None-Match: {etag}\r\n"), NULL, "304", NULL},
    {"9110 13.1.2", must_if_none_match, "If-None-Match with any tag",
	GET("/small.txt", "If-None-Match: *\r\n"), NULL, "304", NULL},
    {"9110 13.1.2", must_if_none_match, "If-None-Match, with HEAD",
	HEAD("/small.txt", "If-None-Match: {etag}\r\n"), NULL, "304", NULL},
    {"9110 13.1.2", must_if_none_match, "the tag behind one with a comma",
	GET("/small.txt", "If-None-Match: \"a,b\", W/\"c\",{etag}\r\n"), NULL,
	"304", NULL},
    {"9110 13.1.2", must_if_none_match, "the tag in the second of two lines",
	GET("/small.txt", "If-None-Match: \"x\"\r\nIf-None-Match: {etag}\r\n"),
	NULL, "304", one_line},
    {"9110 13.1.2",
	"When an origin server receives a request that selects a "
	"representation and that request includes an If-None-Match header "
	"field, the origin server MUST evaluate the If-None-Match condition "
	"per Section 13.2 prior to performing the method.",
	"If-None-Match with another tag",
	GET("/small.txt", "If-None-Match: \"x\"\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.3",
	"A recipient MUST ignore If-Modified-Since if the request contains an "
	"If-None-Match header field; the condition in If-None-Match is "
	"considered to be a more accurate replacement for the condition in "
	"If-Modified-Since, and the two are only combined for the sake of "
	"interoperating with older intermediaries that might not implement "
	"If-None-Match.",
	"another tag, and the date",
	GET("/small.txt",
	    "If-None-Match: \"x\"\r\nIf-Modified-Since: {modified}\r\n"),
	NULL, "200, body small.txt", NULL},
    {"9110 13.1.3", must_ignore_since, "a date that is none",
	GET("/small.txt", "If-Modified-Since: tomorrow\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.3", must_ignore_since, "a day that no month has",
	GET("/small.txt",
	    "If-Modified-Since: Thu, 32 Jan 2026 00:00:00 GMT\r\n"),
	NULL, "200, body small.txt", NULL},
    {"9110 13.1.3", must_ignore_since, "two dates in a list",
	GET("/small.txt", "If-Modified-Since: {later}, {later}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.3",
	"A recipient MUST interpret an If-Modified-Since field value's "
	"timestamp in terms of the origin server's clock.",
	"a second before the date",
	GET("/small.txt", "If-Modified-Since: {earlier}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.4",
	"A recipient MUST ignore If-Unmodified-Since if the request contains "
	"an If-Match header field; the condition in If-Match is considered to "
	"be a more accurate replacement for the condition in "
	"If-Unmodified-Since, and the two are only combined for the sake of "
	"interoperating with older intermediaries that might not implement "
	"If-Match.",
	"the tag, and an earlier date",
	GET("/small.txt",
	    "If-Match: {etag}\r\nIf-Unmodified-Since: {earlier}\r\n"),
	NULL, "200, body small.txt", date_first},
    {"9110 13.1.4", must_ignore_unmodified, "a date that is none",
	GET("/small.txt", "If-Unmodified-Since: yesterday\r\n"), NULL,
	"200, body small.txt", no_date},
    {"9110 13.1.4", must_ignore_unmodified, "two dates in a list",
	GET("/small.txt", "If-Unmodified-Since: {earlier}, {earlier}\r\n"),
	NULL, "200, body small.txt", no_date},
    {"9110 13.1.4", must_if_unmodified, "an earlier date",
	GET("/small.txt", "If-Unmodified-Since: {earlier}\r\n"), NULL, "412",
	NULL},
    {"9110 13.1.4", must_if_unmodified, "an earlier date, with HEAD",
	HEAD("/small.txt", "If-Unmodified-Since: {earlier}\r\n"), NULL, "412",
	NULL},
    {"9110 13.1.4",
	"When an origin server receives a request that selects a "
	"representation and that request includes an If-Unmodified-Since "
	"header field without an If-Match header field, the origin server "
	"MUST evaluate the If-Unmodified-Since condition per Section 13.2 "
	"prior to performing the method.",
	"the date itself",
	GET("/small.txt", "If-Unmodified-Since: {modified}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5",
	"A server MUST ignore an If-Range header field received in a request "
	"that does not contain a Range header field.",
	"If-Range alone", GET("/small.txt", "If-Range: \"x\"\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5", must_if_range, "If-Range with another tag",
	GET("/small.txt", PART "If-Range: \"x\"\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5", must_if_range, "If-Range with the tag made weak",
	GET("/small.txt", PART "If-Range: {weak}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5", must_if_range, "If-Range with an earlier date",
	GET("/small.txt", PART "If-Range: {earlier}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5", must_if_range, "If-Range with a later date",
	GET("/small.txt", PART "If-Range: {later}\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 13.1.5",
	"A server that receives an If-Range header field on a Range request "
	"MUST evaluate the condition per Section 13.2 prior to performing the "
	"method.",
	"If-Range with the tag", GET("/small.txt", PART "If-Range: {etag}\r\n"),
	"206", PART_OF_SMALL, NULL},
    {"9110 13.2.1", must_ignore_all, "If-Match, where there is nothing",
	GET("/missing", "If-Match: \"x\"\r\n"), NULL, "404", NULL},
    {"9110 13.2.1", must_ignore_all, "If-None-Match, where there is nothing",
	GET("/missing", "If-None-Match: *\r\n"), NULL, "404", NULL},
    {"9110 13.2.1", must_ignore_all, "If-None-Match, at a redirection",
	GET("/page", "If-None-Match: *\r\n"), "3xx",
	"3xx, same without If-: status", NULL},
    {"9110 13.2.1", must_ignore_all, "If-Match, at a redirection",
	GET("/page", "If-Match: \"x\"\r\n"), NULL,
	"3xx, same without If-: status", NULL},
    {"9110 13.2.1", must_ignore_all, "If-Match, with an unknown method",
	REQUEST("JUGGLE", "/small.txt", "If-Match: \"x\"\r\n"), NULL,
	"4xx|5xx, same without If-: status", NULL},
    {"9110 13.2.1", must_ignore_methods, "If-Match, with OPTIONS",
	REQUEST("OPTIONS", "/small.txt", "If-Match: \"x\"\r\n"), NULL,
	"2xx|4xx|5xx, same without If-: status", NULL},
    {"9110 13.2.1", must_ignore_methods, "If-None-Match, with OPTIONS",
	REQUEST("OPTIONS", "/small.txt", "If-None-Match: *\r\n"), NULL,
	"2xx|4xx|5xx, same without If-: status", NULL},
    {"9110 13.2.2", must_order, "If-Match before If-None-Match",
	GET("/small.txt", "If-None-Match: {etag}\r\nIf-Match: \"x\"\r\n"), NULL,
	"412", NULL},
    {"9110 13.2.2", must_order, "If-Match, then If-None-Match",
	GET("/small.txt", "If-None-Match: {etag}\r\nIf-Match: {etag}\r\n"),
	NULL, "304", NULL},
    {"9110 13.2.2", must_order, "If-Unmodified-Since before If-None-Match",
	GET("/small.txt",
	    "If-None-Match: {etag}\r\nIf-Unmodified-Since: {earlier}\r\n"),
	NULL, "412", NULL},
    {"9110 13.2.2", must_order, "If-Unmodified-Since, then If-None-Match",
	GET("/small.txt",
	    "If-None-Match: {etag}\r\nIf-Unmodified-Since: {later}\r\n"),
	NULL, "304", NULL},
    {"9110 13.2.2", must_order, "If-Match before If-Range",
	GET("/small.txt", PART "If-Range: {etag}\r\nIf-Match: \"x\"\r\n"), NULL,
	"412", NULL},
    {"9110 13.2.2", must_order, "If-None-Match before If-Range",
	GET("/small.txt", PART "If-Range: {etag}\r\nIf-None-Match: *\r\n"),
	NULL, "304", NULL},
    {"9110 13.2.2", must_order, "If-None-Match, then If-Range",
	GET("/small.txt", PART "If-Range: {etag}\r\nIf-None-Match: \"x\"\r\n"),
	"206", PART_OF_SMALL, NULL},
};

const struct rows rows_conditions = {rows, sizeof(rows) / sizeof(rows[0])};
