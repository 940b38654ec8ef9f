/*
 * fuzz_capture - a capture of any bytes: layers lie within one another and
 * within the frame, fields within the header of their layer, and what is drawn
 * fits the paper and holds nothing that a terminal would obey.
 */
#include "show/capture.h"
#include "show/hidden.h"
#include "show/sketch.h"

#include "fuzz.h"

enum { COLUMNS = 80 };

static void
check_layers(const struct packet *p)
{
	const struct span *l = p->layer;
	int i;

	must(l[0].at == 0 && l[0].len == p->len);
	for (i = 0; i < LAYERS; i++) {
		must(l[i].header <= l[i].len);
		must(l[i].at <= p->len && l[i].len <= p->len - l[i].at);
		if (i == 0)
			continue;
		must(l[i].at == l[i - 1].at + l[i - 1].header);
		must(l[i].at + l[i].len <= l[i - 1].at + l[i - 1].len);
	}
	must(l[LAYER_DATA].len <= p->sent);
}

static void
check_fields(const struct packet *p)
{
	struct field field[FIELDS_MAX];
	int i, n, layer;

	for (layer = 0; layer < LAYERS; layer++) {
		const struct span *s = &p->layer[layer];

		n = packet_fields(p, (enum layer)layer, field);
		must(n >= 0 && n <= FIELDS_MAX);
		for (i = 0; i < n; i++) {
			must(field[i].at >= s->at);
			must(
			    field[i].at + field[i].len <=
			    s->at + (layer == LAYER_DATA ? s->len : s->header));
			must(strlen(field[i].value) < FIELD_VALUE - 1);
			must(strlen(field[i].note) < FIELD_NOTE - 1);
		}
	}
}

static void
check_text(const char *text, size_t len)
{
	size_t i, column = 0;

	for (i = 0; i < len; i++) {
		must(text[i] == '\n' || (text[i] >= ' ' && text[i] <= '~'));
		column = text[i] == '\n' ? 0 : column + 1;
		must(column <= COLUMNS);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const char *why = NULL;
	struct capture c;
	char *text;
	size_t size, i;
	FILE *out;
	int talk;

	if (capture_sort(&c, data, len, &why) != 0) {
		must(why != NULL);
		return 0;
	}
	out = open_memstream(&text, &size);
	must(out != NULL);
	for (i = 0; i < c.frames; i++) {
		must(c.frame[i].talk >= -1 && c.frame[i].talk < c.talks);
		if (c.frame[i].talk < 0)
			continue;
		check_layers(&c.frame[i].packet);
		check_fields(&c.frame[i].packet);
		sketch_frame(out, &c, i + 1);
	}
	for (talk = 0; talk < c.talks; talk++) {
		must(c.talk[talk].rungs > 0);
		sketch_ladder(out, &c, talk);
	}
	hidden_sketch(out, &c);
	must(capture_over(&c) <= c.talks);
	must(fclose(out) == 0);
	check_text(text, size);
	free(text);
	capture_release(&c);
	return 0;
}
