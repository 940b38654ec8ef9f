#include "records.h"

#include <string.h>

#include "service/http_record.h"
#include "base/clock.h"
#include "service/registry.h"

void
record_scan(struct record *r, uint64_t scan)
{
	memcpy(r->own, &scan, sizeof(scan));
}

static void
name_buffer(struct journal *j, int32_t *slot, int buffer, int64_t base)
{
	*slot = buffer;
	j->base[buffer] = base;
}

static void
make_new(struct journal *j, struct record *r)
{
	(void)j;
	r->speaks = SPEAKS_AUTO;
}

static void
make_begun(struct journal *j, struct record *r)
{
	make_new(j, r);
	name_buffer(j, &r->in_buf, BUFFER_IN, 0);
	r->in = 3;
	r->deadline = 100000;
}

static void
make_idle_echo(struct journal *j, struct record *r)
{
	(void)j;
	r->speaks = SPEAKS_ECHO;
	r->deadline = 100000;
	r->in = r->out = 700000;
	record_scan(r, UINT64_C(700000) << 8);
}

/* In the last bytes of its ring and the first. */
static void
make_busy_echo(struct journal *j, struct record *r)
{
	make_idle_echo(j, r);
	name_buffer(j, &r->in_buf, BUFFER_IN, 1000);
	r->in = 1000 + 3 * BUFFER_BYTES + 10;
	r->out = r->in - BUFFER_BYTES + 20;
	record_scan(r, (uint64_t)r->in << 8 | 7);
}

/* "exi", of which nothing was echoed yet. */
static void
make_holding_echo(struct journal *j, struct record *r)
{
	make_idle_echo(j, r);
	name_buffer(j, &r->in_buf, BUFFER_IN, 500);
	r->in = 803;
	r->out = 800;
	record_scan(r, (uint64_t)r->in << 8 | 3);
	r->hold = 50100;
}

static void
make_ending_echo(struct journal *j, struct record *r)
{
	make_busy_echo(j, r);
	record_scan(r, (uint64_t)(r->in - 5) << 8 | SCAN_END);
}

static void
make_idle_http(struct journal *j, struct record *r)
{
	struct answer *a = &r->answer[1];

	(void)j;
	r->speaks = SPEAKS_HTTP;
	r->deadline = 100000;
	r->half = 1;
	r->in = a->parsed = 5000;
	r->out = a->mem_end = a->file_end = 90000;
}

static void
make_half_head(struct journal *j, struct record *r)
{
	make_idle_http(j, r);
	name_buffer(j, &r->in_buf, BUFFER_IN, 4900);
	r->in += 30;
}

static void
make_answer(struct journal *j, struct record *r)
{
	make_half_head(j, r);
	name_buffer(j, &r->out_buf, BUFFER_OUT, 89000);
	r->out = 89500;
	r->answer[1].last = r->answer[1].linger = 1;
}

static void
make_file(struct journal *j, struct record *r)
{
	struct answer *a = &r->answer[1];

	make_half_head(j, r);
	name_buffer(j, &r->out_buf, BUFFER_OUT, 89800);
	r->out = 89900;
	a->file_fd = FD_RECORD_FILE;
	a->id.size = 1000000;
	a->file_off = 200000;
	a->file_end = a->mem_end + 800000;
}

static void
make_parts(struct journal *j, struct record *r)
{
	make_file(j, r);
	http_of(&r->answer[1])->part = 2;
	r->answer[1].own_fd = FD_RECORD_FILE + 1;
	r->answer[1].file_end = r->answer[1].mem_end + 10;
}

static void
make_body(struct journal *j, struct record *r)
{
	make_answer(j, r);
	r->answer[1].last = r->answer[1].linger = 0;
	http_of(&r->answer[1])->body.state = 1;
	http_of(&r->answer[1])->body.left = 12345;
}

static void
make_lines(struct journal *j, struct record *r)
{
	make_answer(j, r);
	name_buffer(j, &r->log_buf, BUFFER_LINES, 640);
	r->logged = 720;
	r->answer[1].log_end = 1200;
}

static void
make_demo(struct journal *j, struct record *r)
{
	make_answer(j, r);
	r->speaks = SPEAKS_DEMO;
	record_scan(r, (uint64_t)r->answer[1].parsed << 8);
}

static void
make_lingering(struct journal *j, struct record *r)
{
	make_idle_http(j, r);
	r->phase = PHASE_LINGER;
	r->in += 100;
	r->lingered = 70;
}

const struct record_kind record_kinds[RECORD_KINDS] = {
    {"new", make_new},
    {"begun", make_begun},
    {"idle echo", make_idle_echo},
    {"busy echo", make_busy_echo},
    {"holding echo", make_holding_echo},
    {"ending echo", make_ending_echo},
    {"idle http", make_idle_http},
    {"half a head", make_half_head},
    {"answer", make_answer},
    {"file", make_file},
    {"parts", make_parts},
    {"body", make_body},
    {"lines", make_lines},
    {"demo", make_demo},
    {"lingering", make_lingering},
};

void
record_make(struct journal *j, struct record *r, int kind)
{
	memset(r, 0, sizeof(*r));
	r->fd = FD_RECORD;
	r->in_buf = r->out_buf = r->log_buf = -1;
	r->deadline = r->hold = CLOCK_NEVER;
	r->answer[0].file_fd = r->answer[1].file_fd = -1;
	r->answer[0].own_fd = r->answer[1].own_fd = -1;
	record_kinds[kind].make(j, r);
}

void
record_config(struct service_config *config, struct append *log)
{
	static struct root nowhere = {.fd = -1};

	memset(config, 0, sizeof(*config));
	config->root = &nowhere;
	config->first = services[SPEAKS_AUTO];
	config->demo = true;
	config->idle_timeout = 60000;
	config->header_timeout = 15000;
	config->keep_alive = 15000;
	config->limits = (struct request_limits){8192, 16384, 100};
	config->max_body = 1 << 20;
	config->site.index = "index.html";
	config->access = log;
}
