/*
 * natural.h - the order in which people expect names. Pure.
 */
#ifndef HTTP_NATURAL_H
#define HTTP_NATURAL_H

/* Less than 0 if a is to stand before b, more than 0 if behind it; 0 only if
 * the two are equal. A run of digits counts as the number that it is, however
 * long ("a2" before "a10"), and a capital of ASCII as its small letter. Other
 * bytes are compared by their values, which for UTF-8 is the order of the
 * characters. Names that are equal by these rules stand in the order of their
 * bytes. */
int natural_compare(const char *a, const char *b);

#endif
