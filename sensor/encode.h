/* SPDX-License-Identifier: Apache-2.0 */
/* Makes frames of records: events, and the descriptors that they are about where those are not what was told last. */
#ifndef BULKHEAD_ENCODE_H
#define BULKHEAD_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cgroups.h"
#include "frames.h"
#include "known.h"
#include "output.h"
#include "record.h"

/* Bytes of one frame at most: a record, in which no text is told more than twice, and what the loader adds. */
#define FRAME_BYTES (4 * RECORD_BYTES)

/* Descriptor that is told where nobody knows yet which one it will be: of opens by io_uring. */
#define DESCRIPTOR_UNKNOWN 0x7fffffff

struct encoder {
  struct output *output;
  struct known *known;
  struct cgroups *cgroups;
  uint64_t booted; /* nanoseconds since 1970 */
  /* Asks for a thread that the reader does not know; NULL: nobody looks. */
  void (*look_up)(void *context, uint32_t tid, uint32_t pid);
  /* A program was started, and maybe a container with it. */
  void (*started)(void *context, uint32_t pid, uint64_t cgroup);
  void *context;
  /* Records of a form that is not known, and what did not fit into a frame. */
  uint64_t broken, cut;
  uint64_t events;
  uint8_t frame[FRAME_BYTES];
};

/* Takes a record of `size` bytes, which nobody has to have checked. */
void encode_record(struct encoder *encoder, const struct record *record, size_t size);

/* Number of a device as programs see it, from the kernel's own. */
uint32_t encode_device(uint32_t device);

/* Flags of an open file as events have them. */
uint32_t encode_open_flags(uint64_t flags);

/* As frames name it: by the mode of its inode, the family of its socket, the name of what is no file. */
const char *descriptor_kind(uint32_t mode, uint16_t family, const char *name, size_t length);

/* Name of a system call by its number; NULL for one that is not known. */
const char *encode_call_name(uint32_t number);

/* True for the name of a system call of this architecture. */
bool encode_is_call(const char *name);

#endif
