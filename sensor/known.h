/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the reader was told of: threads, and what their descriptors are open on. Tables of fixed sizes, since an attacker decides
 * how much there is to know; what is forgotten is told again.
 */
#ifndef BULKHEAD_KNOWN_H
#define BULKHEAD_KNOWN_H

#include <stdbool.h>
#include <stdint.h>

struct known;

struct known_thread {
  uint32_t tid, pid;
  uint32_t programs; /* that it started so far, so that what was told of an old one's descriptors is not believed */
  uint32_t looked;   /* seconds since boot of the last look into /proc that found nothing; 0: it is known */
};

/* NULL with errno. */
struct known *known_open(void);
void known_close(struct known *known);
/* Nothing is known any more: another reader. */
void known_clear(struct known *known);

/* NULL where it is not known. Valid until the next call. */
struct known_thread *known_find(struct known *known, uint32_t tid);
/* Known from now on; NULL where the table is full: then it is told each time. */
struct known_thread *known_add(struct known *known, uint32_t tid, uint32_t pid);
void known_remove(struct known *known, uint32_t tid);
uint32_t known_count(const struct known *known);

/* True where this was not what was told last of the number; from then on it is. */
bool known_descriptor_changed(struct known *known, uint32_t pid, int32_t fd, uint64_t fact);
void known_descriptor_forget(struct known *known, uint32_t pid, int32_t fd);

/* A number for some bytes; not one that an attacker could not find a second text for. */
uint64_t known_mix(uint64_t so_far, const void *bytes, uint32_t length);

#endif
