#include "sketch.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "base/escape.h"
#include "base/log.h"

enum {
	WIDTH = 80,
	BYTES = 12,    /* of data in a row */
	BYTE_ROWS = 8, /* that are shown */
	RUNG = 54      /* columns between the two sides */
};

/* --- boxes --- */

/* A line between the edges of the `depth` boxes around it. */
static void
within(FILE *out, int depth, const char *line)
{
	int i;

	for (i = 0; i < depth; i++)
		(void)fputs("| ", out);
	(void)fputs(line, out);
	for (i = 0; i < depth; i++)
		(void)fputs(" |", out);
	(void)fputc('\n', out);
}

/* One row of a box that lies in `depth` others. */
static LOG_PRINTF(3, 4) void row(FILE *out, int depth, const char *fmt, ...)
{
	int inner = WIDTH - 4 * (depth + 1);
	char text[WIDTH * 2], line[WIDTH + 1];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	(void)snprintf(line, sizeof(line), "%-*.*s", inner, inner, text);
	within(out, depth + 1, line);
}

/* Its upper edge, with a title, or its lower one. */
static LOG_PRINTF(3, 4) void edge(FILE *out, int depth, const char *fmt, ...)
{
	int n, inner = WIDTH - 4 * depth;
	char line[WIDTH + 1], text[WIDTH];
	va_list ap;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	memset(line, '-', sizeof(line));
	line[inner] = '\0';
	line[0] = line[inner - 1] = '+';
	if (n > inner - 8)
		n = inner - 8;
	if (n > 0) {
		memcpy(line + 4, text, (size_t)n);
		line[3] = line[4 + n] = ' ';
	}
	within(out, depth, line);
}

static void
fields(FILE *out, const struct packet *p, enum layer layer, int depth)
{
	struct field field[FIELDS_MAX];
	int i, n = packet_fields(p, layer, field);

	for (i = 0; i < n; i++) {
		const struct field *f = &field[i];

		row(out, depth, "%4zu  %-16s %-17s %s", f->at, f->name,
		    f->value, f->note);
	}
}

/* The application's bytes, as numbers and as text. */
static void
bytes(FILE *out, const struct packet *p, int depth)
{
	const struct span *data = &p->layer[LAYER_DATA];
	char hex[3 * BYTES + 1], text[BYTES + 1];
	size_t at, i, n;

	for (at = 0; at < data->len && at < BYTES * BYTE_ROWS; at += BYTES) {
		n = data->len - at < BYTES ? data->len - at : BYTES;
		for (i = 0; i < n; i++) {
			uint8_t byte = p->data[data->at + at + i];

			(void)snprintf(hex + 3 * i, 4, "%02x ", byte);
			text[i] = byte >= ' ' && byte <= '~' ? (char)byte : '.';
		}
		text[n] = '\0';
		row(out, depth, "%4zu  %-*s %s", data->at + at, 3 * BYTES, hex,
		    text);
	}
	if (at < data->len)
		row(out, depth, "      ... and %zu more", data->len - at);
	if (data->len < p->sent)
		row(out, depth, "      ... and %zu that were not captured",
		    p->sent - data->len);
	if (p->sent == 0)
		row(out, depth, "      (none: this one is TCP's own)");
}

static const char *
link_title(enum link link)
{
	return link == LINK_ETHERNET ? "Ethernet frame"
	       : link == LINK_RAW    ? "no frame"
				     : "loopback frame";
}

/* "bytes 14 to 65 (52)" */
static const char *
where(char out[48], const struct span *s)
{
	if (s->len == 0)
		(void)snprintf(out, 48, "no bytes");
	else
		(void)snprintf(out, 48, "bytes %zu to %zu (%zu)", s->at,
		    s->at + s->len - 1, s->len);
	return out;
}

