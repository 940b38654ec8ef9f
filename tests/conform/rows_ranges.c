/* Parts of files: RFC 9110, sections 14 and 15.3.7. */
#include "conform.h"

static const char must_big[] =
    "Since there is no predefined limit to the length of content, recipients "
    "MUST anticipate potentially large decimal numerals and prevent parsing "
    "errors due to integer conversion overflows.";

static const char must_get_only[] =
    "A server MUST ignore a Range header field received with a request "
    "method that is unrecognized or for which range handling is not defined. "
    "For this specification, GET is the only method for which range handling "
    "is defined.";

static const char must_known_unit[] =
    "An origin server MUST ignore a Range header field that contains a range "
    "unit it does not understand.";

static const char must_single[] =
    "If a single part is being transferred, the server generating the 206 "
    "response MUST generate a Content-Range header field, describing what "
    "range of the selected representation is enclosed, and a content "
    "consisting of the range.";

static const char must_multiple[] =
    "If multiple parts are being transferred, the server generating the 206 "
    "response MUST generate \"multipart/byteranges\" content, as defined in "
    "Section 14.6, and a Content-Type header field containing the "
    "\"multipart/byteranges\" media type and its required boundary "
    "parameter.";

static const char must_not_multiple[] =
    "A server MUST NOT generate a multipart response to a request for a "
    "single range, since a client that does not request multiple parts might "
    "not support multipart responses.";

#define RANGE(file, range) GET(file, "Range: bytes=" range "\r\n")

static const char any_method[] =
    "nginx's range filter does not look at the method";

static const char big_refused[] =
    "nginx answers 416 to a number that does not fit into 63 bits";

