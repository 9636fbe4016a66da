/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looks into /proc and into the files of containers, in a process of its own: who owns what is read there can make each read
 * wait for as long as they like (a file system of theirs, memory that they fill). A scout that says nothing for too long is
 * ended, and another one goes on behind what it was at.
 */
#ifndef BULKHEAD_SCOUT_H
#define BULKHEAD_SCOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum scout_asks {
  SCOUT_ALL = 1,  /* every process from `pid` on, in the order of their numbers */
  SCOUT_THREAD,   /* one thread */
  SCOUT_PROGRAM,  /* the program that a process runs, as the event of its start */
  SCOUT_USERS,    /* users and groups as the root directory of a process has them */
};

struct scout_request {
  uint32_t ask, tid, pid;
  uint64_t number;
  char container[16]; /* of users: first characters of its id; empty: the host */
};

enum scout_says {
  SCOUT_AT = 1, /* what it looks at now */
  SCOUT_FRAME,  /* a frame of that */
  SCOUT_NO_USERS, /* of the container that the request was about (tid): its process is not below its root yet */
  SCOUT_DONE,   /* with the request of that number; `found` says whether there was something */
};

struct scout_message {
  uint32_t says, tid, pid, found;
  uint64_t number;
  uint8_t frame[];
};

/* Bytes of one message at most. */
#define SCOUT_BYTES (60 * 1024)

/* What it is to it that a message came; the frame is whole and of `length` bytes. */
typedef void (*scout_handler)(void *context, const struct scout_message *message, size_t length);

struct scout;

struct scout *scout_open(uint64_t booted, scout_handler handler, void *context);
void scout_close(struct scout *scout);

/* Readable when there is something for scout_read. -1 where there is none. */
int scout_descriptor(const struct scout *scout);
pid_t scout_pid(const struct scout *scout);
/* Hands over what came, at most so many messages; ends a scout that is stuck. */
void scout_read(struct scout *scout, size_t most);

/* False where it is not asked: it is stuck, or has too much to do. */
bool scout_ask(struct scout *scout, enum scout_asks ask, uint32_t tid, uint32_t pid, const char *container);
/* Asks, and waits so many milliseconds for the answer; what comes meanwhile is handed over. */
bool scout_ask_now(struct scout *scout, enum scout_asks ask, uint32_t tid, uint32_t pid, int milliseconds);

/* True until every process was told. */
bool scout_is_seeding(const struct scout *scout);
/* True for what is told because every process is: maybe older than what events have told meanwhile. */
bool scout_is_of_all(const struct scout *scout, const struct scout_message *message);
/* How many scouts were ended because they were stuck. */
uint64_t scout_stuck(const struct scout *scout);

/* The scout's own side: reads requests and answers them until the other side is gone. */
struct scout_side {
  int socket;
  uint64_t number; /* of the request that is answered */
  uint64_t booted;
};
void scout_serve(struct scout_side *side);
void scout_say(struct scout_side *side, enum scout_says says, uint32_t tid, uint32_t pid, bool found, uint64_t number);
void scout_say_frame(struct scout_side *side, uint32_t tid, uint32_t pid, const uint8_t *frame, size_t length);

#endif
