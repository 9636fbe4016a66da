/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/* Records as the kernel leaves them, and a million that are none: run under the sanitizers by `make -C sensor test`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../mend.h"
#include "../plan.h"

static int failures;

#define CHECK(what)                                          \
  do {                                                       \
    if (!(what)) {                                           \
      printf("%s:%d: not %s\n", __FILE__, __LINE__, #what); \
      failures++;                                            \
    }                                                        \
  } while (0)

/* Puts a text at the end of a record. */
static void add(struct record *record, unsigned role, unsigned state, const char *bytes, size_t length) {
  struct text text = {.length = length, .state = state, .argument = role};
  char *at = (char *)record + record->size;
  memset(at, 0, (sizeof text + length + 7) & ~(size_t)7);
  memcpy(at, &text, sizeof text);
  memcpy(at + sizeof text, bytes, length);
  record->size += (sizeof text + length + 7) & ~(size_t)7;
}

/* The text of a role as it can be read. */
static const char *text_of(const struct record *record, unsigned role) {
  static char words[PATH_BYTES + 1];
  for (size_t at = sizeof *record; at + sizeof(struct text) <= record->size;) {
    struct text text;
    memcpy(&text, (const char *)record + at, sizeof text);
    if (text.argument == role) {
      memcpy(words, (const char *)record + at + sizeof text, text.length);
      words[text.length] = 0;
      return words;
    }
    at += (sizeof text + text.length + 7) & ~(size_t)7;
  }
  return "absent";
}

static void turns_paths_round(void) {
  static union {
    struct record record;
    char bytes[RECORD_BYTES];
  } r;
  r.record = (struct record){.size = sizeof(struct record), .kind = RECORD_CGROUP};
  add(&r.record, 20, TEXT_BACKWARDS, "passwd\0etc\0", 11);
  add(&r.record, 21, TEXT_BACKWARDS, "", 0);
  add(&r.record, 22, TEXT_BACKWARDS | TEXT_DETACHED, "memfd:code", 10);
  /* Of a length at which a byte less would end in another place. */
  add(&r.record, 23, TEXT_BACKWARDS | TEXT_DETACHED, "memfd:12345a", 12);
  add(&r.record, 24, TEXT_BACKWARDS | TEXT_DETACHED, "", 0);
  add(&r.record, 25, TEXT_BACKWARDS | TEXT_CUT, "deep\0", 5);
  add(&r.record, 26, TEXT_WHOLE, "b\0a", 3);
  CHECK(mend_record(&r.record, r.record.size));
  CHECK(!strcmp(text_of(&r.record, 20), "/etc/passwd"));
  CHECK(!strcmp(text_of(&r.record, 21), "/"));
  CHECK(!strcmp(text_of(&r.record, 22), "memfd:code"));
  CHECK(!strcmp(text_of(&r.record, 23), "memfd:12345a"));
  CHECK(!strcmp(text_of(&r.record, 24), ""));
  CHECK(!strcmp(text_of(&r.record, 25), "/deep"));
  CHECK(!memcmp(text_of(&r.record, 26), "b\0a", 4));
}

static void refuses_what_is_none(void) {
  struct record_syscall call = {.record = {.size = sizeof call, .kind = RECORD_SYSCALL}};
  CHECK(mend_record(&call.record, sizeof call));
  CHECK(!mend_record(&call.record, sizeof call - 8));
  CHECK(!mend_record(&call.record, sizeof call.record - 1));
  call.record.kind = 99;
  CHECK(!mend_record(&call.record, sizeof call));
}

static void hides_addresses(void) {
  static union {
    struct record_syscall call;
    char bytes[RECORD_BYTES];
  } r, same;
  static const uint64_t secret[2] = {0x0123456789abcdef, 0xfedcba9876543210}, other[2] = {7, 9};
  struct record_descriptor descriptor = {.self = 0xffff888012345678, .peer = 0};
  r.call = (struct record_syscall){.record = {.size = sizeof r.call, .kind = RECORD_SYSCALL}, .self = descriptor.self, .peer = 0};
  add(&r.call.record, TEXT_DESCRIPTOR, TEXT_WHOLE, (const char *)&descriptor, sizeof descriptor);
  memcpy(&same, &r, sizeof r);
  hide_addresses(&r.call.record, secret);
  memcpy(&descriptor, r.bytes + sizeof r.call + sizeof(struct text), sizeof descriptor);
  CHECK(r.call.self != 0xffff888012345678 && r.call.self >> 48 != 0xffff);
  CHECK(r.call.self == descriptor.self);
  CHECK(r.call.peer == 0 && descriptor.peer == 0);
  hide_addresses(&same.call.record, other);
  CHECK(same.call.self != r.call.self);
}

static unsigned random_number(void) {
  static unsigned state = 1;
  state = state * 1103515245 + 12345;
  return state >> 8;
}

/* Each in memory of its own size, so that a byte too far is seen. */
static void survives_anything(void) {
  unsigned long mended = 0;
  for (int i = 0; i < 60000; i++) {
    size_t size = sizeof(struct record) + random_number() % 200 * 8;
    struct record *record = malloc(size);
    if (!record) abort();
    for (size_t at = 0; at < size; at++) ((char *)record)[at] = random_number() % 4 ? 0 : random_number();
    record->size = random_number() % 50 ? size : random_number();
    record->kind = random_number() % 9;
    if (mend_record(record, size)) {
      static const uint64_t secret[2] = {1, 2};
      hide_addresses(record, secret);
      mended++;
    }
    free(record);
  }
  CHECK(mended > 0);
}

int main(void) {
  turns_paths_round();
  refuses_what_is_none();
  hides_addresses();
  survives_anything();
  if (failures == 0) puts("mend: as it should be");
  return failures != 0;
}
