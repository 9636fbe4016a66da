/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the encoder share. */
#ifndef BULKHEAD_ENCODE_PARTS_H
#define BULKHEAD_ENCODE_PARTS_H

#include "encode.h"

enum form { NO_FORM, NUMBER_1, NUMBER_2, NUMBER_4, NUMBER_8, SIGNED_1, SIGNED_2, SIGNED_4, SIGNED_8, TEXT, BYTES };

struct event_type {
  const char *name;
  uint8_t parameters, makes; /* makes: a descriptor */
  uint8_t forms[MOST_PARAMETERS];
};

/* By code. */
extern const struct event_type event_types[CODES];

enum { ROLES = 32, MOST_DESCRIPTORS = 8 };

struct texts {
  const struct text *by_role[ROLES];
  /* Further descriptors of the call, each with its path. */
  struct record_descriptor descriptor[MOST_DESCRIPTORS];
  const struct text *path[MOST_DESCRIPTORS];
  size_t descriptors;
};

bool texts_of(struct texts *texts, const struct record *record, size_t size, size_t body);
void begin_event(struct encoder *encoder, struct frame *frame, const struct record *record, uint32_t tid, uint16_t code);
/* False where the reader does not get it. */
bool end_frame(struct encoder *encoder, struct frame *frame);
void put_text(struct frame *frame, const struct text *text);
void put_number(struct frame *frame, uint8_t form, uint64_t value);
void put_arguments(struct frame *frame, const struct text *text);
void put_cgroup(struct encoder *encoder, struct frame *frame, uint64_t id);

/* Ends of system calls, and what io_uring was handed. */
void encode_call(struct encoder *encoder, const struct record_syscall *call, const struct texts *texts);

/* Tells the descriptors that a call is about, where they are not what was told last. */
void encode_descriptors(
    struct encoder *encoder, const struct record_syscall *call, const struct texts *texts, uint16_t code);

/* Values of events for those of the kernel. */
uint64_t encode_as(uint8_t as, uint64_t value);
uint32_t encode_clone_flags(uint64_t flags);

struct call {
  const char *name;
  uint16_t id, code;
};

/* NULL for a number that is not known. */
const struct call *call_of(uint32_t number);

/* A socket's address as parameters have it: family, address, port. False where it is none of those that they know. */
void put_address(struct frame *frame, const struct text *text);

#endif
