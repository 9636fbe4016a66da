/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* From the claim of a place for a record to its way into the ring; every way out is counted. */
#ifndef BULKHEAD_SCRATCH_H
#define BULKHEAD_SCRATCH_H

#include "hierarchy.h"

/* The reader is woken no more often: it looks by itself every 50 ms. */
#define WAKE_NANOSECONDS 4000000
#define SAMPLE 64

static __always_inline struct scratch *scratch_of(u32 slot) {
  return bpf_map_lookup_elem(&scratch, &slot);
}

static __always_inline void count(u64 *counter) {
  __sync_fetch_and_add(counter, 1);
}

/*
 * Counts a run of the hook and claims a place. NULL, and the event is counted as dropped, where all places of this processor
 * are in use.
 */
static __always_inline struct scratch *claim(u32 hook, u32 *slot) {
  struct counts *c = bpf_map_lookup_elem(&counts, &hook);
  if (!c) return NULL;
  count(&c->runs);
  u32 first = bpf_get_smp_processor_id() * SCRATCH_SLOTS;
  for (u32 index = first; index < first + SCRATCH_SLOTS; index++) {
    struct scratch *s = scratch_of(index);
    if (!s) break;
    if (s->busy) continue;
    s->busy = 1;
    s->began = c->runs % SAMPLE == 1 ? bpf_ktime_get_ns() : 0;
    *slot = index;
    return s;
  }
  count(&c->nested);
  return NULL;
}

/* Gives a place back without a record: the run is not counted as one. */
static __always_inline void unclaim(u32 hook, struct scratch *s) {
  struct counts *c = bpf_map_lookup_elem(&counts, &hook);
  if (c) __sync_fetch_and_add(&c->runs, -1ULL);
  s->busy = 0;
}

static __always_inline u64 started_of_current(void) {
  if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
    struct task_struct *typed = (void *)bpf_get_current_task_btf();
    return typed->group_leader->start_boottime;
  }
  struct task_struct *task = (void *)bpf_get_current_task();
  return BPF_CORE_READ(task, group_leader, start_boottime);
}

/* Fills what every record begins with; texts follow behind `bytes`. */
static __always_inline void begin(struct scratch *s, u16 kind, u32 bytes) {
  u64 id = bpf_get_current_pid_tgid();
  s->at = bytes;
  s->record.kind = kind;
  s->record.cpu = bpf_get_smp_processor_id();
  s->record.time = bpf_ktime_get_boot_ns();
  s->record.cgroup = current_cgroup_id();
  s->record.tid = id;
  s->record.pid = id >> 32;
  s->record.started = started_of_current();
}

/* False where the ring had no room. */
static __always_inline bool submit(u32 hook, struct scratch *s) {
  u32 size = s->at;
  struct counts *c = bpf_map_lookup_elem(&counts, &hook);
  /* Texts that did not fit were left out: the record ends within its bound, and never before its header. */
  if (size > RECORD_BYTES) size = RECORD_BYTES;
  if (size < sizeof(struct record)) size = sizeof(struct record);
  s->record.size = size;
  u64 time = s->record.time;
  u64 flags = BPF_RB_NO_WAKEUP;
  if (time - woken >= WAKE_NANOSECONDS) {
    woken = time;
    flags = BPF_RB_FORCE_WAKEUP;
  }
  long refused = bpf_ringbuf_output(&ring, &s->record, size, flags);
  if (c) {
    count(refused ? &c->ring : &c->records);
    if (s->began) {
      __sync_fetch_and_add(&c->nanoseconds, bpf_ktime_get_ns() - s->began);
      count(&c->samples);
    }
  }
  s->busy = 0;
  return !refused;
}

#endif
