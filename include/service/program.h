/*
 * program.h - the service of a program that uses prefork as a library
 * (prefork/service.h), behind http.
 */
#ifndef SERVICE_PROGRAM_H
#define SERVICE_PROGRAM_H

struct pf_service;

/* Offers this service behind http. To be called before the first fork. Exits
 * with EXIT_USAGE if one of its routes is not valid. */
void program_offer(const struct pf_service *service);

/* What prefork itself offers, at the listeners of the status. */
extern const struct pf_service status_offered;

#endif
