#include "os/smash.h"

/* What -fstack-protector, -strong and -all define. */
#if defined(__SSP__) || defined(__SSP_STRONG__) || defined(__SSP_ALL__)
enum { PROTECTED = true };
#else
enum { PROTECTED = false };
#endif

#ifndef __has_feature /* clang alone has it */
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer) || \
    defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
enum { ELSEWHERE = true };
#else
enum { ELSEWHERE = false };
#endif

/* The one place where this project writes beyond the end of an array, which the
 * language does not define: all that is hoped for is what compilers do. It is
 * a function of its own, since the canary is that of the function whose buffer
 * it is. Where the frame lies above the buffer, nothing beyond is written: the
 * address to return to is there. */
__attribute__((noinline)) static bool
overflow(const unsigned char *bytes, size_t len)
{
	unsigned char buffer[SMASH_ROOM];
	/* The compiler may see neither what is written to, nor that nobody
	 * reads it; and an array that has an address gets a canary. */
	unsigned char *volatile hidden = buffer;
	volatile unsigned char *to = hidden;
	uintptr_t begin = (uintptr_t)to;
	uintptr_t end = (uintptr_t)__builtin_frame_address(0);
	size_t i;

	if (end < begin)
		end = begin + SMASH_ROOM + sizeof(uintptr_t);
	if (len > end - begin)
		return false;
	for (i = 0; i < len; i++)
		to[i] = bytes[i];
	return true;
}

bool
smash(const unsigned char *bytes, size_t len)
{
	return PROTECTED && !ELSEWHERE && overflow(bytes, len);
}
