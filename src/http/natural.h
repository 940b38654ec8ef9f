/*
 * natural.h - the order in which people expect names. Pure.
 */
#ifndef HTTP_NATURAL_H
#define HTTP_NATURAL_H

/* Is a to stand before b? <0, 0, >0. A run of digits counts as the number that
 * it is, however long ("a2" before "a10"), and the capitals of ASCII as their
 * small letters. Other bytes by their values, which for UTF-8 is the order of
 * the characters. What is equal by all that stands in the order of its bytes:
 * 0 is for equal names alone. */
int natural_compare(const char *a, const char *b);

#endif
