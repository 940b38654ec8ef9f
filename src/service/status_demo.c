/*
 * With --demo: the page's buttons, which break things. A press of one is obeyed
 * only if it comes from the page itself: with the token that stands in it, from
 * the page's own origin, by a name of this machine, so that no page of another
 * site can do it in a browser that is told a false address.
 */
#include "status.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "base/siphash.h"

enum { TOKEN = 17, ALL = -1, BYTES = 16 << 20, PIECE = 4096 };

/* What a button does: it sends a signal to these processes. */
static const struct button {
	const char *name, *words;
	int signo;
	bool worker, standby, all;
} buttons[] = {
    {"worker", "Kill the worker", SIGKILL, true, false, false},
    {"standby", "Kill the standby", SIGKILL, false, true, false},
    {"both", "Kill both", SIGKILL, true, true, false},
    {"all", "Kill all workers", SIGKILL, true, false, true},
    {"hang", "Make the worker hang", SIGSTOP, true, false, false},
    {"fault", "Crash the worker", SIGSEGV, true, false, false},
};

enum { BUTTONS = sizeof(buttons) / sizeof(buttons[0]) };

static void
make_token(char token[TOKEN], const struct status *s)
{
	static const char of[] = "status";
	const uint64_t key[2] = {board_master(s->board)->secret, 1};

	(void)snprintf(
	    token, TOKEN, "%016" PRIx64, siphash(key, of, sizeof(of)));
}

void
status_demo_form(struct pf_reply *a, const struct status *s)
{
	int i, rows = status_rows(s);
	char token[TOKEN];

	if (!s->demo)
		return;
	make_token(token, s);
	pf_html(a,
	    "<form id=demo method=post action=/demo>\n"
	    "<input type=hidden name=token value=%s>\n"
	    "<fieldset><legend>Break it</legend>\n"
	    "<label>Slot <select name=slot>",
	    token);
	for (i = 0; i < rows; i++)
		pf_html(a, "<option>%d", i);
	pf_html(a, "</select></label>\n");
	for (i = 0; i < BUTTONS; i++)
		pf_html(a, "<button name=do value=%s>%s</button>\n",
		    buttons[i].name, buttons[i].words);
	pf_html(a, "<button type=button id=download hidden>Download 16 MiB, "
		   "checking each byte</button>\n"
		   "</fieldset></form>\n"
		   "<p><output id=said role=status></output></p>\n"
		   "<p><progress id=bar aria-label=Download hidden></progress> "
		   "<output id=got></output></p>\n");
}

/* A name that only this machine has, with any port. */
static bool
is_local(const char *host)
{
	static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
	size_t i, len;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		len = strlen(names[i]);
		if (strncmp(host, names[i], len) == 0 &&
		    (host[len] == '\0' || host[len] == ':'))
			return true;
	}
	return false;
}

/* Browsers say of which page a request is. */
static bool
is_own_page(const struct pf_request *q)
{
	static const char scheme[] = "http://";
	const char *host = pf_field(q, "Host");
	const char *origin = pf_field(q, "Origin");

	if (host == NULL || !is_local(host))
		return false;
	return origin == NULL ||
	       (strncmp(origin, scheme, sizeof(scheme) - 1) == 0 &&
		   strcmp(origin + sizeof(scheme) - 1, host) == 0);
}

static bool
has_token(const struct pf_request *q, const struct status *s)
{
	const char *given = pf_form(q, "token");
	char token[TOKEN];
	int i, wrong = 0;

	make_token(token, s);
	if (given == NULL || strlen(given) != TOKEN - 1)
		return false;
	for (i = 0; i < TOKEN; i++)
		wrong |= token[i] ^ given[i];
	return wrong == 0;
}

/* The pid is from the scoreboard, which is hostile: the process must be of this
 * server's group. */
static int
strike(int32_t pid, int signo)
{
	return pid > 1 && getpgid(pid) == getpgrp() && kill(pid, signo) == 0;
}

static int
press(const struct button *b, const struct status *s, int slot)
{
	int32_t self = 0, pid;
	struct status_row row;
	int i, n = 0;

	for (i = 0; i < status_rows(s); i++) {
		if (i != slot && !b->all)
			continue;
		status_read(&row, s, i);
		pid = b->worker ? row.worker : 0;
		/* A worker whose standby dies makes another: not before it dies
		 * itself. */
		if (b->standby && pid != (int32_t)getpid())
			(void)strike(pid, SIGSTOP);
		if (b->standby)
			n += strike(row.standby, b->signo);
		/* The one that does it is the last. */
		if (pid == (int32_t)getpid())
			self = pid;
		else
			n += strike(pid, b->signo);
	}
	return n + strike(self, b->signo);
}

/*
 * The page names the slot's worker as it was when the button was pressed. A
 * browser may send a press again if the process that was to answer it has died
 * of it (RFC 9110, 9.2.2, says how far it may): then the worker is another.
 */
static bool
is_gone(const struct pf_request *q, const struct status *s, int slot)
{
	const char *text = pf_form(q, "worker");
	struct status_row row;
	int64_t pid;

	if (text == NULL)
		return false;
	status_read(&row, s, slot);
	return num_parse(text, 0, INT32_MAX, &pid) != 0 || pid != row.worker;
}

static const struct button *
find(const char *name)
{
	int i = 0;

	while (
	    i < BUTTONS && (name == NULL || strcmp(buttons[i].name, name) != 0))
		i++;
	return i < BUTTONS ? &buttons[i] : NULL;
}

static void
say(const struct pf_request *q, struct pf_reply *a, const char *words)
{
	const char *accept = pf_field(q, "Accept");

	if (accept != NULL && strstr(accept, "text/html") != NULL)
		pf_redirect(a, "/");
	else
		pf_printf(a, "%s\n", words);
}

void
status_demo(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));
	const struct button *button = find(pf_form(q, "do"));
	const char *text = pf_form(q, "slot");
	int64_t slot;

	if (!s.demo) {
		pf_status(a, 404);
	} else if (!is_own_page(q) || !has_token(q, &s)) {
		pf_status(a, 403);
		pf_printf(a, "Only this server's own page may ask for that.\n");
	} else if (button == NULL || text == NULL ||
		   num_parse(text, 0, status_rows(&s) - 1, &slot) != 0) {
		pf_status(a, 400);
		pf_printf(a, "There is no such button, or slot.\n");
	} else if (pf_again(q)) {
		say(q, a,
		    "Done: it was this very process, and another answers.");
	} else if (is_gone(q, &s, (int)slot)) {
		say(q, a, "That worker is gone already.");
	} else {
		say(q, a,
		    press(button, &s, (int)slot) > 0 ? "Done."
						     : "There is nobody.");
	}
}

/* As the page checks them. */
void
status_demo_bytes(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));
	unsigned char piece[PIECE];
	uint32_t i, at;

	if (!s.demo) {
		pf_status(a, 404);
		return;
	}
	pf_type(a, "application/octet-stream");
	for (at = 0; at < BYTES; at += PIECE) {
		for (i = 0; i < PIECE; i++)
			piece[i] =
			    (unsigned char)(((at + i) * 7 + ((at + i) >> 8)) %
					    251);
		pf_write(a, piece, PIECE);
	}
}
