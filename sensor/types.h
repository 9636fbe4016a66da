/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * What the BPF programs look at of the kernel: its types by the names of their members, cut down to the members that are read.
 * Where they really are is found in the BTF of the running kernel when the programs are loaded, so nothing here depends on one
 * kernel, and no kernel is needed to build. Types with three underscores in their names are those of other versions.
 */
#ifndef BULKHEAD_TYPES_H
#define BULKHEAD_TYPES_H

#include <linux/types.h>
#include <stdbool.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s32 s32;
typedef __s64 s64;
typedef int pid_t;

enum cgroup_subsys_id { memory_cgrp_id = 4 };

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#if defined(__TARGET_ARCH_x86)
struct pt_regs {
  unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs, flags, sp, ss;
};
struct thread_info {
  u32 status;
};
#elif defined(__TARGET_ARCH_arm64)
struct pt_regs {
  u64 regs[31];
  u64 sp, pc, pstate, orig_x0;
  s32 syscallno;
};
struct thread_info {
  unsigned long flags;
};
#else
#error "unknown architecture"
#endif

struct kernel_id {
  u32 val;
};

struct qstr {
  u32 len;
  const unsigned char *name;
};

struct super_block {
  u32 s_dev;
  unsigned long s_magic;
};

struct timespec64 {
  s64 tv_sec;
  long tv_nsec;
};

struct inode {
  u16 i_mode;
  struct kernel_id i_uid, i_gid;
  struct super_block *i_sb;
  unsigned long i_ino;
  unsigned int i_nlink;
  s64 i_mtime_sec, i_ctime_sec;
  u32 i_mtime_nsec, i_ctime_nsec;
};

struct inode___times { /* before 6.6, 6.7 */
  struct timespec64 i_mtime, i_ctime;
};

struct inode___private { /* 6.6 to 6.10 */
  struct timespec64 __i_mtime, __i_ctime;
};

struct dentry {
  struct dentry *d_parent;
  struct qstr d_name;
  struct inode *d_inode;
};

struct vfsmount {
  struct dentry *mnt_root;
};

struct mnt_namespace;

struct mount {
  struct mnt_namespace *mnt_ns;
  struct mount *mnt_parent;
  struct dentry *mnt_mountpoint;
  struct vfsmount mnt;
};

struct path {
  struct vfsmount *mnt;
  struct dentry *dentry;
};

struct file {
  struct path f_path;
  struct inode *f_inode;
  unsigned int f_flags;
  void *private_data;
};

struct fdtable {
  unsigned int max_fds;
  struct file **fd;
};

struct files_struct {
  struct fdtable *fdt;
};

struct fs_struct {
  struct path root, pwd;
};

/* Two halves before 6.3, one number since: 8 bytes. */
struct kernel_capabilities {};

struct uid_gid_extent {
  u32 first, lower_first, count;
};

struct uid_gid_map {
  u32 nr_extents;
  struct uid_gid_extent extent[5];
};

struct user_namespace {
  struct uid_gid_map uid_map, gid_map;
  struct user_namespace *parent;
};

struct cred {
  struct kernel_id uid, gid, euid, egid, fsuid, fsgid;
  struct kernel_capabilities cap_inheritable, cap_permitted, cap_effective;
  struct user_namespace *user_ns;
};

struct pid_namespace;

struct upid {
  int nr;
  struct pid_namespace *ns;
};

struct pid {
  unsigned int level;
  struct upid numbers[1];
};

struct pid_namespace {
  struct task_struct *child_reaper;
  unsigned int level;
};

struct tty_driver {
  int major, minor_start;
};

struct tty_struct {
  int index;
  struct tty_driver *driver;
};

struct rlimit {
  unsigned long rlim_cur;
};

struct atomic_count {
  int counter;
};

struct signal_struct {
  struct atomic_count live;
  unsigned int is_child_subreaper : 1;
  unsigned int has_child_subreaper : 1;
  struct pid *pids[4];
  struct tty_struct *tty;
  struct rlimit rlim[16];
};

struct percpu_counter {
  s64 count;
};

struct mm_struct {
  unsigned long arg_start, arg_end, env_start, env_end, total_vm;
  struct file *exe_file;
  struct percpu_counter rss_stat[4];
};

struct long_count {
  s64 counter;
};

struct rss_counts {
  struct long_count count[4];
};

struct mm_struct___counts { /* before 6.2 */
  struct rss_counts rss_stat;
};

struct kernfs_node {
  struct kernfs_node *parent;
  const char *name;
  u64 id;
};

struct kernfs_node___private { /* since 6.15 */
  struct kernfs_node *__parent;
};

struct cgroup;

struct cgroup_subsys_state {
  struct cgroup *cgroup;
};

struct cgroup {
  int level;
  struct kernfs_node *kn;
  struct cgroup_root *root;
};

struct cgroup_root {
  int hierarchy_id;
};

struct ns_common {
  unsigned int inum;
};

struct mnt_namespace {
  struct ns_common ns;
};

struct nsproxy {
  struct mnt_namespace *mnt_ns;
};

struct css_set {
  struct cgroup_subsys_state *subsys[4];
  struct cgroup *dfl_cgrp;
};

struct task_struct {
  struct thread_info thread_info;
  void *stack;
  unsigned int flags;
  struct mm_struct *mm;
  int exit_code;
  pid_t pid, tgid;
  struct task_struct *real_parent, *group_leader;
  struct pid *thread_pid;
  u64 start_boottime;
  unsigned long min_flt, maj_flt;
  const struct cred *real_cred, *cred;
  struct kernel_id loginuid;
  char comm[16];
  struct fs_struct *fs;
  struct files_struct *files;
  struct signal_struct *signal;
  struct css_set *cgroups;
  struct nsproxy *nsproxy;
};

struct linux_binprm {
  const char *filename;
  struct file *file;
};

struct in6_addr {
  u8 bytes[16];
};

struct sock_common {
  u32 skc_daddr, skc_rcv_saddr;
  u16 skc_dport, skc_num;
  unsigned short skc_family;
  struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock {
  struct sock_common __sk_common;
  u16 sk_type, sk_protocol;
};

struct inet_sock {
  struct sock sk;
  u32 inet_saddr;
};

struct unix_name {
  u16 sun_family;
  char sun_path[108];
};

struct unix_address {
  int len;
  struct unix_name name[1];
};

struct unix_sock {
  struct unix_address *addr;
  struct sock *peer;
};

struct socket {
  short type;
  struct sock *sk;
};

struct filename {
  const char *name;
};

struct io_cmd_data {
  u8 data[56];
};

struct io_cqe {
  int fd;
};

struct io_kiocb {
  struct io_cmd_data cmd;
  u8 opcode;
  struct io_cqe cqe;
};

struct open_how {
  u64 flags, mode, resolve;
};

struct io_open {
  int dfd;
  struct filename *filename;
  struct open_how how;
};

struct io_unlink {
  int dfd, flags;
  struct filename *filename;
};

struct io_mkdir {
  int dfd;
  u16 mode;
  struct filename *filename;
};

struct io_rename {
  int old_dfd, new_dfd, flags;
  struct filename *oldpath, *newpath;
};

struct io_link {
  int old_dfd, new_dfd, flags;
  struct filename *oldpath, *newpath;
};

struct io_connect {
  void *addr;
  int addr_len;
};

struct user_msghdr;

struct io_sr_msg {
  struct user_msghdr *umsg;
};

struct io_socket {
  int domain, type, protocol;
};

#pragma clang attribute pop

#endif
