/*
 * server.h - ./prefork under test: started on a free port, watched through
 * its standard error, and gone at the end with all of its family.
 *
 * A test declares every line the server writes: those it waits for
 * (server_expect_log) and those that may come (server_allow_log). What is
 * said at start and at stop is known here. Nothing here sleeps to let time
 * pass; a log in a file, which cannot be waited for, is looked at again.
 */
#ifndef TESTS_SERVER_H
#define TESTS_SERVER_H

#include <netinet/in.h>
#include <stdbool.h>
#include <sys/types.h>

#include "fail.h"

enum { SERVER_LINES = 4096, SERVER_ALLOWED = 20, SERVER_FDS = 256 };

struct server {
	pid_t pid;	   /* the process that was started: the keeper or, where
			    * there is none, the master (family.h); and its
			    * process group; 0: reaped */
	int status;	   /* as of waitpid(), once it was reaped */
	int err;	   /* its standard error, -1: at its end */
	in_port_t port4;   /* on 127.0.0.1, host byte order; 0: none */
	in_port_t port6;   /* on ::1 */
	in_port_t status4; /* on 127.0.0.1, where the status is */
	char what[256];	   /* the arguments, for messages */
	char *log;	   /* all that came, NUL-terminated */
	size_t len, cap;
	size_t line[SERVER_LINES]; /* where the lines begin */
	bool known[SERVER_LINES];  /* declared by the test */
	int lines;
	const char *allowed[SERVER_ALLOWED];
	int allowances;
	const char *file;    /* --log: read as well; else NULL */
	off_t file_at;	     /* how much of it was read */
	int fds[SERVER_FDS]; /* descriptors of this process before */
	int fd_count;
};

/* The path of the program: PREFORK of the environment, or ./prefork. */
const char *server_program(void);

/* Starts the server with these arguments (up to a NULL) and -p 0, unless they
 * say -p, and waits until it is ready. */
#define server_start(s, argv) server_start_at(HERE, s, argv)
void
server_start_at(struct place at, struct server *s, const char *const argv[]);

/* The same, run by another program: by is its command up to a NULL. False if
 * it has ended before it was ready: server_wait() and server_end() follow. */
#define server_try(s, by, argv) server_try_at(HERE, s, by, argv)
bool server_try_at(struct place at, struct server *s, const char *const by[],
    const char *const argv[]);

/* server_run(&s, "-w", "2"): the same, with the arguments in a row. */
#define server_run(s, ...) \
	server_start(s, ((const char *const[]){__VA_ARGS__, NULL}))

/* The same in cell i of models x pollers, for loop tests. */
#define server_run_in(s, i, ...) \
	server_start_in_at(      \
	    HERE, s, i, ((const char *const[]){__VA_ARGS__, NULL}))
void server_start_in_at(
    struct place at, struct server *s, int i, const char *const argv[]);

/* The servers that this test starts look for no leaks when they end. A
 * sanitizer that looks for them stops the process meanwhile, and waits for ever
 * if it is continued just then: as by a second order, by the death of a parent,
 * or by the children of model fork, where they never look. */
void server_look_for_no_leaks(void);

/* Reads until a line that was not waited for before matches the pattern
 * (fnmatch(3), anywhere in the line). Returns that line, without its end;
 * valid until the next call. */
#define server_expect_log(s, pattern) server_expect_log_at(HERE, s, pattern)
const char *
server_expect_log_at(struct place at, struct server *s, const char *pattern);

/* Lines that match the pattern may come. It must outlive the server. */
void server_allow_log(struct server *s, const char *pattern);

/* Is there such a line among those that have come? Does not wait. */
bool server_has_logged(struct server *s, const char *pattern);

/* Reads what the server says, until it has said something or `ms` are over. */
void server_listen(struct server *s, int64_t ms);

void server_signal(const struct server *s, int signo);

/* Sends the signal, waits for the master's exit and returns its status as of
 * waitpid(2). Then all of the family must be gone, every line of the log
 * declared, and the descriptors of this process those from before the start.
 * Clients are to be closed before, unless the test is about them: see
 * server_wait() and server_end(). */
#define server_stop(s, signo) server_stop_at(HERE, s, signo)
int server_stop_at(struct place at, struct server *s, int signo);

/* The usual end of a test: TERM, and all must be well. */
#define server_finish(s) server_finish_at(HERE, s)
void server_finish_at(struct place at, struct server *s);

/* The parts of server_stop(): waits until all its processes are gone, at most
 * `ms` (0: patience), and returns the status; does the accounts. */
#define server_wait(s, ms) server_wait_at(HERE, s, ms)
int server_wait_at(struct place at, struct server *s, int64_t ms);
#define server_end(s) server_end_at(HERE, s)
void server_end_at(struct place at, struct server *s);

/* Appends what the running servers were and have said, for a message. */
void servers_tell(char *text, size_t size);

#endif