static const struct row rows[] = {
    {"9110 14.1.2", must_big, "a last byte beyond 2^64",
	RANGE("/small.txt", "0-18446744073709551617"), "!200",
	"206, is Content-Range: bytes 0-999/1000, body small.txt", big_refused},
    {"9110 14.1.2", must_big, "a last byte of 2^63",
	RANGE("/small.txt", "1-9223372036854775808"), "!200",
	"206, is Content-Range: bytes 1-999/1000, body small.txt 1-999",
	big_refused},
    {"9110 14.1.2", must_big, "a first byte beyond 2^64",
	RANGE("/small.txt", "18446744073709551617-"), NULL, "200|416", NULL},
    {"9110 14.1.2", must_big, "both beyond 2^64",
	RANGE("/small.txt", "18446744073709551617-18446744073709551618"), NULL,
	"200|416", NULL},
    {"9110 14.1.2", must_big, "the last 2^64 bytes and one",
	RANGE("/small.txt", "-18446744073709551617"), "!200",
	"206, is Content-Range: bytes 0-999/1000, body small.txt", big_refused},
    {"9110 14.1.2", must_big, "the last 2^63 bytes",
	RANGE("/small.txt", "-9223372036854775808"), "!200",
	"206, is Content-Range: bytes 0-999/1000, body small.txt", big_refused},
    {"9110 14.1.2",
	"When a selected representation has zero length, the only satisfiable "
	"form of range-spec in a GET request is a suffix-range with a non-zero "
	"suffix-length.",
	"the last byte of an empty file", RANGE("/empty.txt", "-1"), NULL,
	"!416", NULL},
    {"9110 14.2", must_get_only, "a range, with HEAD",
	HEAD("/small.txt", "Range: bytes=0-9\r\n"), NULL,
	"200, no Content-Range, length without Range", any_method},
    {"9110 14.2", must_get_only, "a range outside the file, with HEAD",
	HEAD("/small.txt", "Range: bytes=5000-\r\n"), NULL, "200", any_method},
    {"9110 14.2", must_get_only, "a range, with POST",
	REQUEST(
	    "POST", "/small.txt", "Range: bytes=0-9\r\nContent-Length: 0\r\n"),
	NULL, "!206, same without Range: status", NULL},
    {"9110 14.2", must_get_only, "a range, with OPTIONS",
	REQUEST("OPTIONS", "/small.txt", "Range: bytes=5000-\r\n"), NULL,
	"!206, same without Range: status", NULL},
    {"9110 14.2", must_known_unit, "a unit that nobody knows",
	GET("/small.txt", "Range: lines=0-9\r\n"), NULL, "200, body small.txt",
	NULL},
    {"9110 14.2", must_known_unit, "a unit that begins with bytes",
	GET("/small.txt", "Range: bytesized=0-9\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 14.4",
	"A server MUST ignore a Content-Range header field received in a "
	"request with a method for which Content-Range support is not "
	"defined.",
	"Content-Range in a request",
	GET("/small.txt", "Content-Range: bytes 0-9/1000\r\n"), NULL,
	"200, body small.txt", NULL},
    {"9110 15.3.7.1", must_single, "the first byte", RANGE("/small.txt", "0-0"),
	"206", "206, is Content-Range: bytes 0-0/1000, body small.txt 0-0",
	NULL},
    {"9110 15.3.7.1", must_single, "the last byte", RANGE("/small.txt", "-1"),
	"206",
	"206, is Content-Range: bytes 999-999/1000, body small.txt 999-999",
	NULL},
    {"9110 15.3.7.1", must_single, "from the middle to the end",
	RANGE("/small.txt", "500-"), "206",
	"206, is Content-Range: bytes 500-999/1000, body small.txt 500-999",
	NULL},
    {"9110 15.3.7.1", must_single, "more than there is",
	RANGE("/small.txt", "990-5000"), "206",
	"206, is Content-Range: bytes 990-999/1000, body small.txt 990-999",
	NULL},
    {"9110 15.3.7.1", must_single, "more from the end than there is",
	RANGE("/small.txt", "-5000"), "206",
	"206, is Content-Range: bytes 0-999/1000, body small.txt", NULL},
    {"9110 15.3.7.1", must_single, "most of a large file",
	RANGE("/large.bin", "3-1048570"), "206",
	"206, is Content-Range: bytes 3-1048570/1048577, "
	"body large.bin 3-1048570",
	NULL},
    {"9110 15.3.7.2", must_multiple, "two ranges",
	RANGE("/small.txt", "0-9,100-199"), "206", "206, parts small.txt",
	NULL},
    {"9110 15.3.7.2", must_multiple, "two ranges of a large file",
	RANGE("/large.bin", "500000-1000000, -1, 0-99999"), "206",
	"206, parts large.bin", NULL},
    {"9110 15.3.7.2", must_multiple, "eighteen ranges",
	RANGE("/large.bin",
	    "0-0,10-19,30-39,50-59,70-79,90-99,110-119,130-139,150-159,"
	    "170-179,190-199,210-219,230-239,250-259,270-279,290-299,310-319,"
	    "-1"),
	"206", "206, parts large.bin", NULL},
    {"9110 15.3.7.2",
	"To avoid confusion with single-part responses, a server MUST NOT "
	"generate a Content-Range header field in the HTTP header section of "
	"a multiple part response (this field will be sent in each part "
	"instead).",
	"no Content-Range for two", RANGE("/small.txt", "0-9,100-199"), "206",
	"206, no Content-Range", NULL},
    {"9110 15.3.7.2", must_not_multiple, "one range is no multipart",
	RANGE("/small.txt", "10-19"), "206",
	"206, is Content-Range: bytes 10-19/1000, body small.txt 10-19", NULL},
    {"9110 8.3.3",
	"The message body is itself a protocol element; a sender MUST "
	"generate only CRLF to represent line breaks between body parts.",
	"the lines between parts", RANGE("/small.txt", "0-9,100-199"), "206",
	"206, parts small.txt", NULL},
};

const struct rows rows_ranges = {rows, sizeof(rows) / sizeof(rows[0])};
