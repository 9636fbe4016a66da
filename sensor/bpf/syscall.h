/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * The end of a system call, whichever it is: the plan says what its arguments are. At the end what they point to is in memory,
 * and calls that seccomp refused end as well.
 */
#ifndef BULKHEAD_SYSCALL_H
#define BULKHEAD_SYSCALL_H

#include "foreign.h"

#define CURRENT_DIRECTORY -100
#define PROT_EXEC 4
#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define TEXTS 64
#define FIRST_OF_TEXT 8 /* what a message holds is a text of its argument and this */

/* Whether the kernel gives registers as one of its types: then they are read without a helper. */
static __always_inline bool gives_registers(void) {
  return bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_task_pt_regs) &&
         bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf);
}

/* Where they lie otherwise: at the end of the kernel's stack. */
static __always_inline const struct pt_regs *registers_on_stack(void) {
  struct task_struct *task = (void *)bpf_get_current_task();
  return BPF_CORE_READ(task, stack) + settings.stack_bytes - bpf_core_type_size(struct pt_regs);
}

#define REGISTER(name) (typed ? regs->name : BPF_CORE_READ(regs, name))

static __always_inline void read_arguments(u64 arguments[6], const struct pt_regs *regs, bool typed) {
#if defined(__TARGET_ARCH_x86)
  arguments[0] = REGISTER(di);
  arguments[1] = REGISTER(si);
  arguments[2] = REGISTER(dx);
  arguments[3] = REGISTER(r10);
  arguments[4] = REGISTER(r8);
  arguments[5] = REGISTER(r9);
#else
  /* The result has taken the first one's place. */
  arguments[0] = REGISTER(orig_x0);
  arguments[1] = REGISTER(regs[1]);
  arguments[2] = REGISTER(regs[2]);
  arguments[3] = REGISTER(regs[3]);
  arguments[4] = REGISTER(regs[4]);
  arguments[5] = REGISTER(regs[5]);
#endif
}

/* An argument; the result where there is none of that number. */
static __always_inline u64 argument_of(struct scratch *s, u64 index) {
  barrier_var(index); /* the bound is checked on the register that is used */
  return index < 6 ? s->syscall.arguments[index] : (u64)s->syscall.result;
}

/* The first descriptor fills the record's own fields. */
static __always_inline void tell_descriptor(u32 slot, struct scratch *s, s32 fd, u32 argument) {
  if (fd < 0) return;
  bool first = s->syscall.fd < 0;
  if (!describe(slot, fd, argument, first) || !first) return;
  struct record_descriptor *d = &s->descriptor;
  struct record_syscall *r = &s->syscall;
  r->fd = d->fd;
  r->fd_flags = d->flags;
  r->fd_device = d->device;
  r->fd_inode = d->inode;
  r->fd_mode = d->mode;
  r->fd_layer = d->layer;
  r->family = d->family;
  r->protocol = d->protocol;
  r->local_port = d->local_port;
  r->remote_port = d->remote_port;
  r->socket_type = d->socket_type;
  __builtin_memcpy(r->local, d->local, sizeof r->local);
  __builtin_memcpy(r->remote, d->remote, sizeof r->remote);
  r->peer = d->peer;
  r->self = d->self;
}

/* The texts of an array that ends with a null pointer, a zero behind each, as one text. */
__noinline int user_texts(u32 slot, u64 address, u32 argument) {
  struct scratch *s = scratch_of(slot);
  u32 room, length = 0;
  u8 state = TEXT_CUT;
  if (!s) return 0;
  struct text *t = next_text(s, &room);
  if (!t) return 0;
  char *bytes = (char *)(t + 1);
  if (room > ARGUMENTS_BYTES) room = ARGUMENTS_BYTES;
  for (u32 i = 0; i < TEXTS; i++) {
    u64 at = 0;
    if (bpf_probe_read_user(&at, 8, (void *)(address + 8 * i))) {
      state = TEXT_UNREADABLE;
      break;
    }
    if (!at) {
      state = TEXT_WHOLE;
      break;
    }
    if (length + 1024 > room) break;
    barrier_var(length);
    if (length > ARGUMENTS_BYTES - 1024) break;
    long got = bpf_probe_read_user_str(bytes + length, 1024, (void *)at);
    if (got < 0) {
      state = TEXT_UNREADABLE;
      break;
    }
    length += got & 2047;
  }
  end_text(s, t, length & (2 * ARGUMENTS_BYTES - 1), state, argument);
  return 0;
}

