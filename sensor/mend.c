/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Records as they come out of the ring are put right: the kernel told paths from their last component to their first. */
#include "kernel_state.h"

#include <string.h>

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

/* `c\0b\0a\0` becomes `/a/b/c`, of no more bytes; without the slash where it hangs under no root; nothing becomes `/`. */
static void turn_round(struct text *text, char *bytes) {
  static char turned[PATH_BYTES];
  size_t length = text->length, from = length, to = 0;
  bool detached = text->state & TEXT_DETACHED;
  if (length > sizeof turned) length = from = sizeof turned;
  while (from > 0) {
    size_t end = from - 1, start = end;
    while (start > 0 && bytes[start - 1] != 0) start--;
    turned[to++] = '/';
    memcpy(turned + to, bytes + start, end - start);
    to += end - start;
    from = start;
  }
  if (to == 0 && !detached) turned[to++] = '/';
  if (detached && to > 0) {
    to--;
    memmove(turned, turned + 1, to);
  }
  memcpy(bytes, turned, to);
  text->length = to;
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
