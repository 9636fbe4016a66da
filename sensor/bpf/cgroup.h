/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Cgroups as they are made and removed: so one is known, and watched, before its first process. */
#ifndef BULKHEAD_CGROUP_H
#define BULKHEAD_CGROUP_H

#include "uring.h"

struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 4096);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, u64);
  __type(value, struct learned);
} learned SEC(".maps");

/* What an entry begins as: too large for the stack. */
struct {
  __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
  __uint(max_entries, 1);
  __type(key, u32);
  __type(value, struct learned);
} fresh_learned SEC(".maps");

static __always_inline struct learned *learn_of(u64 cgroup, bool whole) {
  struct learned *l = bpf_map_lookup_elem(&learned, &cgroup);
  if (l) return l;
  u32 zero = 0;
  struct learned *fresh = bpf_map_lookup_elem(&fresh_learned, &zero);
  if (!fresh) return NULL;
  __builtin_memset(fresh, 0, sizeof *fresh);
  fresh->since = bpf_ktime_get_boot_ns();
  fresh->whole = whole;
  if (bpf_map_update_elem(&learned, &cgroup, fresh, BPF_NOEXIST) == -7 /* E2BIG */)
    __sync_fetch_and_add(&learned_refused, 1);
  return bpf_map_lookup_elem(&learned, &cgroup);
}

SEC("tp_btf/cgroup_mkdir")
int cgroup_made(u64 *arguments) {
  struct cgroup *cgroup = (void *)arguments[0];
  if (!is_looked_at(cgroup)) return 0;
  u64 id = cgroup_id(cgroup);
  if (settings.learning) learn_of(id, true);
  tell_cgroup(cgroup, id);
  return 0;
}

SEC("tp_btf/cgroup_rmdir")
int cgroup_removed(u64 *arguments) {
  struct cgroup *cgroup = (void *)arguments[0];
  if (!is_looked_at(cgroup)) return 0;
  u64 id = cgroup_id(cgroup);
  struct learned *l = bpf_map_lookup_elem(&learned, &id);
  if (l) l->gone = 1;
  bpf_map_delete_elem(&cgroups, &id);
  if (!bpf_map_delete_elem(&protected_cgroups, &id)) __sync_fetch_and_add(&settings.protecting, -1);
  return 0;
}

#endif
