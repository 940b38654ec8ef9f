#include "service/registry.h"

#include <string.h>

#include "service/config.h"
#include "services.h"

service_table services = {
    [SPEAKS_AUTO] = &service_auto,
    [SPEAKS_ECHO] = &service_echo,
    [SPEAKS_HTTP] = &service_http,
    [SPEAKS_DEMO] = &service_demo,
    [SPEAKS_PREFACE] = &service_preface,
    [SPEAKS_STATUS] = &service_status,
};

const char *service_words[SERVICES_MAX + 1] = {"auto", "echo", "http"};

static const struct service *
find(const char *name)
{
	int i;

	for (i = 0; i < SERVICES_MAX; i++)
		if (services[i] != NULL && strcmp(services[i]->name, name) == 0)
			return services[i];
	return NULL;
}

int
service_add(const struct service *service)
{
	int i;

	if (service->id >= SERVICES_MAX || services[service->id] != NULL ||
	    find(service->name) != NULL)
		return -1;
	services[service->id] = service;
	for (i = 0; service_words[i] != NULL; i++)
		;
	if (!service->hidden)
		service_words[i] = service->name;
	return 0;
}

const struct service *
service_find(const char *name)
{
	const struct service *service = find(name);

	return service != NULL && !service->hidden ? service : NULL;
}

const struct service *
service_met(const struct service_config *config, bool status)
{
	if (status)
		return &service_status;
	return config->proxies != NULL ? &service_preface : config->first;
}

void
services_spoken(const struct service_config *config, service_table spoken)
{
	const struct service *service;
	int i;

	for (i = 0; i < SERVICES_MAX; i++) {
		service = services[i];
		spoken[i] =
		    service != NULL && (service == config->first ||
					   (service->reached != NULL &&
					       service->reached(config)))
			? service
			: NULL;
	}
}
