/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * Paths as the kernel holds them, by walking from a directory entry to the root over mounts: no link, no rename in memory and
 * no second thread can change what is told.
 */
#ifndef BULKHEAD_PATH_H
#define BULKHEAD_PATH_H

#include "text.h"

/* Steps of the longest path, of names of one byte, and over mounts; what lies above is cut off. */
#define STEPS (PATH_BYTES / 2 + 64)
#define COMPONENT_BYTES 255

enum step { STEP_ON, STEP_END, STEP_DETACHED, STEP_CUT };

static __always_inline struct mount *mount_of(struct vfsmount *mnt) {
  return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* Appends the entry that the walk is at and goes to the one above. A function of its own, verified once and not at each step. */
__noinline int walk_on(u32 slot) {
  struct scratch *s = scratch_of(slot);
  if (!s) return STEP_CUT;
  struct walk *w = &s->walk;
  struct dentry *dentry = (void *)w->dentry;
  struct vfsmount *mnt = (void *)w->mnt;
  if (w->dentry == w->root_dentry && w->mnt == w->root_mnt) return STEP_END;
  if (w->dentry == w->top) {
    struct mount *mount = mount_of(mnt);
    struct mount *above = BPF_CORE_READ(mount, mnt_parent);
    if (above == mount || !above) {
      /* The kernel's own mounts (of namespaces, pipes, memory) and those that were taken away are in no namespace. */
      u64 namespace = (u64)BPF_CORE_READ(mount, mnt_ns);
      return namespace == 0 || namespace > -4096ULL ? STEP_DETACHED : STEP_END;
    }
    mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
    w->dentry = (u64)BPF_CORE_READ(mount, mnt_mountpoint);
    w->mnt = (u64)mnt;
    w->top = (u64)BPF_CORE_READ(mnt, mnt_root);
    return STEP_ON;
  }
  struct dentry *parent = BPF_CORE_READ(dentry, d_parent);
  struct qstr name = BPF_CORE_READ(dentry, d_name);
  u32 length = name.len, at = w->at;
  if (length > COMPONENT_BYTES || at + length + 1 > w->end) return STEP_CUT;
  barrier_var(at);
  barrier_var(length);
  if (at > RECORD_BYTES || length > COMPONENT_BYTES) return STEP_CUT;
  if (bpf_probe_read_kernel(s->bytes + at, length, name.name)) return STEP_CUT;
  /* An entry without a name of its own, as of a namespace's file. */
  if (dentry == parent && s->bytes[at] == '/') return STEP_DETACHED;
  s->bytes[at + length] = 0;
  w->at = at + length + 1;
  w->dentry = (u64)parent;
  return dentry == parent ? STEP_DETACHED : STEP_ON;
}

/*
 * Appends the path of a struct path of the kernel, from its last component to its first, each with a zero behind it: user space
 * turns it round. What hangs under no root has no zero at its end: it gets no slash, and a text keeps its length. With `in_root` it ends at the root directory of the current process, as the process itself sees it.
 */
__noinline int path_text(u32 slot, u64 address, u32 argument, u32 in_root) {
  struct scratch *s = scratch_of(slot);
  u32 room, step = STEP_ON;
  u8 state = TEXT_BACKWARDS;
  if (!s) return 0;
  struct text *t = next_text(s, &room);
  if (!t) return 0;
  struct walk *w = &s->walk;
  struct path *start = (void *)address;
  struct vfsmount *mnt = BPF_CORE_READ(start, mnt);
  w->dentry = (u64)BPF_CORE_READ(start, dentry);
  w->mnt = (u64)mnt;
  w->top = (u64)BPF_CORE_READ(mnt, mnt_root);
  w->root_dentry = w->root_mnt = 0;
  if (in_root) {
    struct task_struct *task = (void *)bpf_get_current_task();
    w->root_dentry = (u64)BPF_CORE_READ(task, fs, root.dentry);
    w->root_mnt = (u64)BPF_CORE_READ(task, fs, root.mnt);
  }
  u32 first = s->at + sizeof *t;
  w->at = first;
  w->end = first + (room > PATH_BYTES ? PATH_BYTES : room);
  for (u32 i = 0; i < STEPS && step == STEP_ON; i++) step = walk_on(slot);
  u32 length = w->at - first;
  if (step == STEP_DETACHED) {
    state |= TEXT_DETACHED;
    if (length > 0) length--;
  } else if (step != STEP_END) {
    state |= TEXT_CUT;
  }
  end_text(s, t, length, state, argument);
  return 0;
}

#endif
