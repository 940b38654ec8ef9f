/* What the show looks like. */
#include "demo.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/terminal.h"

enum {
	MARGIN = 1,
	KEY_ROWS = 2,
	SLOTS_LEAST = 4, /* that are drawn, however small it is */
	OTHERS = 13,	 /* rows that are neither slots, dots nor news */
	NEW_MS = 1500,	 /* a worker younger than that is new */
	NEWS_LEAST = 3
};

static int
draw_head(struct demo *d, int row)
{
	struct canvas *v = &d->canvas;
	char time[24];
	int column;

	(void)canvas_print(v, row, MARGIN, STYLE_TITLE,
	    "Which clients lose what when a worker dies");
	(void)snprintf(
	    time, sizeof(time), "%.1f s", (double)(d->now - d->began) / 1000);
	(void)canvas_print(v, row, v->columns - MARGIN - (int)strlen(time),
	    STYLE_FAINT, "%s", time);
	column = canvas_print(v, row + 1, MARGIN, STYLE_PLAIN, "model ");
	column = canvas_print(
	    v, row + 1, column, STYLE_TITLE, "%s", demo_models[d->model]);
	(void)canvas_print(v, row + 1, column, STYLE_PLAIN,
	    d->log.ready ? ", on 127.0.0.1:%d%s" : ", starting", d->log.port,
	    d->log.standbys ? ", with standbys" : "");
	return row + 3;
}

static void
draw_slot(struct demo *d, int row, int slot)
{
	const struct log_slot *s = &d->log.slot[slot];
	bool serves = strcmp(s->state, "serving") == 0;
	struct canvas *v = &d->canvas;
	char standby[24] = "-";
	bool fresh = s->restarts > 0 && d->now - s->since < NEW_MS;

	if (s->standby > 0)
		(void)snprintf(standby, sizeof(standby), "%ld", s->standby);
	(void)canvas_print(v, row, MARGIN, STYLE_PLAIN, "%4d", slot);
	(void)canvas_print(v, row, MARGIN + 6, serves ? STYLE_GOOD : STYLE_BAD,
	    "%-9s", s->state);
	(void)canvas_print(v, row, MARGIN + 16,
	    fresh ? STYLE_WARN : STYLE_PLAIN, "%8ld", s->pid);
	(void)canvas_print(v, row, MARGIN + 25,
	    s->standby > 0 || !d->log.standbys ? STYLE_PLAIN : STYLE_BAD, "%8s",
	    standby);
	(void)canvas_print(v, row, MARGIN + 34, STYLE_PLAIN, "%7.1f s",
	    (double)(d->now - s->since) / 1000);
	(void)canvas_print(v, row, MARGIN + 44, STYLE_PLAIN, "%8ld %9u",
	    s->clients, s->restarts);
}

static int
draw_slots(struct demo *d, int row, int room)
{
	struct canvas *v = &d->canvas;
	int i, n = d->log.slots;

	(void)canvas_print(v, row++, MARGIN, STYLE_FAINT,
	    "slot  state      worker  standby       age  clients  restarts");
	for (i = 0; i < n && i < room; i++)
		draw_slot(d, row++, i);
	if (n > room)
		(void)canvas_print(v, row - 1, MARGIN + 65, STYLE_FAINT,
		    "+ %d more", n - room);
	return row + 1;
}

/* One client, as a character. */
static char
dot(const struct demo *d, const struct demo_client *one, enum style *style)
{
	const struct client *c = &one->client;

	*style = STYLE_BAD;
	if (one->lost)
		return 'x';
	*style = STYLE_FAINT;
	if (c->link.fd < 0)
		return c->state == CLIENT_ENDED ? '-' : ' ';
	*style = STYLE_WARN;
	if (client_waits(c, d->now - DEMO_STUCK))
		return '~';
	*style = c->fetches ? STYLE_OTHER : STYLE_GOOD;
	return c->fetches ? ':' : '.';
}

