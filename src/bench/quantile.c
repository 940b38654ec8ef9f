#include "bench/quantile.h"

#include <stdlib.h>

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double
quantile(double *figures, int n, double q)
{
	double at = (n - 1) * q;
	int i = (int)at;

	qsort(figures, (size_t)n, sizeof(*figures), compare);
	if (i + 1 >= n)
		return figures[n - 1];
	return figures[i] + (at - i) * (figures[i + 1] - figures[i]);
}
