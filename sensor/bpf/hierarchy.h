/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * The cgroup of a process: in the unified hierarchy, or, on a host where nobody uses that one, in the hierarchy of memory, where
 * every runtime gives each container a folder.
 */
#ifndef BULKHEAD_HIERARCHY_H
#define BULKHEAD_HIERARCHY_H

#include "maps.h"

static __always_inline struct cgroup *current_cgroup(void) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct css_set *set = BPF_CORE_READ(task, cgroups);
  if (settings.separate_cgroups && bpf_core_enum_value_exists(enum cgroup_subsys_id, memory_cgrp_id)) {
    u32 memory = bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
    struct cgroup_subsys_state *state = NULL;
    bpf_probe_read_kernel(&state, sizeof state, (void *)set + bpf_core_field_offset(struct css_set, subsys) + memory * sizeof state);
    return BPF_CORE_READ(state, cgroup);
  }
  return BPF_CORE_READ(set, dfl_cgrp);
}

static __always_inline u64 cgroup_id(struct cgroup *cgroup) {
  return BPF_CORE_READ(cgroup, kn, id);
}

static __always_inline u64 current_cgroup_id(void) {
  return settings.separate_cgroups ? cgroup_id(current_cgroup()) : bpf_get_current_cgroup_id();
}

/* Whether a cgroup is of the hierarchy that is looked at: the unified one has no number. */
static __always_inline bool is_looked_at(struct cgroup *cgroup) {
  int hierarchy = BPF_CORE_READ(cgroup, root, hierarchy_id);
  if (!settings.separate_cgroups) return hierarchy == 0;
  struct cgroup *current = current_cgroup();
  return hierarchy == BPF_CORE_READ(current, root, hierarchy_id);
}

static __always_inline struct kernfs_node *node_above(struct kernfs_node *node) {
  struct kernfs_node___private *private = (void *)node;
  if (bpf_core_field_exists(private->__parent)) return BPF_CORE_READ(private, __parent);
  return BPF_CORE_READ(node, parent);
}

#endif
