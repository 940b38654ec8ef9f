/*
 * first - how long from starting a server to its first answer.
 *
 *	first PORT COMMAND [ARGUMENT]...
 *
 * Starts the command, knocks at 127.0.0.1:PORT until a GET is answered there,
 * prints the milliseconds that took, from before the fork on, and ends the
 * server with SIGTERM. Fails if there is no answer within ten seconds.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char ask[] = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

static double
now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* Was there an answer? */
static int
knock(int port)
{
	struct timeval patience = {1, 0};
	struct sockaddr_in at = {0};
	char byte;
	int fd = socket(AF_INET, SOCK_STREAM, 0), answered;

	at.sin_family = AF_INET;
	at.sin_port = htons((uint16_t)port);
	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	(void)setsockopt(
	    fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	answered = connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0 &&
		   send(fd, ask, sizeof(ask) - 1, MSG_NOSIGNAL) > 0 &&
		   recv(fd, &byte, 1, 0) == 1;
	(void)close(fd);
	return answered;
}

int
main(int argc, char **argv)
{
	const struct timespec pause = {0, 100000};
	double began, ended;
	int answered = 0;
	pid_t pid;

	if (argc < 3) {
		(void)fputs("first PORT COMMAND [ARGUMENT]...\n", stderr);
		return 100;
	}
	began = now_ms();
	pid = fork();
	if (pid == 0) {
		/* Some end with their whole process group. */
		(void)setpgid(0, 0);
		(void)execvp(argv[2], argv + 2);
		_exit(127);
	}
	do {
		answered = knock(atoi(argv[1]));
		ended = now_ms();
		if (!answered)
			(void)nanosleep(&pause, NULL);
	} while (!answered && ended - began < 10000 &&
		 waitpid(pid, NULL, WNOHANG) == 0);
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);
	if (!answered) {
		(void)fputs("first: no answer\n", stderr);
		return 1;
	}
	(void)printf("%.2f\n", ended - began);
	return 0;
}
