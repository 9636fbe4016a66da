/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Records as they come out of the ring are put right: the kernel told paths from their last component to their first. */
#include "mend.h"

#include <string.h>

#include "plan.h"

static size_t bytes_before_texts(__u16 kind) {
  switch (kind) {
    case RECORD_SYSCALL:
    case RECORD_URING:
      return sizeof(struct record_syscall);
    case RECORD_EXEC:
    case RECORD_FORK:
    case RECORD_EXIT:
      return sizeof(struct record_process);
    case RECORD_CGROUP:
      return sizeof(struct record);
    case RECORD_CAPABILITY:
      return sizeof(struct record_capability);
  }
  return 0;
}

/*
 * `c\0b\0a\0` becomes `/a/b/c`, of as many bytes; `c\0b\0a`, which hangs under no root, `a/b/c`. Nothing becomes `/`, for which
 * the padding has room: where the next text begins stays the same.
 */
static void turn_round(struct text *text, char *bytes) {
  static char turned[PATH_BYTES + 1];
  bool detached = text->state & TEXT_DETACHED;
  size_t length = text->length > PATH_BYTES ? PATH_BYTES : text->length, from = detached ? length + 1 : length, to = 0;
  while (from > 0) {
    size_t end = from - 1, start = end;
    while (start > 0 && bytes[start - 1] != 0) start--;
    turned[to++] = '/';
    memcpy(turned + to, bytes + start, end - start);
    to += end - start;
    from = start;
  }
  if (to == 0) turned[to++] = '/';
  text->length = detached ? to - 1 : to;
  memcpy(bytes, turned + (detached ? 1 : 0), text->length);
  text->state &= ~(TEXT_BACKWARDS | TEXT_DETACHED);
}

bool mend_record(struct record *record, size_t size) {
  if (size < sizeof *record || size > RECORD_BYTES || record->size != size) return false;
  size_t at = bytes_before_texts(record->kind);
  if (at == 0 || at > size) return false;
  while (at + sizeof(struct text) <= size) {
    struct text *text = (struct text *)((char *)record + at);
    size_t bytes = (sizeof *text + text->length + 7) & ~(size_t)7;
    if (at + bytes > size) return false;
    if (text->state & TEXT_BACKWARDS) turn_round(text, (char *)(text + 1));
    at += bytes;
  }
  return at == size;
}

static __u64 hidden(__u64 address, const uint64_t secret[2]) {
  if (address == 0) return 0;
  for (int round = 0; round < 2; round++) {
    address = (address ^ secret[round]) * (secret[1 - round] | 1);
    address ^= address >> 32;
  }
  return address != 0 ? address : 1;
}

void hide_addresses(struct record *record, const uint64_t secret[2]) {
  if (record->kind != RECORD_SYSCALL && record->kind != RECORD_URING) return;
  struct record_syscall *call = (struct record_syscall *)record;
  call->peer = hidden(call->peer, secret);
  call->self = hidden(call->self, secret);
  for (size_t at = sizeof *call; at + sizeof(struct text) <= record->size;) {
    struct text *text = (struct text *)((char *)record + at);
    struct record_descriptor descriptor;
    if (text->argument == TEXT_DESCRIPTOR && text->length == sizeof descriptor) {
      memcpy(&descriptor, text + 1, sizeof descriptor);
      descriptor.peer = hidden(descriptor.peer, secret);
      descriptor.self = hidden(descriptor.self, secret);
      memcpy(text + 1, &descriptor, sizeof descriptor);
    }
    at += (sizeof *text + text->length + 7) & ~(size_t)7;
  }
}