static int
draw_clients(struct demo *d, int row, int room)
{
	const struct demo_clients *cs = &d->clients;
	struct canvas *v = &d->canvas;
	/* Of a screen without room for any the canvas leaves out the rest. */
	int width = v->columns > 2 * MARGIN ? v->columns - 2 * MARGIN : 1;
	int i, at;
	enum style style;
	char c;

	for (i = 0; i < cs->count; i++) {
		at = i / width;
		if (at >= room)
			break;
		c = dot(d, &cs->one[i], &style);
		canvas_put(v, row + at, MARGIN + i % width, style, c);
	}
	at = (cs->count + width - 1) / width;
	row += at < room ? at : room;
	(void)canvas_print(v, row, MARGIN, STYLE_FAINT,
	    ". echo   : download   ~ waits   x lost");
	if (i < cs->count)
		(void)canvas_print(v, row, MARGIN + 42, STYLE_FAINT,
		    "+ %d more", cs->count - i);
	return row + 2;
}

/* A number with what it is; it has a style of its own if there are any. */
static int
draw_count(struct canvas *v, int row, int column, const char *name, uint64_t n,
    enum style none, enum style some)
{
	column = canvas_print(v, row, column, STYLE_PLAIN, "   %s ", name);
	return canvas_print(v, row, column, n > 0 ? some : none, "%" PRIu64, n);
}

static int
draw_counters(struct demo *d, int row)
{
	const struct demo_clients *cs = &d->clients;
	const struct score s = demo_score(d);
	struct canvas *v = &d->canvas;
	int column;

	column = canvas_print(
	    v, row, MARGIN, STYLE_PLAIN, "clients %d", cs->all.crowd.connected);
	column = draw_count(v, row, column, "kept by standbys", s.kept,
	    STYLE_PLAIN, STYLE_GOOD);
	column =
	    draw_count(v, row, column, "lost", s.lost, STYLE_GOOD, STYLE_BAD);
	column = draw_count(
	    v, row, column, "wrong bytes", s.wrong, STYLE_GOOD, STYLE_BAD);
	(void)canvas_print(v, row, column, STYLE_PLAIN, " of %.1f MB",
	    (double)s.verified / 1e6);
	return row + 2;
}

/* What the models have done so far. */
static int
draw_scores(struct demo *d, int row)
{
	struct canvas *v = &d->canvas;
	int i;

	(void)canvas_print(v, row++, MARGIN, STYLE_FAINT,
	    "model       acts  deaths    kept    lost   wrong");
	for (i = 0; i < DEMO_MODELS; i++) {
		struct score s = i == d->model ? demo_score(d) : d->score[i];

		if (!s.shown)
			continue;
		(void)canvas_print(v, row++, MARGIN,
		    i == d->model ? STYLE_TITLE : STYLE_PLAIN,
		    "%-10s %5" PRIu64 " %7" PRIu64 " %7" PRIu64 " %7" PRIu64
		    " %7" PRIu64,
		    demo_models[i], s.acts, s.deaths, s.kept, s.lost, s.wrong);
	}
	return row + 1;
}

static void
draw_news(struct demo *d, int row)
{
	int i, room = d->canvas.rows - KEY_ROWS - row;
	int n = (int)(d->newses < DEMO_NEWS ? d->newses : DEMO_NEWS);

	if (n > room)
		n = room;
	for (i = n; i > 0; i--)
		(void)canvas_print(&d->canvas, row++, MARGIN, STYLE_PLAIN, "%s",
		    d->news[(d->newses - (unsigned)i) % DEMO_NEWS]);
}

void
screen_draw(struct demo *d)
{
	int row, rows, columns, room;
	const char *text;
	size_t len;

	terminal_size(&rows, &columns);
	if (canvas_resize(&d->canvas, rows, columns) != 0)
		return;
	room = rows - OTHERS - KEY_ROWS - NEWS_LEAST;
	room = room / 2 < SLOTS_LEAST ? SLOTS_LEAST : room / 2;
	row = draw_head(d, 0);
	row = draw_slots(d, row, room);
	row = draw_clients(d, row, room);
	row = draw_counters(d, row);
	row = draw_scores(d, row);
	draw_news(d, row);
	act_draw_keys(&d->canvas, rows - KEY_ROWS);
	text = canvas_render(&d->canvas, getenv("NO_COLOR") == NULL, &len);
	/* If that fails, there is no place to say so. */
	if (terminal_write(text, len) != 0)
		d->broken = "the terminal is gone";
}
