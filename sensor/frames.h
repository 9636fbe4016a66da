/* SPDX-License-Identifier: Apache-2.0 */
/* Makes records of frames (docs/sensor-frames.md) in a buffer that the caller has. What does not fit is left out, whole. */
#ifndef BULKHEAD_FRAMES_H
#define BULKHEAD_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "table.generated.h"

#define FRAMES_MAJOR 1
#define FRAMES_MINOR 1

/* Longest value of a field or a parameter. */
#define MOST_VALUE 0xfffe

struct frame {
  uint8_t *bytes;
  size_t size, at;
  /* Of an event: the next parameter, and how many it has. */
  uint32_t parameter, parameters;
  /* Something did not fit. */
  bool short_of_room;
};

/* A record of fields. The buffer holds 64 bytes at least. */
void frame_begin(struct frame *frame, uint8_t *bytes, size_t size, enum frame_kind kind);
void frame_bytes(struct frame *frame, uint16_t field, const void *bytes, size_t length);
void frame_text(struct frame *frame, uint16_t field, const char *text);
void frame_number(struct frame *frame, uint16_t field, uint64_t value);

/* An event, with as many parameters as its type has; the buffer holds 24 bytes and 2 for each of them at least. */
void frame_begin_event(
    struct frame *frame, uint8_t *bytes, size_t size, uint64_t time, uint32_t thread, uint16_t code, uint16_t processor,
    uint32_t parameters);
/* The next parameter. */
void frame_value(struct frame *frame, const void *bytes, size_t length);
void frame_absent(struct frame *frame);
/* In parts: `frame_more` as often as there is something, then `frame_done`. */
void frame_more(struct frame *frame, const void *bytes, size_t length);
void frame_done(struct frame *frame);

/* Fills it up to a multiple of eight and states its length, which is returned. */
size_t frame_end(struct frame *frame);

#endif
