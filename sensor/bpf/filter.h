/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Which processes are told of. */
#ifndef BULKHEAD_FILTER_H
#define BULKHEAD_FILTER_H

#include "path.h"

static __always_inline bool is_own(void) {
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  return bpf_map_lookup_elem(&own, &pid) != NULL;
}

#define CGROUP_DEPTH 32

/* Makes a record of the path of the cgroup that is the scratch's subject, from the names of its folders. */
__noinline int cgroup_text(u32 slot, u64 id) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  begin(s, RECORD_CGROUP, sizeof(struct record));
  s->record.cgroup = id;
  u32 room, length = 0, depth = 0;
  u8 state = TEXT_BACKWARDS;
  struct text *t = next_text(s, &room);
  if (!t) return 0;
  u8 *bytes = (u8 *)(t + 1);
  struct cgroup *cgroup = (void *)s->subject;
  struct kernfs_node *node = BPF_CORE_READ(cgroup, kn);
  for (; depth < CGROUP_DEPTH; depth++) {
    struct kernfs_node *above = node_above(node);
    if (!above) break; /* the root has no name of its own */
    if (length > PATH_BYTES - 256) break;
    const char *name = BPF_CORE_READ(node, name);
    long got = bpf_probe_read_kernel_str(bytes + length, 256, name);
    if (got <= 0 || got > 256) {
      state |= TEXT_CUT;
      break;
    }
    length += got;
    node = above;
  }
  if (depth == CGROUP_DEPTH) state |= TEXT_CUT;
  end_text(s, t, length, state, TEXT_CGROUP);
  return 0;
}

/* Tells a cgroup that was not seen before: once, by the first of several processors, and again where it was lost. */
static __always_inline void tell_cgroup(struct cgroup *cgroup, u64 id) {
  struct cgroup_state fresh = {.told = 1};
  u32 slot = 0;
  if (bpf_map_update_elem(&cgroups, &id, &fresh, BPF_NOEXIST)) return;
  struct scratch *s = claim(HOOK_CGROUP, &slot);
  if (s) {
    s->subject = (u64)cgroup;
    cgroup_text(slot, id);
    if (submit(HOOK_CGROUP, s)) return;
  }
  bpf_map_delete_elem(&cgroups, &id);
}

/* Whether the current process is told of; tells its cgroup where that was not seen before. */
static __always_inline bool is_wanted(void) {
  if (is_own()) return false;
  u64 id = current_cgroup_id();
  struct cgroup_state *state = bpf_map_lookup_elem(&cgroups, &id);
  if (state) return !(settings.containers_only && state->host);
  tell_cgroup(current_cgroup(), id);
  return true;
}

#endif
