/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Programs that start, threads that are made and that end: told by the kernel's own state, not by what was asked for. */
#ifndef BULKHEAD_PROCESS_H
#define BULKHEAD_PROCESS_H

#include "syscall.h"

#define PIDTYPE_TGID 1
#define PIDTYPE_PGID 2
#define PIDTYPE_SID 3
#define RLIMIT_NOFILE 7
#define EXE_WRITABLE 1
#define EXE_UPPER 2
#define EXE_LOWER 4
#define EXE_MEMFD 8
#define SIGKILL 9
#define DAC_OVERRIDE (1ULL << 1)
#define KERNEL_THREAD 0x200000

/* The number that the innermost PID namespace knows it by. */
static __always_inline u32 innermost(struct pid *pid) {
  u32 level = BPF_CORE_READ(pid, level);
  struct upid number = {};
  struct upid *first = (void *)pid + bpf_core_field_offset(struct pid, numbers);
  bpf_probe_read_kernel(&number, sizeof number, &first[level & 63]);
  return number.nr;
}

static __always_inline struct pid_namespace *namespace_of(struct pid *pid) {
  u32 level = BPF_CORE_READ(pid, level);
  struct upid number = {};
  struct upid *first = (void *)pid + bpf_core_field_offset(struct pid, numbers);
  bpf_probe_read_kernel(&number, sizeof number, &first[level & 63]);
  return number.ns;
}

/* The number that a namespace of this level knows it by. */
static __always_inline u32 number_at(struct pid *pid, u32 level) {
  struct upid number = {};
  struct upid *first = (void *)pid + bpf_core_field_offset(struct pid, numbers);
  if (level > BPF_CORE_READ(pid, level)) return 0;
  bpf_probe_read_kernel(&number, sizeof number, &first[level & 63]);
  return number.nr;
}

/* An id of the kernel as the user namespace of the credentials shows it; the kernel's own where it has no short map. */
static __always_inline u32 shown_id(struct uid_gid_map *map, u32 id) {
  u32 extents = BPF_CORE_READ(map, nr_extents);
  if (extents > 5) return id;
  for (u32 i = 0; i < 5 && i < extents; i++) {
    struct uid_gid_extent e;
    if (bpf_probe_read_kernel(&e, sizeof e, &map->extent[i])) break;
    if (id >= e.lower_first && id - e.lower_first < e.count) return e.first + (id - e.lower_first);
  }
  return 65534;
}

static __always_inline u64 nanoseconds(s64 seconds, u32 rest) {
  return seconds * 1000000000ULL + rest;
}

static __always_inline void read_times(struct record_process *r, struct inode *inode) {
  struct inode___times *old = (void *)inode;
  struct inode___private *middle = (void *)inode;
  if (bpf_core_field_exists(inode->i_ctime_sec))
    r->exe_changed = nanoseconds(BPF_CORE_READ(inode, i_ctime_sec), BPF_CORE_READ(inode, i_ctime_nsec));
  else if (bpf_core_field_exists(middle->__i_ctime))
    r->exe_changed = nanoseconds(BPF_CORE_READ(middle, __i_ctime.tv_sec), BPF_CORE_READ(middle, __i_ctime.tv_nsec));
  else r->exe_changed = nanoseconds(BPF_CORE_READ(old, i_ctime.tv_sec), BPF_CORE_READ(old, i_ctime.tv_nsec));
  if (bpf_core_field_exists(inode->i_mtime_sec))
    r->exe_modified = nanoseconds(BPF_CORE_READ(inode, i_mtime_sec), BPF_CORE_READ(inode, i_mtime_nsec));
  else if (bpf_core_field_exists(middle->__i_mtime))
    r->exe_modified = nanoseconds(BPF_CORE_READ(middle, __i_mtime.tv_sec), BPF_CORE_READ(middle, __i_mtime.tv_nsec));
  else r->exe_modified = nanoseconds(BPF_CORE_READ(old, i_mtime.tv_sec), BPF_CORE_READ(old, i_mtime.tv_nsec));
}

/* A set of capabilities of credentials: its type has changed, its bytes have not. */
#define CAPABILITIES(cred, set)                                                                         \
  ({                                                                                                    \
    u64 bits = 0;                                                                                       \
    bpf_probe_read_kernel(&bits, sizeof bits, (void *)(cred) + bpf_core_field_offset(struct cred, set)); \
    bits;                                                                                               \
  })

