/*
 * kills MASTER SLOTS KILLS worker|standby|either|anyone [FILE [PAUSE]] - kills
 * one after the other of a server's processes, the next as soon as every slot
 * has its worker and its standby again, and says how long that took. With 0 for
 * SLOTS the next comes after 10 to 50 ms, whatever there is. Stops early when
 * FILE is there. With PAUSE up to so many ms pass before each, in which slots
 * may make way by themselves: one of a slot is killed while it has both.
 *
 * "kills N median-us N worst-us N pss-kib N": the last is of the family after
 * the last kill; without SLOTS "kills N".
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/proc.h"
#include "processes.h"

enum { KILLS_MAX = 100000 };

static int64_t took[KILLS_MAX];
static int pause_ms; /* at most, before each */

/* Anyone: the master as often as any worker or standby. */
static pid_t
victim(const struct processes *k, const char *whom)
{
	bool anyone = strcmp(whom, "anyone") == 0;
	int either = anyone || strcmp(whom, "either") == 0 ? rand() % 2 : -1;
	bool worker = either == 0 || strcmp(whom, "worker") == 0;
	int n = worker ? k->workers : k->standbys;

	if (anyone && rand() % (k->workers + k->standbys + 1) == 0)
		return k->master;
	if (n == 0)
		return 0;
	return worker ? k->worker[rand() % n] : k->standby[rand() % n];
}

/* The slot of a worker or standby, by its title; -1: it is none any more. */
static int
slot_of(pid_t pid)
{
	char title[64];
	int slot;

	if (!proc_text(title, sizeof(title), pid, "cmdline") ||
	    sscanf(title, "prefork: %*[a-z] %d", &slot) != 1)
		return -1;
	return slot;
}

/* Whoever of the list is of that slot; 0: nobody. */
static pid_t
of_slot(const pid_t *list, int n, int slot)
{
	while (n > 0 && slot_of(list[n - 1]) != slot)
		n--;
	return n > 0 ? list[n - 1] : 0;
}

/* Kills one, at some time, that has another behind it or before it. Returns
 * its pid; 0: there is no server. */
static pid_t
kill_partner(pid_t master, const char *whom)
{
	struct processes k;
	pid_t pid, worker, standby;

	for (;;) {
		(void)poll(NULL, 0, rand() % (pause_ms + 1));
		if (!processes_look(&k, master))
			return 0;
		pid = victim(&k, whom);
		if (pid == 0 || (pid != k.master && slot_of(pid) < 0))
			continue;
		worker = of_slot(k.worker, k.workers, slot_of(pid));
		standby = of_slot(k.standby, k.standbys, slot_of(pid));
		if (pid != k.master && (worker == 0 || standby == 0))
			continue;
		if (kill(pid, SIGKILL) == 0)
			return pid;
	}
}

/* Kills one whenever it is time, of those who are there. */
static int
kill_blindly(pid_t master, int kills, const char *whom, const char *file)
{
	struct processes k = {0};
	int n = 0;
	pid_t pid;

	while (n < kills && (file == NULL || access(file, F_OK) != 0)) {
		if (!processes_look(&k, master))
			return -1;
		pid = victim(&k, whom);
		if (pid > 0 && kill(pid, SIGKILL) == 0)
			n++;
		(void)poll(NULL, 0, 10 + rand() % 41);
	}
	return n;
}

/* Kills one as soon as all are there. -1: they were not, after 10 s. */
static int
kill_patiently(
    pid_t master, int slots, int kills, const char *whom, const char *file)
{
	struct processes k = {0};
	int64_t begin;
	pid_t dead;
	int n;

	if (processes_whole(&k, master, slots, 0, processes_clock()) < 0)
		return -1;
	for (n = 0; n < kills; n++) {
		if (file != NULL && access(file, F_OK) == 0)
			break;
		if (pause_ms > 0)
			dead = kill_partner(master, whom);
		else
			dead = victim(&k, whom);
		begin = processes_clock();
		if (pause_ms == 0)
			(void)kill(dead, SIGKILL);
		took[n] = processes_whole(&k, master, slots, dead, begin);
		if (took[n] < 0)
			return -1;
	}
	return n;
}

int
main(int argc, char **argv)
{
	const char *file = argc > 5 ? argv[5] : NULL;
	int slots, kills, n;
	pid_t master;

	if (argc < 5) {
		(void)fprintf(stderr,
		    "usage: kills MASTER SLOTS KILLS "
		    "worker|standby|either|anyone [FILE [PAUSE]]\n");
		return 100;
	}
	master = (pid_t)strtol(argv[1], NULL, 10);
	slots = (int)strtol(argv[2], NULL, 10);
	kills = (int)strtol(argv[3], NULL, 10);
	if (argc > 6)
		pause_ms = (int)strtol(argv[6], NULL, 10);
	if (master <= 0 || pause_ms < 0 || slots < 0 || kills < 1 ||
	    kills > KILLS_MAX)
		return 100;
	srand((unsigned)getpid());
	n = slots == 0 ? kill_blindly(master, kills, argv[4], file)
		       : kill_patiently(master, slots, kills, argv[4], file);
	if (n < 0) {
		(void)fprintf(stderr, "kills: the slots do not mend\n");
		return 1;
	}
	(void)printf("kills %d", n);
	if (slots > 0 && n > 0)
		(void)printf(" median-us %lld worst-us %lld pss-kib %ld",
		    (long long)processes_median(took, n),
		    (long long)processes_most(took, n), processes_pss(master));
	(void)printf("\n");
	return 0;
}