struct user_vector {
  u64 base, length;
};

struct user_message {
  u64 name;
  u32 name_length, unused;
  u64 vector, vectors;
};

/* The first bytes of the first element that has some, at most as many as were moved. */
__noinline int user_vector(u32 slot, u64 address, u64 elements, u64 moved, u32 argument) {
  struct user_vector v = {};
  for (u32 i = 0; i < 4 && i < elements; i++) {
    if (bpf_probe_read_user(&v, sizeof v, (void *)(address + i * sizeof v))) v.length = 0;
    if (v.length) break;
  }
  return user_bytes(slot, v.base, argument, v.length < moved ? v.length : moved, DATA_BYTES);
}

__noinline int user_message(u32 slot, u64 address, u64 moved, u32 argument) {
  struct user_message m = {};
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  if (bpf_probe_read_user(&m, sizeof m, (void *)address)) {
    no_text(s, TEXT_UNREADABLE, argument);
    return 0;
  }
  user_bytes(slot, m.name, argument, m.name_length, ADDRESS_BYTES);
  return user_vector(slot, m.vector, m.vectors, moved, argument + FIRST_OF_TEXT);
}

/* Whether the text at the address begins at the root. */
static __always_inline bool is_absolute(u64 address) {
  char first = 0;
  bpf_probe_read_user(&first, 1, (void *)address);
  return first == '/';
}

/* One argument by its plan. */
__noinline int take(u32 slot, u32 index, u32 kind, u32 with) {
  struct scratch *s = scratch_of(slot);
  if (!s) return 0;
  u64 value = argument_of(s, index);
  s64 result = s->syscall.result;
  /* What holds addresses or sizes is laid out otherwise there. */
  if (s->foreign && (kind == PLAN_TEXTS || kind == PLAN_MESSAGE || kind == PLAN_VECTOR || kind == PLAN_STRUCT)) {
    no_text(s, TEXT_UNREADABLE, index);
    return 0;
  }
  switch (kind) {
    case PLAN_TEXT:
      return user_text(slot, value, index, PATH_BYTES);
    case PLAN_TEXTS:
      return user_texts(slot, value, index);
    case PLAN_ADDRESS:
      return user_bytes(slot, value, index, (u32)argument_of(s, with), ADDRESS_BYTES);
    case PLAN_MESSAGE:
      return user_message(slot, value, with ? DATA_BYTES : result > 0 ? result : 0, index);
    case PLAN_BYTES:
      if (with == 6 && result < 0) break;
      return user_bytes(slot, value, index, argument_of(s, with), DATA_BYTES);
    case PLAN_VECTOR:
      return user_vector(slot, value, argument_of(s, with), result > 0 ? result : 0, index);
    case PLAN_STRUCT:
      return user_bytes(slot, value, index, with, ADDRESS_BYTES);
    case PLAN_NAME:
      if (argument_of(s, 0) == PR_SET_NAME || argument_of(s, 0) == PR_GET_NAME) return user_text(slot, value, index, 16);
      break;
    case PLAN_FD:
      tell_descriptor(slot, s, (s32)value, index);
      break;
    case PLAN_DIRECTORY:
      if ((s32)value >= 0 && index < 5 && !is_absolute(argument_of(s, index + 1)))
        tell_descriptor(slot, s, (s32)value, index);
      break;
    case PLAN_FDS: {
      s32 pair[2] = {-1, -1};
      user_bytes(slot, value, index, sizeof pair, sizeof pair);
      if (result || bpf_probe_read_user(pair, sizeof pair, (void *)value)) break;
      tell_descriptor(slot, s, pair[0], 6);
      tell_descriptor(slot, s, pair[1], 6);
      break;
    }
  }
  return 0;
}

