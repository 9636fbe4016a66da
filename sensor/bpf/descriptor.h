/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* What lies behind a descriptor, from the kernel's own file. */
#ifndef BULKHEAD_DESCRIPTOR_H
#define BULKHEAD_DESCRIPTOR_H

#include "filter.h"

#define KIND_OF_FILE 0170000
#define KIND_SOCKET 0140000
#define OVERLAY 0x794c7630
#define FAMILY_UNIX 1
#define FAMILY_IPV4 2
#define FAMILY_IPV6 10

static __always_inline struct file *file_of(s32 fd) {
  struct task_struct *task = (void *)bpf_get_current_task();
  struct fdtable *table = BPF_CORE_READ(task, files, fdt);
  if (!table || fd < 0 || (u32)fd >= BPF_CORE_READ(table, max_fds)) return NULL;
  struct file **files = BPF_CORE_READ(table, fd);
  struct file *file = NULL;
  bpf_probe_read_kernel(&file, sizeof file, &files[fd]);
  return file;
}

/* Which layer of an overlay holds it: 1 upper, 2 lower, 0 no overlay. Its own inode is followed by the upper entry, if any. */
static __always_inline u16 layer_of(struct inode *inode) {
  if (BPF_CORE_READ(inode, i_sb, s_magic) != OVERLAY) return 0;
  struct dentry *upper = NULL;
  bpf_probe_read_kernel(&upper, sizeof upper, (void *)inode + bpf_core_type_size(struct inode));
  return upper ? 1 : 2;
}

static __always_inline void read_socket(struct record_descriptor *d, struct sock *sk) {
  struct sock_common *common = &sk->__sk_common;
  struct unix_sock *unix_sk = (void *)sk;
  struct inet_sock *inet = (void *)sk;
  d->family = BPF_CORE_READ(common, skc_family);
  d->protocol = BPF_CORE_READ(sk, sk_protocol);
  d->socket_type = BPF_CORE_READ(sk, sk_type);
  d->self = (u64)sk;
  if (d->family == FAMILY_UNIX) {
    /* Where unix sockets are a module, the kernel does not tell their type. */
    if (bpf_core_type_exists(struct unix_sock)) d->peer = (u64)BPF_CORE_READ(unix_sk, peer);
    return;
  }
  if (d->family != FAMILY_IPV4 && d->family != FAMILY_IPV6) return;
  d->local_port = BPF_CORE_READ(common, skc_num);
  d->remote_port = __builtin_bswap16(BPF_CORE_READ(common, skc_dport));
  if (d->family == FAMILY_IPV4) {
    u32 address = BPF_CORE_READ(common, skc_rcv_saddr);
    if (!address) address = BPF_CORE_READ(inet, inet_saddr);
    __builtin_memcpy(d->local, &address, 4);
    address = BPF_CORE_READ(common, skc_daddr);
    __builtin_memcpy(d->remote, &address, 4);
  } else if (bpf_core_field_exists(common->skc_v6_daddr)) {
    BPF_CORE_READ_INTO(&d->local, common, skc_v6_rcv_saddr);
    BPF_CORE_READ_INTO(&d->remote, common, skc_v6_daddr);
  }
}

/* Appends what the bound name of a unix socket is, or of its peer: bytes, as abstract names begin with a zero. */
static __always_inline void unix_text(struct scratch *s, struct record_descriptor *d, u8 argument) {
  struct unix_sock *ends[2] = {(void *)d->self, (void *)d->peer};
  u32 room;
  struct text *t = next_text(s, &room);
  if (!t || room < ADDRESS_BYTES || !bpf_core_type_exists(struct unix_sock)) return;
  for (int end = 0; end < 2; end++) {
    if (!ends[end]) continue;
    struct unix_address *address = BPF_CORE_READ(ends[end], addr);
    if (!address) continue;
    s32 length = BPF_CORE_READ(address, len);
    length -= 2; /* the family before it */
    u32 offset = bpf_core_field_offset(struct unix_address, name) + 2;
    if (length <= 0 || length > ADDRESS_BYTES) continue;
    if (bpf_probe_read_kernel(t + 1, length & (2 * ADDRESS_BYTES - 1), (void *)address + offset)) continue;
    end_text(s, t, length & (2 * ADDRESS_BYTES - 1), TEXT_WHOLE, argument);
    return;
  }
}

/*
 * Reads a descriptor of the current process into the scratch's `descriptor`, and appends its path: as TEXT_RESOLVED where it is
 * the first of its call, else behind the struct itself. 0 where there is none such.
 */
__noinline int describe(u32 slot, u32 fd, u32 argument, u32 first) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  struct record_descriptor *d = &s->descriptor;
  __builtin_memset(d, 0, sizeof *d);
  struct file *file = file_of(fd);
  if (!file) return 0;
  struct inode *inode = BPF_CORE_READ(file, f_inode);
  d->fd = fd;
  d->argument = argument;
  d->flags = BPF_CORE_READ(file, f_flags);
  d->mode = BPF_CORE_READ(inode, i_mode);
  d->inode = BPF_CORE_READ(inode, i_ino);
  d->device = BPF_CORE_READ(inode, i_sb, s_dev);
  d->layer = layer_of(inode);
  bool is_socket = (d->mode & KIND_OF_FILE) == KIND_SOCKET;
  if (is_socket) {
    struct socket *socket = BPF_CORE_READ(file, private_data);
    struct sock *sk = BPF_CORE_READ(socket, sk);
    if (sk) read_socket(d, sk);
  }
  u32 room;
  struct text *t = next_text(s, &room);
  if (!t || room < sizeof *d + 64) return 1;
  if (first) {
    if (!is_socket) path_text(slot, (u64)&file->f_path, TEXT_RESOLVED, 1);
    else if (d->family == FAMILY_UNIX) unix_text(s, d, TEXT_RESOLVED);
    return 1;
  }
  __builtin_memcpy(t + 1, d, sizeof *d);
  end_text(s, t, sizeof *d, TEXT_WHOLE, TEXT_DESCRIPTOR);
  if (!is_socket) path_text(slot, (u64)&file->f_path, TEXT_DESCRIPTOR_PATH, 1);
  else if (d->family == FAMILY_UNIX) unix_text(s, d, TEXT_DESCRIPTOR_PATH);
  return 1;
}

#endif
