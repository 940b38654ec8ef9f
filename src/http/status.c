#include "http/status.h"

#include <stddef.h>

#include "page.h"

struct status {
	int code;
	const char *text; /* RFC 9110 section 15, RFC 6585, RFC 8470 */
	const char *help; /* what a person can do, or NULL */
};

/* clang-format off */
static const struct status statuses[] = {
	{100, "Continue", NULL},
	{101, "Switching Protocols", NULL},
	{103, "Early Hints", NULL},
	{200, "OK", NULL},
	{201, "Created", NULL},
	{202, "Accepted", NULL},
	{203, "Non-Authoritative Information", NULL},
	{204, "No Content", NULL},
	{205, "Reset Content", NULL},
	{206, "Partial Content", NULL},
	{300, "Multiple Choices", NULL},
	{301, "Moved Permanently", "What you look for has another address now; your browser should follow by itself."},
	{302, "Found", "What you look for is elsewhere for now; your browser should follow by itself."},
	{303, "See Other", "The answer is at another address; your browser should follow by itself."},
	{304, "Not Modified", NULL},
	{305, "Use Proxy", NULL},
	{307, "Temporary Redirect", "What you look for is elsewhere for now; your browser should follow by itself."},
	{308, "Permanent Redirect", "What you look for has another address now; your browser should follow by itself."},
	{400, "Bad Request", "The server could not understand this request. If you typed the address, check it."},
	{401, "Unauthorized", "You have to sign in to see this."},
	{402, "Payment Required", NULL},
	{403, "Forbidden", "The server may not show you this. If you think it should, ask whoever runs it."},
	{404, "Not Found", "There is nothing at this address. Check the spelling, or go one level up and look there."},
	{405, "Method Not Allowed", "Files can only be read here, not changed."},
	{406, "Not Acceptable", "It exists, but in no form that your program accepts."},
	{407, "Proxy Authentication Required", NULL},
	{408, "Request Timeout", "The request took too long to arrive. Try again."},
	{409, "Conflict", NULL},
	{410, "Gone", "What was here has been taken away for good."},
	{411, "Length Required", "The request must say how long its content is."},
	{412, "Precondition Failed", "The file has changed since your program last saw it. Load it anew."},
	{413, "Content Too Large", "The request carries more than this server takes."},
	{414, "URI Too Long", "The address is longer than this server reads. Shorten it."},
	{415, "Unsupported Media Type", NULL},
	{416, "Range Not Satisfiable", "The file has no such part; it may have become shorter. Load it from the start."},
	{417, "Expectation Failed", "Your program expects something that this server does not do."},
	{421, "Misdirected Request", "This server does not answer for that name. Check the address."},
	{422, "Unprocessable Content", NULL},
	{425, "Too Early", "Try again in a moment."},
	{426, "Upgrade Required", NULL},
	{428, "Precondition Required", NULL},
	{429, "Too Many Requests", "Too many requests came from you. Wait a little, then try again."},
	{431, "Request Header Fields Too Large", "Your program sent too many or too long header fields. Deleting cookies may help."},
	{451, "Unavailable For Legal Reasons", NULL},
	{500, "Internal Server Error", "The server failed, not you. Try again later."},
	{501, "Not Implemented", "The server does not know how to do that."},
	{502, "Bad Gateway", "Another server behind this one failed. Try again later."},
	{503, "Service Unavailable", "The server has too much to do just now. Try again in a moment."},
	{504, "Gateway Timeout", "Another server behind this one did not answer. Try again later."},
	{505, "HTTP Version Not Supported", "This server speaks HTTP/1.1 and HTTP/1.0 only."},
	{507, "Insufficient Storage", "The server has no room left for this. Try again later."},
	{511, "Network Authentication Required", NULL},
};
/* clang-format on */

static const struct status *
status_find(int code)
{
	size_t i;

	for (i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (statuses[i].code == code)
			return &statuses[i];
	return NULL;
}

const char *
status_text(int code)
{
	const struct status *s = status_find(code);

	return s != NULL ? s->text : "Unknown";
}

static void
put_title(struct out *o, int code)
{
	out_uint(o, code > 0 ? (uint64_t)code : 0);
	out_text(o, " ");
	out_text(o, status_text(code));
}

void
status_page(struct out *o, int code)
{
	const struct status *s = status_find(code);

	page_begin(o);
	put_title(o, code);
	page_style(o, "p{color:var(--dim)}\n");
	out_text(o, "<h1>");
	put_title(o, code);
	out_text(o, "</h1>\n<p>");
	out_text(o, s != NULL && s->help != NULL
			? s->help
			: "The server has nothing more to say about this.");
	out_text(o, "</p>\n");
}