/* Whether the process may write the file that it runs, by the file's mode. */
static __always_inline bool may_write(struct inode *inode, const struct cred *cred) {
  u32 mode = BPF_CORE_READ(inode, i_mode);
  if (CAPABILITIES(cred, cap_effective) & DAC_OVERRIDE) return true;
  if (BPF_CORE_READ(inode, i_uid.val) == BPF_CORE_READ(cred, fsuid.val)) return mode & 0200;
  if (BPF_CORE_READ(inode, i_gid.val) == BPF_CORE_READ(cred, fsgid.val)) return mode & 0020;
  return mode & 0002;
}

static __always_inline void read_memory(struct record_process *r, struct mm_struct *mm) {
  u32 shift = (settings.page_shift & 31) - 10;
  struct mm_struct___counts *old = (void *)mm;
  s64 pages[3] = {};
  r->vm_size = BPF_CORE_READ(mm, total_vm) << (shift & 31);
  /* File, anonymous, swapped, shared: by number 0 to 3. */
  if (bpf_core_field_exists(old->rss_stat.count)) {
    pages[0] = BPF_CORE_READ(old, rss_stat.count[0].counter) + BPF_CORE_READ(old, rss_stat.count[1].counter);
    pages[1] = BPF_CORE_READ(old, rss_stat.count[3].counter);
    pages[2] = BPF_CORE_READ(old, rss_stat.count[2].counter);
  } else {
    pages[0] = BPF_CORE_READ(mm, rss_stat[0].count) + BPF_CORE_READ(mm, rss_stat[1].count);
    pages[1] = BPF_CORE_READ(mm, rss_stat[3].count);
    pages[2] = BPF_CORE_READ(mm, rss_stat[2].count);
  }
  s64 resident = pages[0] + pages[1];
  r->vm_rss = resident > 0 ? resident << (shift & 31) : 0;
  r->vm_swap = pages[2] > 0 ? pages[2] << (shift & 31) : 0;
}

/* What all records of processes have: of the current one. */
__noinline int read_process(u32 slot) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  struct record_process *r = &s->process;
  struct task_struct *task = (void *)bpf_get_current_task();
  struct signal_struct *signal = BPF_CORE_READ(task, signal);
  const struct cred *cred = BPF_CORE_READ(task, cred);
  struct user_namespace *users = BPF_CORE_READ(cred, user_ns);
  struct pid *thread = BPF_CORE_READ(task, thread_pid);
  struct pid *group = BPF_CORE_READ(signal, pids[PIDTYPE_PGID]);
  struct tty_struct *tty = BPF_CORE_READ(signal, tty);
  struct mm_struct *mm = BPF_CORE_READ(task, mm);
  r->parent = BPF_CORE_READ(task, real_parent, tgid);
  r->parent_tid = BPF_CORE_READ(task, real_parent, pid);
  r->vtid = innermost(thread);
  r->vpid = innermost(BPF_CORE_READ(signal, pids[PIDTYPE_TGID]));
  r->pgid = number_at(group, 0);
  r->vpgid = innermost(group);
  r->sid = number_at(BPF_CORE_READ(signal, pids[PIDTYPE_SID]), 0);
  r->uid = shown_id(&users->uid_map, BPF_CORE_READ(cred, euid.val));
  r->gid = shown_id(&users->gid_map, BPF_CORE_READ(cred, egid.val));
  r->login_uid = bpf_core_field_exists(task->loginuid) ? BPF_CORE_READ(task, loginuid.val) : -1U;
  if (tty) {
    u32 minor = BPF_CORE_READ(tty, driver, minor_start) + BPF_CORE_READ(tty, index);
    u32 major = BPF_CORE_READ(tty, driver, major);
    r->tty = (minor & 0xff) | (major << 8) | ((minor & ~0xffU) << 12);
  }
  r->permitted = CAPABILITIES(cred, cap_permitted);
  r->effective = CAPABILITIES(cred, cap_effective);
  r->inheritable = CAPABILITIES(cred, cap_inheritable);
  struct pid_namespace *numbers = namespace_of(thread);
  struct task_struct *reaper = BPF_CORE_READ(numbers, child_reaper);
  if (reaper) r->namespace_started = BPF_CORE_READ(reaper, start_boottime);
  r->fd_limit = BPF_CORE_READ(signal, rlim[RLIMIT_NOFILE].rlim_cur);
  r->minor_faults = BPF_CORE_READ(task, min_flt);
  r->major_faults = BPF_CORE_READ(task, maj_flt);
  if (mm) read_memory(r, mm);
  return 0;
}

