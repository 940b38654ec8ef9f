#include "page.h"

/* clang-format off */
static const char begin[] =
	"<!DOCTYPE html>\n"
	"<html lang=en>\n"
	"<meta charset=utf-8>\n"
	"<meta name=viewport content=\"width=device-width,initial-scale=1\">\n"
	"<title>";

static const char style[] =
	"</title>\n"
	"<style>\n"
	":root{color-scheme:light dark;--ink:#1d2229;--dim:#636b76;"
		"--link:#0b57c2;--line:#e3e6ea;--page:#fff}\n"
	"@media(prefers-color-scheme:dark){:root{--ink:#e2e5e9;--dim:#98a0ab;"
		"--link:#8ab6f9;--line:#2d323a;--page:#15181c}}\n"
	"body{max-width:56rem;margin:auto;padding:1.5rem 1rem 3rem;"
		"font:1rem/1.5 system-ui,sans-serif;"
		"color:var(--ink);background:var(--page)}\n"
	"h1{font-size:1.3rem;overflow-wrap:anywhere}\n"
	"a{color:var(--link);text-decoration:none}\n"
	"a:hover,a:focus{text-decoration:underline}\n";
/* clang-format on */

void
page_begin(struct out *o)
{
	out_text(o, begin);
}

void
page_style(struct out *o, const char *more)
{
	out_text(o, style);
	out_text(o, more);
	out_text(o, "</style>\n");
}
