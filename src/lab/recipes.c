/* The experiments, in the order of the report. */
#include "lab.h"

const struct recipe recipes[EXPERIMENTS] = {
    {"variable", "isolation", "One client sets a variable",
	"One client writes to a variable of the server. Which other clients "
	"see it?",
	0.4, 0.4, run_variable},
    {"scribble", "isolation", "A stray write",
	"A bug writes random bytes all over the memory it can reach. Whose "
	"data is damaged?",
	0.4, 1.5, run_scribble},
    {"pages", "isolation", "Shared pages",
	"Which pages of memory do two executors share, and which can both of "
	"them write?",
	0.3, 0.3, run_pages},
    {"segv", "crash", "A crash",
	"One of 24 clients makes its executor write through a null pointer. "
	"Who is disconnected, and when is service back?",
	1.3, 2.2, run_segv},
    {"kill", "crash", "A kill from outside",
	"The process that serves one of 24 clients is killed by SIGKILL. Who "
	"is disconnected, and when is service back?",
	1.3, 2.2, run_kill},
    {"hang", "crash", "A hang",
	"One of 24 clients sends its executor into an endless loop. Who has to "
	"wait, and for how long?",
	2.2, 3.8, run_hang},
    {"leak", "crash", "Memory runs out",
	"One client's requests leak memory until the process has reached its "
	"limit. Who else gets none?",
	0.6, 0.6, run_leak},
    {"files", "crash", "Descriptors run out",
	"Somebody opens more connections than the server may have "
	"descriptors. What happens to those who were there before?",
	0.9, 1.5, run_files},
    {"memory", "memory", "What a client costs",
	"How much memory does the whole server need for ever more clients, "
	"and what stops it?",
	1.2, 5, run_memory},
    {"speed", "speed", "How fast",
	"How many round trips, connections and files per second, and how much "
	"processor time for each?",
	1.6, 15, run_speed},
    {"start", "start", "How soon",
	"How long until the server serves, until a client has its first "
	"answer, and until a dead executor is replaced?",
	0.4, 1.5, run_start},
};
