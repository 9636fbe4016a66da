/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * What processes of containers use of the kernel, by cgroup: attached only while it is asked for. A process counts from its
 * first program inside the container on, with its descendants: what the runtime does in the container's cgroup before that is
 * not the workload's.
 */
#ifndef BULKHEAD_LEARN_H
#define BULKHEAD_LEARN_H

#include "cgroup.h"

/* Thread groups that count. */
struct {
  __uint(type, BPF_MAP_TYPE_HASH);
  __uint(max_entries, 65536);
  __uint(map_flags, BPF_F_NO_PREALLOC);
  __type(key, u32);
  __type(value, u8);
} counting SEC(".maps");

static __always_inline void start_counting(u32 pid) {
  u8 one = 1;
  if (bpf_map_update_elem(&counting, &pid, &one, BPF_ANY)) __sync_fetch_and_add(&learned_refused, 1);
}

/* Whether the current process counts. One that is older than the learning does where it runs inside. */
static __always_inline bool counts_now(void) {
  struct task_struct *task = (void *)bpf_get_current_task();
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  if (bpf_map_lookup_elem(&counting, &pid)) return true;
  if (BPF_CORE_READ(task, group_leader, start_boottime) >= settings.learning || !is_inside(task)) return false;
  start_counting(pid);
  return true;
}

SEC("tp_btf/sys_enter")
int call_began(u64 *arguments) {
  u64 number = arguments[1];
  if (!settings.learning || is_own() || !counts_now()) return 0;
  if (is_foreign()) {
    learned_foreign = 1;
    return 0;
  }
  struct learned *l = learn_of(current_cgroup_id(), false);
  barrier_var(number);
  if (l && number < CALLS && !l->calls[number]) l->calls[number] = 1;
  return 0;
}

SEC("tp_btf/sched_process_exec")
int learn_exec(u64 *arguments) {
  struct task_struct *task = (void *)arguments[0];
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  if (is_inside(task) && !bpf_map_lookup_elem(&counting, &pid)) start_counting(pid);
  return 0;
}

SEC("tp_btf/task_newtask")
int learn_fork(u64 *arguments) {
  struct task_struct *child = (void *)arguments[0];
  u32 pid = bpf_get_current_pid_tgid() >> 32, child_pid = BPF_CORE_READ(child, tgid);
  if (child_pid != pid && bpf_map_lookup_elem(&counting, &pid)) start_counting(child_pid);
  return 0;
}

SEC("tp_btf/sched_process_exit")
int learn_exit(u64 *arguments) {
  struct task_struct *task = (void *)arguments[0];
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  if (BPF_CORE_READ(task, signal, live.counter) == 0) bpf_map_delete_elem(&counting, &pid);
  return 0;
}

SEC("tp_btf/cap_capable")
int capability_asked(u64 *arguments) {
  u64 capability = arguments[3];
  bool granted = !(s32)arguments[4];
  /* Not where the kernel acts with rights of others for it: overlays do with those of who mounted them. */
  struct task_struct *task = (void *)bpf_get_current_task();
  if (arguments[0] != (u64)BPF_CORE_READ(task, real_cred)) return 0;
  if (!settings.learning || capability > 63 || is_own() || !counts_now()) return 0;
  struct learned *l = learn_of(current_cgroup_id(), false);
  if (!l) return 0;
  u8 *seen = granted ? l->granted : l->refused;
  seen[capability & 63] = 1;
  return 0;
}

#endif
