/*
 * fuzz_form - whatever a client sends as a form, a query, cookies or fields,
 * the names and values lie in it, one behind the other, and end there.
 */
#include "http/form.h"

#include "fuzz.h"

enum { MOST = 65536, PARTS = 50 };

/* One byte more than the text, which is the reader's to write to. */
static char *
text_of(const uint8_t *data, size_t len)
{
	char *text = malloc(len + 1);

	must(text != NULL);
	if (len > 0)
		memcpy(text, data, len);
	text[len] = 'x';
	return text;
}

/* Do these bytes and a NUL lie in the text? */
static void
lies_in(const char *p, size_t n, const char *text, size_t len)
{
	must(p >= text && n <= len && p + n <= text + len);
	must(p[n] == '\0');
}

static void
judge(const struct pf_part *part, int count, const char *text, size_t len)
{
	int i;

	must(count >= -1 && count <= PARTS);
	for (i = 0; i < count; i++) {
		lies_in(part[i].name, strlen(part[i].name), text, len);
		lies_in(part[i].value, part[i].length, text, len);
		if (part[i].filename != NULL)
			lies_in(part[i].filename, strlen(part[i].filename),
			    text, len);
		if (part[i].type != NULL)
			lies_in(part[i].type, strlen(part[i].type), text, len);
	}
}

static int
read_parts(struct pf_part *part, int max, char *text, size_t len)
{
	return form_parts(part, max, text, len, "--b");
}

static void
try(int (*reader)(struct pf_part *, int, char *, size_t), const uint8_t *data,
    size_t len)
{
	struct pf_part part[PARTS];
	char *text = text_of(data, len);

	judge(part, reader(part, PARTS, text, len), text, len);
	free(text);
}

/* Of a type any beginning may be read as one. */
static void
try_type(const uint8_t *data, size_t len)
{
	char boundary[BOUNDARY_BYTES + 3];
	char *type = text_of(data, len);
	int n;

	type[len] = '\0';
	n = form_boundary(boundary, type);
	must(n >= -1 && n <= BOUNDARY_BYTES + 2);
	must(n <= 0 || strlen(boundary) <= (size_t)n);
	free(type);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len > MOST)
		return 0;
	try(form_pairs, data, len);
	try(form_cookies, data, len);
	try(form_fields, data, len);
	try(read_parts, data, len);
	try_type(data, len);
	return 0;
}
