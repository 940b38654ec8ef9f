/*
 * users.h - who may write, and the sessions in which they are logged in.
 */
#ifndef BOARD_USERS_H
#define BOARD_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "board.h"
#include "secret.h"
#include "store.h"

struct user {
	int64_t id; /* 0: nobody */
	char name[NAME_BYTES];
	int64_t created;
};

/* May somebody be called that, and have that password? NULL: yes; else why
 * not. */
const char *user_name_fault(const char *name);
const char *user_password_fault(const char *password);

/* Names are the same in capitals. */
bool user_get(struct store *s, const char *name, struct user *user);

/* The user with that name and that password: nobody, if there is none. */
void user_check(
    struct store *s, const char *name, const char *password, struct user *user);

/* The id of a new one, of whose password `hash` is kept; 0: the name is taken.
 */
int64_t
user_add(struct store *s, const char *name, const char *hash, int64_t now);

/* Begins a session of the user, which the token is the key to. It takes the
 * place of one that the same request began before. */
void session_add(struct store *s, const char *token, int64_t user,
    const char *request, int64_t now);

/* Whose session it is: nobody's, if there is none. */
void
session_get(struct store *s, const char *token, int64_t now, struct user *user);

void session_remove(struct store *s, const char *token);

#endif
