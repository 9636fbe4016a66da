/* SPDX-License-Identifier: Apache-2.0 */
#include "scout.h"

#include <dirent.h>
#include <errno.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "rights.h"
#include "seed.h"

enum {
  STUCK_NANOSECONDS = 2000000000,
  /* Scouts that were stuck before every look is given up for some time. */
  SOCKET_BYTES = 1 << 20,
};

struct scout {
  scout_handler handler;
  void *context;
  uint64_t booted;
  pid_t pid;
  int socket;
  uint64_t asked, answered; /* numbers of requests */
  uint64_t last;            /* when it last said something, or was asked */
  uint64_t seed;            /* number of the request for all; 0: done */
  uint32_t at;              /* the process that it is at */
  uint64_t stuck;
  uint64_t waiting_for;
  bool found;
};

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static bool start(struct scout *scout) {
  int pair[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) return false;
  int bytes = SOCKET_BYTES;
  setsockopt(pair[1], SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) {
    close(pair[0]);
    close(pair[1]);
    return false;
  }
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGINT, SIG_IGN);
    /* Of what the sensor has open it needs nothing, and nobody keeps a pipe open through it. */
    int socket = pair[1] < 3 ? pair[1] : dup2(pair[1], 3);
    if (socket > 0) {
      for (int fd = 0; fd < socket; fd++) close(fd);
      close_range((unsigned)socket + 1, ~0u, 0);
    }
    rights_keep(1u << CAP_SYS_PTRACE | 1u << CAP_DAC_READ_SEARCH);
    struct scout_side side = {.socket = socket, .booted = scout->booted};
    scout_serve(&side);
    _exit(0);
  }
  close(pair[1]);
  scout->socket = pair[0];
  scout->pid = pid;
  scout->last = now();
  scout->answered = scout->asked;
  return true;
}

static void stop(struct scout *scout) {
  if (scout->pid <= 0) return;
  kill(scout->pid, SIGKILL);
  close(scout->socket);
  scout->socket = -1;
  /* One that waits in the kernel for somebody else ends when it can; nobody waits for it. */
  for (int tries = 0; tries < 50; tries++) {
    if (waitpid(scout->pid, NULL, WNOHANG) != 0) break;
    struct timespec some = {.tv_nsec = 1000000};
    nanosleep(&some, NULL);
  }
  scout->pid = -1;
}

struct scout *scout_open(uint64_t booted, scout_handler handler, void *context) {
  struct scout *scout = calloc(1, sizeof *scout);
  if (scout == NULL) return NULL;
  *scout = (struct scout){.handler = handler, .context = context, .booted = booted, .socket = -1};
  if (!start(scout)) {
    free(scout);
    return NULL;
  }
  return scout;
}

void scout_close(struct scout *scout) {
  stop(scout);
  free(scout);
}

int scout_descriptor(const struct scout *scout) {
  return scout->socket;
}

pid_t scout_pid(const struct scout *scout) {
  return scout->pid;
}

bool scout_is_seeding(const struct scout *scout) {
  return scout->seed != 0;
}

bool scout_is_of_all(const struct scout *scout, const struct scout_message *message) {
  return scout->seed != 0 && message->number == scout->seed;
}

uint64_t scout_stuck(const struct scout *scout) {
  return scout->stuck;
}

static bool send_request(struct scout *scout, enum scout_asks ask, uint32_t tid, uint32_t pid, const char *container) {
  if (scout->pid <= 0) return false;
  struct scout_request request = {.ask = ask, .tid = tid, .pid = pid, .number = scout->asked + 1};
  if (container != NULL) snprintf(request.container, sizeof request.container, "%s", container);
  if (send(scout->socket, &request, sizeof request, MSG_DONTWAIT | MSG_NOSIGNAL) != sizeof request) return false;
  if (scout->asked == scout->answered) scout->last = now();
  scout->asked += 1;
  if (ask == SCOUT_ALL) scout->seed = request.number;
  return true;
}

bool scout_ask(struct scout *scout, enum scout_asks ask, uint32_t tid, uint32_t pid, const char *container) {
  return send_request(scout, ask, tid, pid, container);
}

/* It waits for something that does not come: another one goes on behind that. */
static void replace(struct scout *scout) {
  uint32_t behind = scout->at + 1;
  bool seeding = scout->seed != 0;
  scout->stuck += 1;
  stop(scout);
  scout->seed = 0;
  if (!start(scout)) return;
  if (seeding) send_request(scout, SCOUT_ALL, 0, behind, NULL);
}

