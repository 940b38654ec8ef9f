/*
 * What a handler writes by a format, and the escapes.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "app_reply.h"
#include "http/out.h"
#include "prefork/service.h"

enum { WIDEST = 255, NUMBER_BYTES = 640, ESCAPED_BYTES = 512 };

struct print {
	struct pf_reply *reply;
	bool html;
	va_list list;
};

/* A conversion: %, flags, width, precision, length, kind. */
struct spec {
	char flags[8];
	int width;
	int precision; /* -1: none */
	char length;   /* 'H' for hh, 'q' for ll, 0: none */
	char kind;
};

/* Writes text as it came, or as HTML. */
static void
put(struct print *w, const char *text, size_t len)
{
	char bytes[ESCAPED_BYTES];
	struct out o;
	size_t n;

	if (!w->html) {
		pf_write(w->reply, text, len);
		return;
	}
	/* A byte becomes five at most. */
	for (; len > 0; text += n, len -= n) {
		n = len < sizeof(bytes) / 5 ? len : sizeof(bytes) / 5;
		out_init(&o, bytes, sizeof(bytes));
		out_html(&o, text, n);
		pf_write(w->reply, o.data, o.len);
	}
}

static void
pad(struct print *w, size_t n)
{
	while (n-- > 0)
		pf_write(w->reply, " ", 1);
}

static void
put_string(struct print *w, const struct spec *spec, const char *text)
{
	const size_t most =
	    spec->precision >= 0 ? (size_t)spec->precision : SIZE_MAX;
	const bool left = strchr(spec->flags, '-') != NULL;
	size_t len = 0, blank;

	while (text != NULL && len < most && text[len] != '\0')
		len++;
	blank = (size_t)spec->width > len ? (size_t)spec->width - len : 0;
	if (!left)
		pad(w, blank);
	if (len > 0)
		put(w, text, len);
	if (left)
		pad(w, blank);
}

static intmax_t
next_signed(struct print *w, char length)
{
	switch (length) {
	case 'H':
		return (signed char)va_arg(w->list, int);
	case 'h':
		return (short)va_arg(w->list, int);
	case 'l':
		return va_arg(w->list, long);
	case 'q':
		return va_arg(w->list, long long);
	case 'j':
		return va_arg(w->list, intmax_t);
	case 'z':
		return (intmax_t)va_arg(w->list, size_t);
	case 't':
		return va_arg(w->list, ptrdiff_t);
	default:
		return va_arg(w->list, int);
	}
}

static uintmax_t
next_unsigned(struct print *w, char length)
{
	switch (length) {
	case 'H':
		return (unsigned char)va_arg(w->list, unsigned);
	case 'h':
		return (unsigned short)va_arg(w->list, unsigned);
	case 'l':
		return va_arg(w->list, unsigned long);
	case 'q':
		return va_arg(w->list, unsigned long long);
	case 'j':
		return va_arg(w->list, uintmax_t);
	case 'z':
		return va_arg(w->list, size_t);
	case 't':
		return (uintmax_t)va_arg(w->list, ptrdiff_t);
	default:
		return va_arg(w->list, unsigned);
	}
}

static int
print_number(struct print *w, const struct spec *s, char number[NUMBER_BYTES])
{
	char format[24];

	(void)snprintf(format, sizeof(format), "%%%s*.*%s%c", s->flags,
	    strchr("eEfFgGaA", s->kind) != NULL ? "L" : "j", s->kind);
	switch (s->kind) {
	case 'd':
	case 'i':
		return snprintf(number, NUMBER_BYTES, format, s->width,
		    s->precision, next_signed(w, s->length));
	case 'o':
	case 'u':
	case 'x':
	case 'X':
		return snprintf(number, NUMBER_BYTES, format, s->width,
		    s->precision, next_unsigned(w, s->length));
	default:
		return snprintf(number, NUMBER_BYTES, format, s->width,
		    s->precision,
		    s->length == 'L' ? va_arg(w->list, long double)
				     : (long double)va_arg(w->list, double));
	}
}

static void
convert(struct print *w, const struct spec *spec)
{
	char number[NUMBER_BYTES];
	int n;

	if (spec->kind == '%') {
		pf_write(w->reply, "%", 1);
	} else if (spec->kind == 's' && spec->length == 0) {
		put_string(w, spec, va_arg(w->list, const char *));
	} else if (spec->kind == 'c' && spec->length == 0) {
		number[0] = (char)va_arg(w->list, int);
		put(w, number, 1);
	} else if (spec->kind == 'p') {
		n = snprintf(
		    number, sizeof(number), "%p", va_arg(w->list, void *));
		put(w, number, (size_t)n);
	} else if (spec->kind != '\0' &&
		   strchr("diouxXeEfFgGaA", spec->kind) != NULL) {
		n = print_number(w, spec, number);
		if (n >= 0 && (size_t)n < sizeof(number))
			put(w, number, (size_t)n);
		else
			app_reply_fail(w->reply, "a number is too long");
	} else {
		app_reply_fail(w->reply, "a conversion that is none");
	}
}

