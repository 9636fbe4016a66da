/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * Calls that a 64-bit kernel takes in the 32-bit way: of 32-bit programs, and of any other that knows `int 0x80`. They have
 * numbers and registers of their own, and no tracepoints: only the hook on all calls sees them.
 */
#ifndef BULKHEAD_FOREIGN_H
#define BULKHEAD_FOREIGN_H

#include "descriptor.h"

#define SOCKETCALL 102
#define SOCKETCALLS 21
#define NO_CALL 0xffff

/* Whether the current call is one. */
static __always_inline bool is_foreign(void) {
#if defined(__TARGET_ARCH_x86)
  const u64 mark = 2; /* of the call: TS_COMPAT */
#define CALL_MARKS status
#else
  const u64 mark = 1UL << 22; /* of the thread: TIF_32BIT */
#define CALL_MARKS flags
#endif
  /* Looked at in every call of the host: without a helper where the kernel gives the task as one of its types. */
  if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
    struct task_struct *task = (void *)bpf_get_current_task_btf();
    return task->thread_info.CALL_MARKS & mark;
  }
  struct task_struct *task = (void *)bpf_get_current_task();
  return BPF_CORE_READ(task, thread_info.CALL_MARKS) & mark;
}

/* By foreign number: the native one of the same name, NO_CALL where there is none; then those behind `socketcall`. */
__u16 foreign_numbers[CALLS] = {};
__u16 foreign_sockets[32] = {};

static __always_inline u32 native_number(u32 number) {
  u64 index = number;
  barrier_var(index);
  return index < CALLS ? foreign_numbers[index] : NO_CALL;
}

#if defined(__TARGET_ARCH_x86)
/* The native number, and the arguments where they belong. `socketcall` is taken apart. */
static __always_inline u32 read_foreign(u64 arguments[6], const struct pt_regs *regs, u32 number) {
  arguments[0] = (u32)BPF_CORE_READ(regs, bx);
  arguments[1] = (u32)BPF_CORE_READ(regs, cx);
  arguments[2] = (u32)BPF_CORE_READ(regs, dx);
  arguments[3] = (u32)BPF_CORE_READ(regs, si);
  arguments[4] = (u32)BPF_CORE_READ(regs, di);
  arguments[5] = (u32)BPF_CORE_READ(regs, bp);
  if (number != SOCKETCALL) return native_number(number);
  u32 given[6] = {};
  u64 kind = arguments[0];
  if (bpf_probe_read_user(given, sizeof given, (void *)arguments[1])) bpf_probe_read_user(given, 12, (void *)arguments[1]);
  for (int i = 0; i < 6; i++) arguments[i] = given[i];
  barrier_var(kind);
  return kind < SOCKETCALLS ? foreign_sockets[kind] : NO_CALL;
}
#endif

#endif
