/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * The BPF side of the sensor as the loader sees it: what is attached, the ring, and what they cost. One thread uses it; nothing
 * here allocates after kernel_open. A function that returns int gives 0, or -1 with errno, and kernel_why() says it in words.
 */
#ifndef BULKHEAD_KERNEL_H
#define BULKHEAD_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "record.h"

struct kernel;

/* Called once a record, in the order of the ring; it is valid, whole and aligned to 8, and gone when the function returns. */
typedef void (*record_handler)(void *context, const struct record *record);

struct kernel_options {
  unsigned ring_mib;    /* a power of two from 1 to 1024; 0: 16. Counts twice in RSS */
  bool containers_only; /* as kernel_scope */
};

/* Loads every program that this kernel takes, attaches none. NULL where not even process events work. */
struct kernel *kernel_open(const struct kernel_options *options, record_handler handler, void *context);

/* Why the last call failed; a text of this process, never NULL. */
const char *kernel_why(void);

/*
 * Attaches these and detaches all others: names of system calls of this architecture, and `execve`, `clone`, `procexit`,
 * `io_uring`, `cgroup`. A name that cannot be attached is told by kernel_missing and is no error; -1 only where nothing changed.
 * While it works, what was attached before and stays loses nothing.
 */
int kernel_hooks(struct kernel *kernel, const char *const names[], size_t count);

/* One program on the end of every system call, also where few are hooked: sees 32-bit calls as well. */
int kernel_denied(struct kernel *kernel, bool on);
int kernel_learn(struct kernel *kernel, bool on);
int kernel_scope(struct kernel *kernel, bool containers_only);
/* The cgroup and all below it. */
int kernel_protect(struct kernel *kernel, uint64_t cgroup, bool on);
/* Processes of which nothing is told: this one from the start, its reader's. Forgotten by itself when one exits. */
int kernel_own(struct kernel *kernel, pid_t pid, bool on);

/*
 * What this kernel lacks of what was asked for so far: a hook by its name, or `cgroup`, `denied`, `learning`, `capabilities`,
 * `32-bit calls`, `system calls` (all of them). Texts live as long as the kernel.
 */
typedef void (*kernel_missing_each)(void *context, const char *what, const char *why);
void kernel_missing(struct kernel *kernel, kernel_missing_each each, void *context);

/*
 * Hands out what the ring holds, at most a few thousand records, waiting up to so many milliseconds for the first. The number
 * of records, or -1.
 */
int kernel_poll(struct kernel *kernel, int milliseconds);

/* Readable when there is something for kernel_poll, within 50 ms of it; for a loop that waits for other things too. */
int kernel_descriptor(const struct kernel *kernel);

enum kernel_drop {
  DROP_RING,    /* the ring was full */
  DROP_NESTED,  /* another program of ours was at work on this processor */
  DROP_MISSED,  /* the kernel did not run the program: another was at work; per program, shown at its first hook */
  DROP_REASONS,
};

struct kernel_hook_stats {
  const char *name;     /* as asked for; `execve` is the kernel's event, `execve failed` the call */
  uint64_t runs;        /* past the filters */
  uint64_t nanoseconds; /* of these runs, from every 64th */
  uint64_t records;     /* that went into the ring */
  uint64_t dropped[DROP_REASONS];
};

/* runs = records + dropped[DROP_RING] + dropped[DROP_NESTED], for each hook, once nothing runs. */
struct kernel_stats {
  size_t hooks; /* how many lines of `hook` are used */
  struct kernel_hook_stats hook[512];
  uint64_t ring_size, ring_used; /* bytes */
  uint64_t broken; /* records that came out of the ring and are none: never, unless a program is wrong */
};

/* Counts since kernel_open, those of detached hooks among them. */
void kernel_stats(struct kernel *kernel, struct kernel_stats *stats);

struct kernel_used {
  uint64_t cgroup, since; /* since: nanoseconds since boot */
  bool whole;             /* watched since before its first process */
  bool gone;              /* removed meanwhile; told for the last time */
  uint8_t syscalls[64];   /* bit N for the native call N; 512 and above are not noted */
  uint64_t capabilities, refused;
};

int kernel_used(struct kernel *kernel, void (*each)(void *context, const struct kernel_used *used), void *context);

/* Prints what of it works here and why not what does not, a line each. 0 where the sensor can run. */
int kernel_probe(void);

void kernel_close(struct kernel *kernel);

#endif
