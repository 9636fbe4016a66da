/* SPDX-License-Identifier: Apache-2.0 */
#include "known.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>

enum {
  THREAD_SLOTS = 1 << 18,
  MOST_THREADS = THREAD_SLOTS / 2,
  DESCRIPTOR_SLOTS = 1 << 17,
};

struct descriptor {
  uint32_t pid;
  int32_t fd;
  uint64_t fact;
};

struct known {
  uint64_t seed; /* so that nobody outside knows which ids meet in one slot */
  uint32_t count;
  struct known_thread threads[THREAD_SLOTS];
  struct descriptor descriptors[DESCRIPTOR_SLOTS];
};

static uint64_t mixed(uint64_t number) {
  number ^= number >> 33;
  number *= 0xff51afd7ed558ccdULL;
  number ^= number >> 33;
  number *= 0xc4ceb9fe1a85ec53ULL;
  return number ^ number >> 33;
}

struct known *known_open(void) {
  /* Pages are taken as they are used. */
  struct known *known =
      mmap(NULL, sizeof *known, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (known == MAP_FAILED) return NULL;
  if (getrandom(&known->seed, sizeof known->seed, 0) != sizeof known->seed) known->seed = 1;
  return known;
}

void known_close(struct known *known) {
  munmap(known, sizeof *known);
}

void known_clear(struct known *known) {
  known->count = 0;
  memset(known->threads, 0, sizeof known->threads);
  memset(known->descriptors, 0, sizeof known->descriptors);
}

static uint32_t slot_of(const struct known *known, uint32_t tid) {
  return (uint32_t)mixed(known->seed ^ tid) & (THREAD_SLOTS - 1);
}

/* Where it is, or the free slot where it would be: half of them are always free. */
static uint32_t place(const struct known *known, uint32_t tid) {
  uint32_t slot = slot_of(known, tid);
  while (known->threads[slot].tid != 0 && known->threads[slot].tid != tid) slot = (slot + 1) & (THREAD_SLOTS - 1);
  return slot;
}

struct known_thread *known_find(struct known *known, uint32_t tid) {
  struct known_thread *thread = &known->threads[place(known, tid)];
  return tid != 0 && thread->tid == tid ? thread : NULL;
}

struct known_thread *known_add(struct known *known, uint32_t tid, uint32_t pid) {
  if (tid == 0) return NULL;
  struct known_thread *thread = &known->threads[place(known, tid)];
  if (thread->tid == 0) {
    if (known->count >= MOST_THREADS) return NULL;
    known->count += 1;
    thread->programs = 0;
  }
  thread->tid = tid;
  thread->pid = pid;
  thread->looked = 0;
  /* Another one has had the id. */
  thread->programs += 1;
  return thread;
}

void known_remove(struct known *known, uint32_t tid) {
  uint32_t hole = place(known, tid);
  if (tid == 0 || known->threads[hole].tid != tid) return;
  known->count -= 1;
  /* Those behind it that would not be found over the hole move up. */
  for (uint32_t next = (hole + 1) & (THREAD_SLOTS - 1); known->threads[next].tid != 0;
       next = (next + 1) & (THREAD_SLOTS - 1)) {
    uint32_t wanted = slot_of(known, known->threads[next].tid);
    if (((next - wanted) & (THREAD_SLOTS - 1)) < ((next - hole) & (THREAD_SLOTS - 1))) continue;
    known->threads[hole] = known->threads[next];
    hole = next;
  }
  known->threads[hole] = (struct known_thread){0};
}

uint32_t known_count(const struct known *known) {
  return known->count;
}

static struct descriptor *descriptor_of(struct known *known, uint32_t pid, int32_t fd) {
  uint64_t both = (uint64_t)pid << 32 | (uint32_t)fd;
  return &known->descriptors[mixed(known->seed ^ both) & (DESCRIPTOR_SLOTS - 1)];
}

bool known_descriptor_changed(struct known *known, uint32_t pid, int32_t fd, uint64_t fact) {
  struct descriptor *descriptor = descriptor_of(known, pid, fd);
  if (descriptor->pid == pid && descriptor->fd == fd && descriptor->fact == fact) return false;
  *descriptor = (struct descriptor){.pid = pid, .fd = fd, .fact = fact};
  return true;
}

void known_descriptor_forget(struct known *known, uint32_t pid, int32_t fd) {
  struct descriptor *descriptor = descriptor_of(known, pid, fd);
  if (descriptor->pid == pid && descriptor->fd == fd) descriptor->pid = 0;
}

uint64_t known_mix(uint64_t so_far, const void *bytes, uint32_t length) {
  const uint8_t *from = bytes;
  uint64_t number = so_far ^ ((uint64_t)length * 0x9e3779b97f4a7c15ULL);
  while (length >= 8) {
    uint64_t word;
    memcpy(&word, from, sizeof word);
    number = mixed(number ^ word);
    from += 8;
    length -= 8;
  }
  uint64_t rest = 0;
  if (length > 0) memcpy(&rest, from, length);
  return mixed(number ^ rest);
}