static __always_inline struct scratch *begin_process(u32 hook, u16 kind, u32 *slot) {
  struct scratch *s = claim(hook, slot);
  if (!s) return NULL;
  struct record_process *r = &s->process;
  __builtin_memset((void *)r + sizeof(struct record), 0, sizeof *r - sizeof(struct record));
  begin(s, kind, sizeof *r);
  read_process(*slot);
  struct task_struct *task = (void *)bpf_get_current_task();
  kernel_text(*slot, (u64)&task->comm, TEXT_COMM, 16);
  return s;
}

static __always_inline bool is_memfd(struct file *file) {
  struct dentry *dentry = BPF_CORE_READ(file, f_path.dentry);
  char name[8] = {};
  if (BPF_CORE_READ(dentry, d_parent) != dentry) return false;
  bpf_probe_read_kernel(name, 7, BPF_CORE_READ(dentry, d_name.name));
  return name[0] == 'm' && name[1] == 'e' && name[2] == 'm' && name[3] == 'f' && name[4] == 'd' && name[5] == ':';
}

/* Of the file that the current process runs; as struct record_process has them. */
__noinline int exe_flags(void) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct file *file = BPF_CORE_READ(task, mm, exe_file);
  if (!file) return 0;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  u16 layer = layer_of(inode);
  return (may_write(inode, BPF_CORE_READ(task, cred)) ? EXE_WRITABLE : 0) | (layer == 1 ? EXE_UPPER : 0) |
         (layer == 2 ? EXE_LOWER : 0) | (is_memfd(file) ? EXE_MEMFD : 0);
}

__noinline int read_exe(u32 slot) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  struct record_process *r = &s->process;
  struct task_struct *task = (void *)bpf_get_current_task();
  struct file *file = BPF_CORE_READ(task, mm, exe_file);
  if (!file) return 0;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  r->exe_inode = BPF_CORE_READ(inode, i_ino);
  r->exe_device = BPF_CORE_READ(inode, i_sb, s_dev);
  read_times(r, inode);
  r->exe_flags = exe_flags();
  return path_text(slot, (u64)&file->f_path, TEXT_EXE_PATH, 1);
}

__noinline int read_texts(u32 slot) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct mm_struct *mm = BPF_CORE_READ(task, mm);
  struct fs_struct *fs = BPF_CORE_READ(task, fs);
  if (fs) {
    path_text(slot, (u64)&fs->pwd, TEXT_CWD, 1);
    path_text(slot, (u64)&fs->root, TEXT_ROOT, 0);
  }
  if (!mm) return 0;
  u64 start = BPF_CORE_READ(mm, arg_start), end = BPF_CORE_READ(mm, arg_end);
  user_bytes(slot, start, TEXT_ARGUMENTS, end > start ? end - start : 0, ARGUMENTS_BYTES);
  start = BPF_CORE_READ(mm, env_start), end = BPF_CORE_READ(mm, env_end);
  return user_bytes(slot, start, TEXT_ENVIRONMENT, end > start ? end - start : 0, ENVIRONMENT_BYTES);
}

/* Whether it is inside a container: in a PID namespace or a mount namespace that is not the host's. */
static __always_inline bool is_inside(struct task_struct *task) {
  if (BPF_CORE_READ(task, thread_pid, level) > 0) return true;
  return BPF_CORE_READ(task, nsproxy, mnt_ns, ns.inum) != settings.host_mounts;
}

/* Whether the current process's cgroup, or one above it, is protected. */
__noinline int is_protected(void) {
  struct cgroup *cgroup = current_cgroup();
  struct kernfs_node *node = BPF_CORE_READ(cgroup, kn);
  for (int level = 0; node && level < CGROUP_DEPTH; level++) {
    u64 id = BPF_CORE_READ(node, id);
    if (bpf_map_lookup_elem(&protected_cgroups, &id)) return 1;
    node = node_above(node);
  }
  return 0;
}

/*
 * Ends the current process, before its program's first instruction, where that comes from no layer of its image: the upper
 * layer, memory, or, in a container on an overlay, a file outside of it.
 */