static bool receive(struct scout *scout) {
  static union {
    struct scout_message message;
    uint8_t bytes[SCOUT_BYTES];
  } in;
  ssize_t got = recv(scout->socket, in.bytes, sizeof in.bytes, MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got < (ssize_t)sizeof in.message) {
    /* It ended by itself, which it never should. */
    replace(scout);
    return false;
  }
  scout->last = now();
  switch (in.message.says) {
    case SCOUT_AT:
      scout->at = in.message.pid;
      break;
    case SCOUT_DONE:
      scout->answered += 1;
      if (in.message.number == scout->seed) scout->seed = 0;
      if (in.message.number == scout->waiting_for) {
        scout->found = in.message.found != 0;
        scout->waiting_for = 0;
      }
      break;
    default:
      scout->handler(scout->context, &in.message, (size_t)got - sizeof in.message);
  }
  return true;
}

void scout_read(struct scout *scout, size_t most) {
  if (scout->pid <= 0) return;
  while (most > 0 && receive(scout)) most -= 1;
  bool busy = scout->asked != scout->answered;
  /* One that waits for us has said something that was not read yet. */
  if (busy && most > 0 && now() - scout->last > STUCK_NANOSECONDS) replace(scout);
}

bool scout_ask_now(struct scout *scout, enum scout_asks ask, uint32_t tid, uint32_t pid, int milliseconds) {
  if (!send_request(scout, ask, tid, pid, NULL)) return false;
  uint64_t number = scout->asked, until = now() + (uint64_t)milliseconds * 1000000;
  scout->waiting_for = number;
  scout->found = false;
  while (scout->waiting_for == number) {
    while (receive(scout) && scout->waiting_for == number) {
    }
    uint64_t time = now();
    if (scout->waiting_for != number || time >= until || scout->pid <= 0) break;
    struct pollfd wait = {.fd = scout->socket, .events = POLLIN};
    poll(&wait, 1, (int)((until - time) / 1000000) + 1);
  }
  bool answered = scout->waiting_for != number && scout->found;
  scout->waiting_for = 0;
  return answered;
}

/* The other side. */

void scout_say(struct scout_side *side, enum scout_says says, uint32_t tid, uint32_t pid, bool found, uint64_t number) {
  struct scout_message message = {.says = says, .tid = tid, .pid = pid, .found = found, .number = number};
  if (send(side->socket, &message, sizeof message, MSG_NOSIGNAL) < 0 && errno != EINTR) _exit(0);
}

void scout_say_frame(struct scout_side *side, uint32_t tid, uint32_t pid, const uint8_t *frame, size_t length) {
  static uint8_t bytes[SCOUT_BYTES];
  struct scout_message message = {.says = SCOUT_FRAME, .tid = tid, .pid = pid, .number = side->number};
  if (length > sizeof bytes - sizeof message) return;
  memcpy(bytes, &message, sizeof message);
  memcpy(bytes + sizeof message, frame, length);
  if (send(side->socket, bytes, sizeof message + length, MSG_NOSIGNAL) < 0 && errno != EINTR) _exit(0);
}

static uint32_t next_process(DIR *folder, uint32_t from) {
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    if (entry->d_name[0] < '1' || entry->d_name[0] > '9') continue;
    uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
    if (pid >= from) return pid;
  }
  return 0;
}

void scout_serve(struct scout_side *side) {
  DIR *folder = NULL;
  uint64_t seed = 0;
  uint32_t from = 0;
  for (;;) {
    struct scout_request request;
    /* What is asked for goes before what is to be told some time. */
    ssize_t got = recv(side->socket, &request, sizeof request, folder == NULL ? 0 : MSG_DONTWAIT);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (got == sizeof request) {
      bool found = false;
      side->number = request.number;
      if (request.ask == SCOUT_ALL) {
        if (folder != NULL) closedir(folder);
        folder = opendir("/proc");
        seed = request.number;
        from = request.pid;
        if (folder != NULL) continue;
      } else if (request.ask == SCOUT_THREAD) {
        found = seed_thread(side, request.tid);
      } else if (request.ask == SCOUT_PROGRAM) {
        found = seed_program(side, request.pid);
      } else if (request.ask == SCOUT_USERS) {
        request.container[sizeof request.container - 1] = 0;
        found = seed_users(side, request.pid, request.container);
        if (!found) scout_say(side, SCOUT_NO_USERS, request.tid, request.pid, false, request.number);
      }
      scout_say(side, SCOUT_DONE, request.tid, request.pid, found, request.number);
      continue;
    }
    if (folder == NULL) continue;
    uint32_t pid = next_process(folder, from);
    if (pid == 0) {
      closedir(folder);
      folder = NULL;
      scout_say(side, SCOUT_DONE, 0, 0, true, seed);
      continue;
    }
    side->number = seed;
    scout_say(side, SCOUT_AT, 0, pid, true, 0);
    seed_process(side, pid);
  }
}
