/* SPDX-License-Identifier: Apache-2.0 */
/* The socket that readers come to: one at a time, of one user or root. */
#ifndef BULKHEAD_LISTENER_H
#define BULKHEAD_LISTENER_H

#include <stdbool.h>
#include <sys/types.h>
#include <sys/un.h>

struct listener {
  int descriptor;
  uid_t user;
  struct sockaddr_un address;
};

/* Takes the place of a socket that nobody listens on any more; of nothing else. False with errno. */
bool listener_open(struct listener *listener, const char *path, uid_t user);
/* Waits for one who may read; -1 where `signals` became readable first. The process on the other side, 0 where it has none here. */
int listener_accept(struct listener *listener, int signals, pid_t *peer);
/* Whoever comes now is turned away. */
void listener_refuse(struct listener *listener);
void listener_close(struct listener *listener);

#endif
