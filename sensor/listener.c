/* SPDX-License-Identifier: Apache-2.0 */
#include "listener.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nobody answers at a socket that was left behind. */
static bool left_behind(const struct sockaddr_un *address) {
  struct stat about;
  if (lstat(address->sun_path, &about) != 0 || !S_ISSOCK(about.st_mode)) return false;
  int asking = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (asking < 0) return false;
  bool refused = connect(asking, (const struct sockaddr *)address, sizeof *address) != 0 && errno == ECONNREFUSED;
  close(asking);
  return refused;
}

bool listener_open(struct listener *listener, const char *path, uid_t user) {
  *listener = (struct listener){.user = user, .address = {.sun_family = AF_UNIX}};
  if (strlen(path) >= sizeof listener->address.sun_path) {
    errno = ENAMETOOLONG;
    return false;
  }
  strcpy(listener->address.sun_path, path);
  listener->descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener->descriptor < 0) return false;
  if (left_behind(&listener->address)) unlink(path);
  /* Nobody else may open it, from the moment that it is there. */
  mode_t before = umask(0177);
  bool bound = bind(listener->descriptor, (const struct sockaddr *)&listener->address, sizeof listener->address) == 0;
  umask(before);
  if (bound && (geteuid() == user || lchown(path, user, (gid_t)-1) == 0) && listen(listener->descriptor, 4) == 0) return true;
  int error = errno;
  close(listener->descriptor);
  if (bound) unlink(path);
  errno = error;
  return false;
}

int listener_accept(struct listener *listener, int signals, pid_t *peer) {
  for (;;) {
    struct pollfd wait[] = {{.fd = signals, .events = POLLIN}, {.fd = listener->descriptor, .events = POLLIN}};
    if (poll(wait, 2, -1) < 0 && errno != EINTR) return -1;
    if ((wait[0].revents & POLLIN) != 0) return -1;
    int connection = accept4(listener->descriptor, NULL, NULL, SOCK_CLOEXEC);
    if (connection < 0) continue;
    struct ucred who;
    socklen_t length = sizeof who;
    bool known = getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0;
    if (known && (who.uid == listener->user || who.uid == 0)) {
      *peer = who.pid;
      return connection;
    }
    close(connection);
  }
}

void listener_refuse(struct listener *listener) {
  int connection = accept4(listener->descriptor, NULL, NULL, SOCK_CLOEXEC);
  if (connection >= 0) close(connection);
}

void listener_close(struct listener *listener) {
  close(listener->descriptor);
  unlink(listener->address.sun_path);
}
