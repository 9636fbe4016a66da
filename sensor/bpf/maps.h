/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Where records are made and counted, and what user space sets. */
#ifndef BULKHEAD_MAPS_H
#define BULKHEAD_MAPS_H

#include "../plan.h"

/* Records are put together here, then copied into the ring whole: no record of the ring is ever half written. */
#define SCRATCH_SLOTS 2
/* Room behind the bound, so that a bound that the verifier can follow is enough. */
#define SCRATCH_BYTES (RECORD_BYTES + 2 * PATH_BYTES)

/* A path that is being walked up: addresses of the kernel, and where its bytes go. */
struct walk {
  u64 dentry, mnt, top; /* top: the root entry of this mount */
  u64 root_dentry, root_mnt;
  u32 at, end;
};

struct scratch {
  u32 busy;
  u32 at; /* where the next text goes */
  u64 began; /* 0: this run is not timed */
  u32 foreign; /* see foreign.h */
  u64 subject; /* an address for functions that are verified by themselves: here it is a plain number */
  struct walk walk;
  struct record_descriptor descriptor;
  union {
    struct record record;
    struct record_syscall syscall;
    struct record_process process;
    u8 bytes[SCRATCH_BYTES];
  };
};

/* Two for each processor, as many as user space says: one for tasks, one for what interrupts them. */
struct {
  __uint(type, BPF_MAP_TYPE_ARRAY);
  __uint(max_entries, SCRATCH_SLOTS);
  __type(key, u32);
  __type(value, struct scratch);
} scratch SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_RINGBUF);
  __uint(max_entries, 16 << 20);
} ring SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, HOOKS);
  __type(key, u32);
  __type(value, struct counts);
} counts SEC(".maps");

/* Thread groups of which nothing is told. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 64);
  __type(key, u32);
  __type(value, u8);
} own SEC(".maps");

/* What is forgotten over this bound is found out again. */
struct {
  __uint(type, BPF_MAP_TYPE_LRU_HASH);
  __uint(max_entries, 16384);
  __type(key, u64);
  __type(value, struct cgroup_state);
} cgroups SEC(".maps");

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 1024);
  __type(key, u64);
  __type(value, u8);
} protected_cgroups SEC(".maps");

struct settings settings = {};
struct plan plans[CALLS] = {};
__u64 woken = 0;
__u64 learned_foreign = 0; /* a process that counts made a call in the 32-bit way: those are not noted */
__u64 learned_refused = 0; /* what learning found no room for */

#endif
