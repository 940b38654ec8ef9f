/*
 * What is told where.
 */
#include "status.h"

#include <stddef.h>

#include "app_reply.h"
#include "service/program.h"

static void
healthz(const struct pf_request *q, struct pf_reply *a)
{
	(void)q;
	pf_printf(a, "alive\n");
}

static void
readyz(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));
	const enum status_readiness is = status_readiness(&s);

	pf_status(a, is == STATUS_READY ? 200 : 503);
	pf_printf(a, "%s\n", status_words[is]);
}

static void
json(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));

	status_json(a, &s);
}

static void
metrics(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));

	status_metrics(a, &s);
}

static void
page(const struct pf_request *q, struct pf_reply *a)
{
	const struct status s = status_now(pf_state(q));

	status_html(a, &s);
}

static void
events(const struct pf_request *q, struct pf_reply *a)
{
	(void)q;
	app_reply_stream(a, "text/event-stream");
}

static const struct pf_route routes[] = {
    {"GET", "/", page, true},
    {"GET", "/events", events, true},
    {"POST", "/demo", status_demo, true},
    {"GET", "/demo/bytes", status_demo_bytes, true},
    {"GET", "/healthz", healthz, true},
    {"GET", "/readyz", readyz, true},
    {"GET", "/status.json", json, true},
    {"GET", "/metrics", metrics, true},
    {NULL, NULL, NULL, false},
};

const struct pf_service status_offered = {"status", routes, NULL, NULL};