void
sketch_frame(FILE *out, const struct capture *c, size_t number)
{
	const struct frame *f = &c->frame[number - 1];
	const struct packet *p = &f->packet;
	const struct span *layer = p->layer;
	char from[ENDPOINT_TEXT], to[ENDPOINT_TEXT], range[48];
	int depth;

	packet_endpoint(from, p, &p->from);
	packet_endpoint(to, p, &p->to);
	(void)fprintf(out, "Frame %zu, from %s\n%*s  to %s\n", number, from,
	    snprintf(NULL, 0, "Frame %zu,", number), "", to);
	edge(out, 0, "%s: %s", link_title(p->link), where(range, &layer[0]));
	fields(out, p, LAYER_FRAME, 0);
	edge(out, 1, "IP packet: %s", where(range, &layer[LAYER_IP]));
	fields(out, p, LAYER_IP, 1);
	edge(out, 2, "TCP segment: %s", where(range, &layer[LAYER_TCP]));
	fields(out, p, LAYER_TCP, 2);
	edge(out, 3, "application: %s", where(range, &layer[LAYER_DATA]));
	fields(out, p, LAYER_DATA, 3);
	bytes(out, p, 3);
	for (depth = 3; depth >= 0; depth--)
		edge(out, depth, "%s", "");
	(void)fprintf(out,
	    "%zu byte%s of the application's, in %zu of TCP, %zu of IP and %zu "
	    "of the link.\n",
	    p->sent, p->sent == 1 ? "" : "s", layer[LAYER_TCP].header,
	    layer[LAYER_IP].header, layer[LAYER_FRAME].header);
}

/* --- the ladder --- */

/* What is said of a segment: flags, numbers, the first bytes; not all, if it
 * bears every flag and the largest of numbers. */
static void
label(char out[RUNG], const struct frame *f)
{
	const struct packet *p = &f->packet;
	const struct span *data = &p->layer[LAYER_DATA];
	char flags[FLAGS_TEXT], last[16] = "", ack[20] = "";
	size_t n, room;

	packet_flags(flags, p->flags);
	if (p->sent > 0)
		(void)snprintf(last, sizeof(last), "-%" PRIu32,
		    f->rung.seq + (uint32_t)p->sent - 1);
	if ((p->flags & TCP_ACK) != 0)
		(void)snprintf(ack, sizeof(ack), " ack %" PRIu32, f->rung.ack);
	(void)snprintf(
	    out, RUNG, "%s seq %" PRIu32 "%s%s", flags, f->rung.seq, last, ack);
	n = strlen(out);
	/* Two quotes, a space, and an arrow of at least some length. */
	room = RUNG - 10;
	if (data->len == 0 || n + 4 >= room)
		return;
	out[n++] = ' ';
	out[n++] = '"';
	n += escape_text(out + n, room - n, p->data + data->at,
	    data->len < RUNG ? data->len : RUNG);
	out[n++] = '"';
	out[n] = '\0';
}

static void
draw_rung(FILE *out, const struct frame *f)
{
	char line[RUNG + 1], text[RUNG];
	bool down = f->rung.from == LADDER_CLIENT;
	double seconds = (double)f->rung.at / 1e9;
	size_t len;

	label(text, f);
	len = strlen(text);
	if (len > RUNG - 8)
		len = RUNG - 8;
	memset(line, '-', RUNG);
	line[RUNG] = '\0';
	line[down ? RUNG - 1 : 0] = down ? '>' : '<';
	line[3] = line[4 + len] = ' ';
	memcpy(line + 4, text, len);
	/* After an interruption of hours microseconds mean nothing, and a
	 * clock may be set back. */
	(void)fprintf(out,
	    seconds > -100 && seconds < 1000 ? "%10.6f" : "%10.0f", seconds);
	(void)fprintf(out, " |%s| %s\n", line, rung_name(f->rung.what));
}

void
sketch_ladder(FILE *out, const struct capture *c, int talk)
{
	const struct ladder *l = &c->talk[talk];
	const struct ladder_side *client = &l->side[LADDER_CLIENT];
	const struct ladder_side *server = &l->side[LADDER_SERVER];
	char left[ENDPOINT_TEXT], right[ENDPOINT_TEXT];
	struct packet p = {.version = l->version};
	size_t i;

	packet_endpoint(left, &p, &client->address);
	packet_endpoint(right, &p, &server->address);
	(void)fprintf(out, "%10s  %-27s%27s\n", "", "client", "server");
	if (strlen(left) + strlen(right) >= RUNG) {
		(void)fprintf(out, "%10s  %s\n", "", left);
		left[0] = '\0';
	}
	(void)fprintf(out, "%10s  %-*s%s\n", "seconds",
	    RUNG - (int)strlen(right), left, right);
	for (i = 0; i < c->frames; i++)
		if (c->frame[i].talk == talk)
			draw_rung(out, &c->frame[i]);
	(void)fprintf(out,
	    "%u segment%s: %" PRIu64 " bytes there, %" PRIu64 " back; %s.\n",
	    l->rungs, l->rungs == 1 ? "" : "s", client->bytes, server->bytes,
	    l->reset	     ? "broken off by a reset"
	    : ladder_over(l) ? "closed by both"
			     : "its end was not captured");
}
