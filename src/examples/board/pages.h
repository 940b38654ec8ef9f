/*
 * pages.h - the board for people: HTML without scripts.
 */
#ifndef BOARD_PAGES_H
#define BOARD_PAGES_H

#include <stdbool.h>

#include <prefork/service.h>

#include "visit.h"

/* pages_posts.c */
pf_handler pages_list, pages_show;

/* pages_write.c */
pf_handler pages_write, pages_write_now;
pf_handler pages_edit, pages_edit_now;
pf_handler pages_delete, pages_delete_now;

/* pages_users.c */
pf_handler pages_register, pages_register_now;
pf_handler pages_login, pages_login_now, pages_logout_now;

/* pages.c: what all pages have in common. */

/* All up to what the page is about, and all behind it. */
void page_begin(struct visit *v, const char *title);
void page_end(struct visit *v);

/* A page that says why there is nothing else. */
void
page_refuse(struct visit *v, int status, const char *title, const char *text);

/* Reads the post of the path into v->post, or says that there is none. */
bool page_post(struct visit *v);

/* What is wrong with a form, if anything is. */
void page_fault(struct visit *v, const char *fault);

/* The field by which a form shows that it was made here, for this browser. To
 * be asked for by page_is_ours, which answers if it was not. A browser without
 * a token gets one, so page_prepare comes before the page begins. */
bool page_prepare(struct visit *v);
void page_proof(struct visit *v);
bool page_is_ours(struct visit *v);

/* Sends the browser on, with the cookie of its session. */
void page_cookie(struct visit *v);

#endif
