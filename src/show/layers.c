#include "layers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arguments.h"
#include "base/escape.h"
#include "base/log.h"
#include "hidden.h"
#include "sketch.h"

enum {
	BYTES_MOST = 64 << 20, /* of a file: it is read as a whole */
	NAME = 128
};

struct choice {
	int64_t frame, closed;
	bool all;
	const char *file;
};

#define AT(field) offsetof(struct choice, field)

/* clang-format off */
static const struct argument rows[] = {
	{.name = "all", .kind = ARGUMENT_FLAG, .at = AT(all),
	    .help = "show every frame in full"},
	{.name = "frame", .kind = ARGUMENT_NUMBER, .at = AT(frame),
	    .min = 1, .max = INT32_MAX, .value = "N",
	    .help = "show frame N in full"},
	{.name = "closed", .kind = ARGUMENT_NUMBER, .at = AT(closed),
	    .min = 1, .max = INT32_MAX, .value = "N",
	    .help = "show nothing; succeed if N connections are closed"},
	{.name = "help", .letter = 'h', .kind = ARGUMENT_PRINT,
	    .print = arguments_help, .help = "print this"},
	{.name = NULL},
};

static const struct argument operands[] = {
	{.name = "FILE", .kind = ARGUMENT_TEXT, .at = AT(file)},
	{.name = NULL},
};
/* clang-format on */

static const struct arguments arguments = {
    .usage = "usage: prefork-show layers [OPTION ...] FILE\n"
	     "Explains what tcpdump -w FILE has captured of TCP.\n",
    .row = rows,
    .operand = operands,
};

/* The bytes of a file, to be freed. Dies if they cannot be had. */
static char *
read_whole(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	char *data = malloc(BYTES_MOST + 1);

	if (f == NULL)
		die("%s:", path);
	if (data == NULL)
		die("memory:");
	*len = fread(data, 1, BYTES_MOST + 1, f);
	if (ferror(f))
		die("%s:", path);
	(void)fclose(f);
	if (*len > BYTES_MOST)
		die("%s: more than %d MiB are not looked at; tcpdump -c takes "
		    "fewer packets",
		    path, BYTES_MOST >> 20);
	return data;
}

/* The first frame in which the client of a connection says something, or the
 * first of all. Its number. */
static size_t
telling_frame(const struct capture *c, int talk)
{
	size_t i, first = 0;

	for (i = 0; i < c->frames; i++) {
		const struct frame *f = &c->frame[i];

		if (f->talk != talk)
			continue;
		if (first == 0)
			first = i + 1;
		if (f->rung.from == LADDER_CLIENT && f->packet.sent > 0)
			return i + 1;
	}
	return first;
}

static void
show_talk(const struct capture *c, int talk, const struct choice *choice)
{
	size_t i, told = telling_frame(c, talk), also = hidden_frame(c, talk);

	(void)printf("== Connection %d of %d ==\n\n", talk + 1, c->talks);
	for (i = 1; i <= c->frames; i++) {
		if (choice->all ? c->frame[i - 1].talk != talk
				: i != told && i != also)
			continue;
		sketch_frame(stdout, c, i);
		(void)printf("\n");
	}
	sketch_ladder(stdout, c, talk);
	(void)printf("\n");
}

static void
show(const struct capture *c, const struct choice *choice)
{
	int talk;

	if (choice->frame > 0) {
		if ((uint64_t)choice->frame > c->frames ||
		    c->frame[choice->frame - 1].talk < 0)
			die("--frame: %lld is no segment of TCP; the capture "
			    "has %zu frames",
			    (long long)choice->frame, c->frames);
		sketch_frame(stdout, c, (size_t)choice->frame);
		return;
	}
	for (talk = 0; talk < c->talks; talk++)
		show_talk(c, talk, choice);
	hidden_sketch(stdout, c);
	if (c->others > 0)
		(void)printf("%zu frame%s left out: %s.\n", c->others,
		    c->others == 1 ? " was" : "s were", c->other);
	if (c->cut)
		(void)printf("The last frame is cut off.\n");
}

int
layers_main(char **argv)
{
	struct choice choice = {.frame = 0};
	const char *why;
	char *data, name[NAME];
	struct capture c;
	size_t len;
	int status = 0;

	(void)arguments_demand(&arguments, &choice, argv);
	(void)escape_text(name, sizeof(name), choice.file, strlen(choice.file));
	data = read_whole(choice.file, &len);
	if (capture_sort(&c, data, len, &why) != 0)
		die("%s: %s", name, why);
	if (choice.closed > 0)
		status = capture_over(&c) >= choice.closed ? 0 : 1;
	else if (c.talks == 0)
		die("%s: there is no TCP in it", name);
	else
		show(&c, &choice);
	capture_release(&c);
	free(data);
	if (fflush(stdout) != 0)
		die("standard output:");
	return status;
}
