/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * What is handed to io_uring, for which no system call of its own follows: told when the kernel has taken it over, with the
 * kernel's own copies of names. Reads, writes and waiting are not told.
 */
#ifndef BULKHEAD_URING_H
#define BULKHEAD_URING_H

#include <linux/io_uring.h>

#include "process.h"

/* Newer than the headers may be. */
#define OPERATION_BIND 56
#define OPERATION_LISTEN 57

/* Which argument of the tracepoint is the request; set before it is loaded. */
const volatile __u32 uring_argument = 0;

/* What the operation is given lies at the request's beginning; since 6.0 with a name. */
static __always_inline void *data_of(struct io_kiocb *request) {
  return bpf_core_field_exists(request->cmd) ? (void *)&request->cmd : (void *)request;
}

/* The number that was given; before 5.19 the kernel keeps none. */
static __always_inline int descriptor_of(struct io_kiocb *request) {
  return bpf_core_field_exists(request->cqe.fd) ? BPF_CORE_READ(request, cqe.fd) : -1;
}

/* Like a call that has no text. */
static __always_inline void set_arguments(struct record_syscall *r, u64 a, u64 b, u64 c, u64 d) {
  r->arguments[0] = a;
  r->arguments[1] = b;
  r->arguments[2] = c;
  r->arguments[3] = d;
}

static __always_inline void name_text(u32 slot, struct filename *name, u32 argument) {
  kernel_text(slot, (u64)BPF_CORE_READ(name, name), argument, PATH_BYTES);
}

static __always_inline void tell_directory(u32 slot, struct scratch *s, u64 fd, u32 argument) {
  if ((s32)fd >= 0) tell_descriptor(slot, s, (s32)fd, argument);
}

static __always_inline void open_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_open *o = data_of(request);
  set_arguments(&s->syscall, BPF_CORE_READ(o, dfd), 0, BPF_CORE_READ(o, how.flags), BPF_CORE_READ(o, how.mode));
  s->syscall.arguments[4] = BPF_CORE_READ(o, how.resolve);
  tell_directory(slot, s, s->syscall.arguments[0], 0);
  name_text(slot, BPF_CORE_READ(o, filename), 1);
}

static __always_inline void remove_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_unlink *o = data_of(request);
  set_arguments(&s->syscall, BPF_CORE_READ(o, dfd), 0, BPF_CORE_READ(o, flags), 0);
  tell_directory(slot, s, s->syscall.arguments[0], 0);
  name_text(slot, BPF_CORE_READ(o, filename), 1);
}

static __always_inline void make_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_mkdir *o = data_of(request);
  set_arguments(&s->syscall, BPF_CORE_READ(o, dfd), 0, BPF_CORE_READ(o, mode), 0);
  tell_directory(slot, s, s->syscall.arguments[0], 0);
  name_text(slot, BPF_CORE_READ(o, filename), 1);
}

static __always_inline void rename_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_rename *o = data_of(request);
  set_arguments(&s->syscall, BPF_CORE_READ(o, old_dfd), 0, BPF_CORE_READ(o, new_dfd), 0);
  s->syscall.arguments[4] = BPF_CORE_READ(o, flags);
  tell_directory(slot, s, s->syscall.arguments[0], 0);
  name_text(slot, BPF_CORE_READ(o, oldpath), 1);
  tell_directory(slot, s, s->syscall.arguments[2], 2);
  name_text(slot, BPF_CORE_READ(o, newpath), 3);
}

static __always_inline void link_operation(u32 slot, struct scratch *s, struct io_kiocb *request, bool symbolic) {
  struct io_link *o = data_of(request);
  u64 old = BPF_CORE_READ(o, old_dfd), new = BPF_CORE_READ(o, new_dfd);
  if (symbolic) {
    set_arguments(&s->syscall, 0, new, 0, 0);
    name_text(slot, BPF_CORE_READ(o, oldpath), 0);
    tell_directory(slot, s, new, 1);
    name_text(slot, BPF_CORE_READ(o, newpath), 2);
    return;
  }
  set_arguments(&s->syscall, old, 0, new, 0);
  s->syscall.arguments[4] = BPF_CORE_READ(o, flags);
  tell_directory(slot, s, old, 0);
  name_text(slot, BPF_CORE_READ(o, oldpath), 1);
  tell_directory(slot, s, new, 2);
  name_text(slot, BPF_CORE_READ(o, newpath), 3);
}

