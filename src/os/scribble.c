#include "os/scribble.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

/* The sanitizers are not to say what is done here on purpose. */
__attribute__((no_sanitize("undefined"))) _Noreturn void
scribble_null(void)
{
	/* The compiler may not see that it is null. */
	static int *volatile nowhere = NULL;
	struct sigaction sa;

	/* Whatever catches it, a sanitizer for one: let it be the kernel. */
	sa.sa_handler = SIG_DFL;
	sa.sa_flags = 0;
	sigemptyset(&sa.sa_mask);
	(void)sigaction(SIGSEGV, &sa, NULL);
	/* It is what this is for.
	 * NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	*nowhere = 1; /* cppcheck-suppress nullPointer */
	for (;;)
		(void)kill(getpid(), SIGKILL);
}