/* Reads a number of the format, or the argument that stands for it. */
static int
read_size(struct print *w, const char **at)
{
	int n = 0;

	if (**at == '*') {
		++*at;
		return va_arg(w->list, int);
	}
	for (; **at >= '0' && **at <= '9'; ++*at)
		if (n <= WIDEST)
			n = n * 10 + (**at - '0');
	return n;
}

/* Reads what stands behind a '%'. */
static const char *
read_spec(struct print *w, struct spec *spec, const char *at)
{
	size_t n = strspn(at, "-+ #0");

	memset(spec, 0, sizeof(*spec));
	memcpy(spec->flags, at, n < sizeof(spec->flags) ? n : 7);
	spec->flags[7] = '\0';
	at += n;
	spec->precision = -1;
	spec->width = read_size(w, &at);
	if (spec->width < 0) {
		spec->width = spec->width < -WIDEST ? WIDEST : -spec->width;
		spec->flags[6] = '\0';
		(void)strcat(spec->flags, "-");
	}
	if (spec->width > WIDEST)
		spec->width = WIDEST;
	if (*at == '.') {
		at++;
		spec->precision = read_size(w, &at);
	}
	if (*at != '\0' && strchr("hlqjztL", *at) != NULL)
		spec->length = *at++;
	if (spec->length == 'h' && *at == 'h') {
		spec->length = 'H';
		at++;
	} else if (spec->length == 'l' && *at == 'l') {
		spec->length = 'q';
		at++;
	}
	spec->kind = *at;
	/* A text may have any; a number has to fit into its place. */
	if (spec->kind != 's' && spec->precision > WIDEST)
		spec->precision = WIDEST;
	return *at != '\0' ? at + 1 : at;
}

static void
print(struct print *w, const char *format)
{
	struct spec spec;
	size_t n;

	while (*format != '\0') {
		n = strcspn(format, "%");
		if (n > 0)
			pf_write(w->reply, format, n);
		format += n;
		if (*format != '%')
			continue;
		format = read_spec(w, &spec, format + 1);
		convert(w, &spec);
	}
}

void
pf_printf(struct pf_reply *a, const char *format, ...)
{
	struct print w = {.reply = a};

	va_start(w.list, format);
	print(&w, format);
	va_end(w.list);
}

void
pf_html(struct pf_reply *a, const char *format, ...)
{
	struct print w = {.reply = a, .html = true};

	app_reply_default(a, "text/html; charset=utf-8");
	va_start(w.list, format);
	print(&w, format);
	va_end(w.list);
}

/* How long the character is that begins a text; 0: it is none (RFC 3629). */
static size_t
character(const unsigned char *p)
{
	size_t i, n;
	unsigned least = 0x80, most = 0xbf;

	if (p[0] < 0x80)
		return 1;
	if (p[0] < 0xc2 || p[0] > 0xf4)
		return 0;
	n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
	if (p[0] == 0xe0)
		least = 0xa0;
	else if (p[0] == 0xed)
		most = 0x9f;
	else if (p[0] == 0xf0)
		least = 0x90;
	else if (p[0] == 0xf4)
		most = 0x8f;
	for (i = 1; i < n; i++, least = 0x80, most = 0xbf)
		if (p[i] < least || p[i] > most)
			return 0;
	return n;
}

void
pf_json(struct pf_reply *a, const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	char escape[8];
	size_t n;

	app_reply_default(a, "application/json");
	if (text == NULL) {
		pf_write(a, "null", 4);
		return;
	}
	pf_write(a, "\"", 1);
	for (; *p != '\0'; p += n) {
		n = character(p);
		if (n == 0) {
			n = 1;
			pf_write(a, "\xef\xbf\xbd", 3);
		} else if (*p < 0x20 || *p == '"' || *p == '\\' || *p == '<' ||
			   *p == 0x7f) {
			/* '<' too: it may stand in a page's script. */
			(void)snprintf(escape, sizeof(escape), "\\u%04x", *p);
			pf_write(a, escape, 6);
		} else {
			pf_write(a, p, n);
		}
	}
	pf_write(a, "\"", 1);
}

void
pf_url(struct pf_reply *a, const char *text)
{
	char bytes[ESCAPED_BYTES];
	struct out o;
	size_t n, len = strlen(text);

	/* A byte becomes three at most; a '/' parts segments. */
	for (; len > 0; text += n, len -= n) {
		n = strcspn(text, "/");
		if (n > sizeof(bytes) / 3)
			n = sizeof(bytes) / 3;
		out_init(&o, bytes, sizeof(bytes));
		if (n == 0) {
			out_text(&o, "%2F");
			n = 1;
		} else {
			out_url(&o, text, n);
		}
		pf_write(a, o.data, o.len);
	}
}
