/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * Texts behind a record. Each function is verified once, by itself: it takes the number of a scratch and plain numbers, so the
 * verifier need not follow its callers.
 */
#ifndef BULKHEAD_TEXT_H
#define BULKHEAD_TEXT_H

#include "scratch.h"

#define ALIGN8(n) (((n) + 7) & ~7U)

/* Where the next text goes; NULL where not even a short one fits. */
static __always_inline struct text *next_text(struct scratch *s, u32 *room) {
  u32 at = s->at;
  if (at > RECORD_BYTES - 64) return NULL;
  at &= RECORD_BYTES - 8;
  *room = RECORD_BYTES - at - sizeof(struct text);
  return (struct text *)(s->bytes + at);
}

static __always_inline void end_text(struct scratch *s, struct text *t, u32 length, u8 state, u8 argument) {
  t->length = length;
  t->state = state;
  t->argument = argument;
  s->at += ALIGN8(sizeof(struct text) + length);
}

/* A text without bytes. */
static __always_inline void no_text(struct scratch *s, u8 state, u8 argument) {
  u32 room;
  struct text *t = next_text(s, &room);
  if (t) end_text(s, t, 0, state, argument);
}

/* The text that ends with a zero at an address of the process, or of the kernel. */
static __always_inline int string_text(u32 slot, u64 address, u32 argument, u32 limit, bool kernel) {
  struct scratch *s = scratch_of(slot);
  u32 room;
  if (!s) return 0;
  struct text *t = next_text(s, &room);
  if (!t) return 0;
  if (!address) {
    end_text(s, t, 0, TEXT_NULL, argument);
    return 0;
  }
  if (limit > room) limit = room;
  if (limit > PATH_BYTES) limit = PATH_BYTES;
  char *bytes = (char *)(t + 1);
  long got = kernel ? bpf_probe_read_kernel_str(bytes, limit, (void *)address)
                    : bpf_probe_read_user_str(bytes, limit, (void *)address);
  if (got < 0) {
    end_text(s, t, 0, TEXT_UNREADABLE, argument);
    return 0;
  }
  u32 length = got > 0 ? got - 1 : 0;
  u8 state = TEXT_WHOLE;
  if (length + 1 >= limit) {
    char last = 0;
    if (kernel) bpf_probe_read_kernel(&last, 1, (void *)(address + length));
    else bpf_probe_read_user(&last, 1, (void *)(address + length));
    if (last) state = TEXT_CUT;
  }
  end_text(s, t, length & (2 * PATH_BYTES - 1), state, argument);
  return 0;
}

__noinline int user_text(u32 slot, u64 address, u32 argument, u32 limit) {
  return string_text(slot, address, argument, limit, false);
}

__noinline int kernel_text(u32 slot, u64 address, u32 argument, u32 limit) {
  return string_text(slot, address, argument, limit, true);
}

/* So many bytes of the process, up to a limit; a text of no bytes where the length is none. */
__noinline int user_bytes(u32 slot, u64 address, u32 argument, u64 length, u32 limit) {
  struct scratch *s = scratch_of(slot);
  u32 room;
  if (!s) return 0;
  struct text *t = next_text(s, &room);
  if (!t) return 0;
  if (!address) {
    end_text(s, t, 0, TEXT_NULL, argument);
    return 0;
  }
  u8 state = TEXT_WHOLE;
  if (limit > room) limit = room;
  if (limit > PATH_BYTES) limit = PATH_BYTES;
  if (length > limit) {
    length = limit;
    state = TEXT_CUT;
  }
  u32 bytes = length;
  if (bytes > PATH_BYTES) return 0;
  if (bytes > 0 && bpf_probe_read_user(t + 1, bytes, (void *)address)) {
    bytes = 0;
    state = TEXT_UNREADABLE;
  }
  end_text(s, t, bytes, state, argument);
  return 0;
}

#endif