static __always_inline void protect(void) {
  struct task_struct *task = (void *)bpf_get_current_task();
  if (!settings.protecting || !is_inside(task)) return;
  u32 flags = exe_flags();
  struct dentry *root = BPF_CORE_READ(task, fs, root.dentry);
  bool overlay = BPF_CORE_READ(root, d_inode, i_sb, s_magic) == OVERLAY;
  if ((flags & (EXE_UPPER | EXE_MEMFD) || (overlay && !(flags & EXE_LOWER))) && is_protected()) bpf_send_signal(SIGKILL);
}

SEC("tp_btf/sched_process_exec")
int program_started(u64 *arguments) {
  struct linux_binprm *binprm = (void *)arguments[2];
  u32 slot = 0;
  if (!is_wanted() || !settings.telling_execs) {
    protect();
    return 0;
  }
  struct scratch *s = begin_process(HOOK_EXEC, RECORD_EXEC, &slot);
  if (!s) {
    protect();
    return 0;
  }
  read_exe(slot);
  protect();
  kernel_text(slot, (u64)BPF_CORE_READ(binprm, filename), 0, PATH_BYTES);
  read_texts(slot);
  submit(HOOK_EXEC, s);
  return 0;
}

/* A thread of the kernel itself: no program runs in it. What the kernel starts for itself is a process once it has a program. */
static __always_inline bool is_of_kernel(struct task_struct *task) {
  return BPF_CORE_READ(task, flags) & KERNEL_THREAD;
}

SEC("tp_btf/task_newtask")
int thread_made(u64 *arguments) {
  struct task_struct *child = (void *)arguments[0];
  u32 slot = 0;
  if (is_of_kernel(child) || !is_wanted()) return 0;
  struct scratch *s = begin_process(HOOK_FORK, RECORD_FORK, &slot);
  if (!s) return 0;
  struct record_process *r = &s->process;
  struct task_struct *task = (void *)bpf_get_current_task();
  struct pid *pid = BPF_CORE_READ(child, thread_pid);
  r->flags = arguments[1];
  r->child = BPF_CORE_READ(child, pid);
  r->child_pid = BPF_CORE_READ(child, tgid);
  r->child_vtid = innermost(pid);
  r->child_vpid = innermost(BPF_CORE_READ(child, signal, pids[PIDTYPE_TGID]));
  r->child_seen = number_at(pid, BPF_CORE_READ(task, thread_pid, level));
  r->child_started = BPF_CORE_READ(child, group_leader, start_boottime);
  submit(HOOK_FORK, s);
  return 0;
}

/* Who inherits the children of a process that ends: the next subreaper above it, else the first of its PID namespace. */
static __always_inline u32 reaper_of(struct task_struct *task) {
  struct signal_struct *signal = BPF_CORE_READ(task, signal);
  struct pid_namespace *numbers = namespace_of(BPF_CORE_READ(task, thread_pid));
  struct task_struct *first = BPF_CORE_READ(numbers, child_reaper);
  u32 level = BPF_CORE_READ(task, thread_pid, level);
  if (BPF_CORE_READ(signal, live.counter) > 0) return BPF_CORE_READ(task, tgid);
  if (BPF_CORE_READ_BITFIELD_PROBED(signal, has_child_subreaper)) {
    for (u32 i = 0; i < 32; i++) {
      task = BPF_CORE_READ(task, real_parent);
      if (!task || task == first || BPF_CORE_READ(task, thread_pid, level) != level) break;
      signal = BPF_CORE_READ(task, signal);
      if (BPF_CORE_READ_BITFIELD_PROBED(signal, is_child_subreaper)) return BPF_CORE_READ(task, tgid);
    }
  }
  return first ? BPF_CORE_READ(first, tgid) : 0;
}

SEC("tp_btf/sched_process_exit")
int thread_ended(u64 *arguments) {
  struct task_struct *task = (void *)arguments[0];
  u32 slot = 0;
  u32 pid = bpf_get_current_pid_tgid() >> 32;
  if (is_own()) {
    /* Its number may be another process's soon. */
    if (BPF_CORE_READ(task, signal, live.counter) == 0) bpf_map_delete_elem(&own, &pid);
    return 0;
  }
  if (!settings.telling_exits || is_of_kernel(task) || !is_wanted()) return 0;
  struct scratch *s = begin_process(HOOK_EXIT, RECORD_EXIT, &slot);
  if (!s) return 0;
  s->process.status = BPF_CORE_READ(task, exit_code);
  s->process.reaper = reaper_of((void *)bpf_get_current_task());
  submit(HOOK_EXIT, s);
  return 0;
}

#endif
