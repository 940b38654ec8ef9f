/*
 * word.h - the variable of the laboratory's !set and !get.
 *
 * It lies in the memory of the process, so threads share it,
 * and it is lost with the process. In a file of its own so that a test can put
 * another in its place that is shared between processes, and see that this
 * does not remain unnoticed.
 */
#ifndef SERVICE_WORD_H
#define SERVICE_WORD_H

enum { WORD_BYTES = 64 };

/* What is longer is cut. Any thread may call these at any time. */
void word_set(const char *text);
void word_get(char out[WORD_BYTES]);

#endif