static __always_inline void connect_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_connect *o = data_of(request);
  u64 address = (u64)BPF_CORE_READ(o, addr);
  set_arguments(&s->syscall, descriptor_of(request), address, BPF_CORE_READ(o, addr_len), 0);
  tell_descriptor(slot, s, (s32)s->syscall.arguments[0], 0);
  user_bytes(slot, address, 1, s->syscall.arguments[2], ADDRESS_BYTES);
}

static __always_inline void socket_operation(struct scratch *s, struct io_kiocb *request) {
  struct io_socket *o = data_of(request);
  set_arguments(&s->syscall, BPF_CORE_READ(o, domain), BPF_CORE_READ(o, type), BPF_CORE_READ(o, protocol), 0);
}

static __always_inline void message_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  struct io_sr_msg *o = data_of(request);
  u64 address = (u64)BPF_CORE_READ(o, umsg);
  set_arguments(&s->syscall, descriptor_of(request), address, 0, 0);
  tell_descriptor(slot, s, (s32)s->syscall.arguments[0], 0);
  user_message(slot, address, DATA_BYTES, 1);
}

/* One that is about a descriptor and no more. */
static __always_inline void descriptor_operation(u32 slot, struct scratch *s, struct io_kiocb *request) {
  set_arguments(&s->syscall, descriptor_of(request), 0, 0, 0);
  tell_descriptor(slot, s, (s32)s->syscall.arguments[0], 0);
}

/* False where nothing is told of it. */
static __always_inline bool is_told(u32 operation) {
  switch (operation) {
    case IORING_OP_OPENAT:
    case IORING_OP_OPENAT2:
    case IORING_OP_UNLINKAT:
    case IORING_OP_MKDIRAT:
    case IORING_OP_RENAMEAT:
    case IORING_OP_LINKAT:
    case IORING_OP_SYMLINKAT:
    case IORING_OP_CONNECT:
    case IORING_OP_SOCKET:
    case IORING_OP_SENDMSG:
    case IORING_OP_ACCEPT:
    case OPERATION_BIND:
    case OPERATION_LISTEN:
      return true;
  }
  return false;
}

__noinline int take_operation(u32 slot, u32 operation) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  struct io_kiocb *request = (void *)s->subject;
  switch (operation) {
    case IORING_OP_OPENAT:
    case IORING_OP_OPENAT2:
      open_operation(slot, s, request);
      break;
    case IORING_OP_UNLINKAT:
      remove_operation(slot, s, request);
      break;
    case IORING_OP_MKDIRAT:
      make_operation(slot, s, request);
      break;
    case IORING_OP_RENAMEAT:
      rename_operation(slot, s, request);
      break;
    case IORING_OP_LINKAT:
      link_operation(slot, s, request, false);
      break;
    case IORING_OP_SYMLINKAT:
      link_operation(slot, s, request, true);
      break;
    case IORING_OP_CONNECT:
      connect_operation(slot, s, request);
      break;
    case IORING_OP_SOCKET:
      socket_operation(s, request);
      break;
    case IORING_OP_SENDMSG:
      message_operation(slot, s, request);
      break;
    default:
      descriptor_operation(slot, s, request);
  }
  return 0;
}

SEC("tp_btf/io_uring_submit_req")
int operation_given(u64 *arguments) {
  struct io_kiocb *request = (void *)(uring_argument == 0 ? arguments[0] : arguments[1]);
  u32 slot = 0, operation = BPF_CORE_READ(request, opcode);
  if (!is_told(operation) || !is_wanted()) return 0;
  struct scratch *s = claim(HOOK_URING, &slot);
  if (!s) return 0;
  struct record_syscall *r = &s->syscall;
  begin(s, RECORD_URING, sizeof *r);
  __builtin_memset((void *)r + sizeof(struct record), 0, sizeof *r - sizeof(struct record));
  r->number = operation;
  r->fd = -1;
  s->subject = (u64)request;
  take_operation(slot, operation);
  struct task_struct *task = (void *)bpf_get_current_task();
  kernel_text(slot, (u64)&task->comm, TEXT_COMM, 16);
  submit(HOOK_URING, s);
  return 0;
}

#endif