/* The plan of a call that is hooked; of those flags it has to have these. */
static __always_inline struct plan *plan_of(u32 number, u32 of, u32 these) {
  u64 index = number;
  barrier_var(index);
  if (index >= CALLS || (plans[index].flags & of) != these) return NULL;
  return &plans[index];
}

/* `foreign`: the number that the kernel has for it in the other way, and 0 for a native one. */
static __always_inline void call_ended(const struct pt_regs *regs, bool typed, struct plan *plan, u32 number, s64 result, u32 foreign) {
  u32 flags = plan->flags, slot = 0;
  if ((flags & PLAN_FAILED_ONLY) && result >= 0) return;
  if (!is_wanted()) return;
  struct scratch *s = claim(number, &slot);
  if (!s) return;
  struct record_syscall *r = &s->syscall;
  s->foreign = foreign;
#if defined(__TARGET_ARCH_x86)
  if (foreign) read_foreign(r->arguments, regs, foreign);
  else read_arguments(r->arguments, regs, typed);
#else
  read_arguments(r->arguments, regs, typed);
#endif
  if ((flags & PLAN_MAPPED) && !(r->arguments[2] & PROT_EXEC)) {
    unclaim(number, s);
    return;
  }
  begin(s, RECORD_SYSCALL, sizeof *r);
  r->result = result;
  r->number = number;
  __builtin_memset(&r->fd_device, 0, sizeof *r - __builtin_offsetof(struct record_syscall, fd_device));
  r->fd = -1;
  if ((flags & PLAN_RESULT_FD) && result >= 0) tell_descriptor(slot, s, (s32)result, 6);
  for (u32 i = 0; i < 6; i++) {
    struct plan_argument *a = &plan->arguments[i];
    if (a->kind) take(slot, i, a->kind, a->with);
  }
  struct task_struct *task = (void *)bpf_get_current_task();
  kernel_text(slot, (u64)&task->comm, TEXT_COMM, 16);
  submit(number, s);
}

struct call_exit {
  u64 unused;
  s32 number;
  u32 unused2;
  s64 result;
};

SEC("tracepoint/syscalls/sys_exit")
int one_call_ended(struct call_exit *context) {
  struct plan *plan = plan_of(context->number, PLAN_ON | PLAN_ANY, PLAN_ON);
  if (!plan) return 0;
  if (gives_registers())
    call_ended((void *)bpf_task_pt_regs((void *)bpf_get_current_task_btf()), true, plan, context->number, context->result, 0);
  else call_ended(registers_on_stack(), false, plan, context->number, context->result, 0);
  return 0;
}

SEC("tp_btf/sys_exit")
int any_call_ended(u64 *arguments) {
  const struct pt_regs *regs = (void *)arguments[0];
  u32 number, foreign = 0;
#if defined(__TARGET_ARCH_x86)
  number = regs->orig_ax & ~0x40000000U; /* x32's own bit */
  if (is_foreign()) {
    u64 given[6];
    foreign = number;
    number = foreign == SOCKETCALL ? read_foreign(given, regs, foreign) : native_number(foreign);
  }
#else
  number = regs->syscallno;
  if (is_foreign()) return 0;
#endif
  /* Of the native ones those that have no hook of their own. */
  u32 flags = foreign ? PLAN_ON : PLAN_ON | PLAN_ANY;
  struct plan *plan = plan_of(number, flags, flags);
  if (plan) call_ended(regs, true, plan, number, arguments[1], foreign);
  return 0;
}

#endif
