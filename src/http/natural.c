#include "natural.h"

#include <stddef.h>
#include <string.h>

#include "http/bytes.h"

static int
small(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

/* Moves *p to the first digit that counts; returns how many do. */
static size_t
digits(const char **p)
{
	size_t n = 0;

	while (**p == '0')
		++*p;
	while (byte_is((*p)[n], BYTE_DIGIT))
		n++;
	return n;
}

/* Compares the numbers at *a and *b and moves both behind them. */
static int
compare_numbers(const char **a, const char **b)
{
	size_t n = digits(a), m = digits(b);
	int order = n != m ? (n > m) - (n < m) : memcmp(*a, *b, n);

	*a += n;
	*b += m;
	return order;
}

int
natural_compare(const char *a, const char *b)
{
	const char *p = a, *q = b;
	int order;

	for (;;) {
		if (byte_is(*p, BYTE_DIGIT) && byte_is(*q, BYTE_DIGIT)) {
			order = compare_numbers(&p, &q);
		} else {
			order = small(*p) - small(*q);
			if (*p == '\0' || *q == '\0')
				return order != 0 ? order : strcmp(a, b);
			p++;
			q++;
		}
		if (order != 0)
			return order;
	}
}
