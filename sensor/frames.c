/* SPDX-License-Identifier: Apache-2.0 */
#include "frames.h"

#include <string.h>

enum { HEADER = 8, EVENT_HEADER = 24, ABSENT = 0xffff };

/* Everything is little-endian, as the machines are that it runs on. */
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "frames are little-endian, and so must the machine be"
#endif

void frame_begin(struct frame *frame, uint8_t *bytes, size_t size, enum frame_kind kind) {
  *frame = (struct frame){.bytes = bytes, .size = size & ~(size_t)7, .at = HEADER};
  memset(bytes, 0, HEADER);
  bytes[4] = (uint8_t)kind;
}

void frame_bytes(struct frame *frame, uint16_t field, const void *bytes, size_t length) {
  if (length > MOST_VALUE) length = MOST_VALUE;
  if (frame->size - frame->at < length + 4) {
    frame->short_of_room = true;
    return;
  }
  uint16_t head[2] = {field, (uint16_t)length};
  memcpy(frame->bytes + frame->at, head, sizeof head);
  if (length > 0) memcpy(frame->bytes + frame->at + sizeof head, bytes, length);
  frame->at += sizeof head + length;
}

void frame_text(struct frame *frame, uint16_t field, const char *text) {
  frame_bytes(frame, field, text, strlen(text));
}

void frame_number(struct frame *frame, uint16_t field, uint64_t value) {
  size_t length = value <= 0xff ? 1 : value <= 0xffff ? 2 : value <= 0xffffffff ? 4 : 8;
  frame_bytes(frame, field, &value, length);
}

void frame_begin_event(
    struct frame *frame, uint8_t *bytes, size_t size, uint64_t time, uint32_t thread, uint16_t code, uint16_t processor,
    uint32_t parameters) {
  *frame = (struct frame){.bytes = bytes, .size = size & ~(size_t)7, .parameters = parameters};
  frame->at = EVENT_HEADER + 2 * (size_t)parameters;
  memset(bytes, 0, HEADER);
  bytes[4] = FRAME_EVENT;
  memcpy(bytes + 6, &processor, sizeof processor);
  memcpy(bytes + 8, &time, sizeof time);
  memcpy(bytes + 16, &thread, sizeof thread);
  memcpy(bytes + 20, &code, sizeof code);
  uint16_t count = (uint16_t)parameters;
  memcpy(bytes + 22, &count, sizeof count);
  /* Those that are never given are absent. */
  memset(bytes + EVENT_HEADER, 0xff, 2 * (size_t)parameters);
}

static uint8_t *length_of(struct frame *frame) {
  return frame->bytes + EVENT_HEADER + 2 * (size_t)frame->parameter;
}

void frame_value(struct frame *frame, const void *bytes, size_t length) {
  frame_more(frame, bytes, length);
  frame_done(frame);
}

void frame_more(struct frame *frame, const void *bytes, size_t length) {
  if (frame->parameter >= frame->parameters) return;
  uint16_t so_far;
  memcpy(&so_far, length_of(frame), sizeof so_far);
  if (so_far == ABSENT) so_far = 0;
  if (length > (size_t)MOST_VALUE - so_far) length = (size_t)MOST_VALUE - so_far;
  if (frame->size - frame->at < length) {
    frame->short_of_room = true;
    length = frame->size - frame->at;
  }
  if (length > 0) memcpy(frame->bytes + frame->at, bytes, length);
  frame->at += length;
  so_far = (uint16_t)(so_far + length);
  memcpy(length_of(frame), &so_far, sizeof so_far);
}

void frame_done(struct frame *frame) {
  frame->parameter += 1;
}

void frame_absent(struct frame *frame) {
  frame->parameter += 1;
}

size_t frame_end(struct frame *frame) {
  while ((frame->at & 7) != 0) frame->bytes[frame->at++] = 0;
  uint32_t length = (uint32_t)frame->at;
  memcpy(frame->bytes, &length, sizeof length);
  return frame->at;
}
