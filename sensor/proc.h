/* SPDX-License-Identifier: Apache-2.0 */
/* Reads what /proc says of one thread. Every read has a bound; a process may change or end at any moment of it. */
#ifndef BULKHEAD_PROC_H
#define BULKHEAD_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct proc_stat {
  char comm[64];
  uint32_t parent, pgid, sid, tty;
  uint64_t started; /* nanoseconds since boot, in steps of a clock tick */
};

/* Of a thread of a process: /proc/PID/task/TID/stat. */
bool proc_read_stat(uint32_t pid, uint32_t tid, struct proc_stat *stat);

struct proc_status {
  uint32_t pid; /* of its process */
  uint32_t vtid, vpid, vpgid;
  uint32_t uid, gid;
  uint64_t permitted, effective, inheritable;
};

bool proc_read_status(uint32_t tid, struct proc_status *status);

/* The file's first bytes, as far as the buffer reaches; -1 where it cannot be read. */
long proc_read(uint32_t pid, const char *file, char *bytes, size_t size);
/* What a link leads to, with a zero behind it; -1 where nothing tells. */
long proc_link(uint32_t pid, const char *file, char *bytes, size_t size);

/* Nanoseconds of a clock tick, in which /proc counts. */
uint64_t proc_tick(void);

#endif
