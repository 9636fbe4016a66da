/* SPDX-License-Identifier: Apache-2.0 */
/* Converts raw records of a file to frames on its output: what tests and fuzzers feed the encoder with. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../encode.h"

/* Time that such records are counted from: nobody knows when that machine was started. */
enum { BOOTED = 1700000000 };

static void tell_lost(struct encoder *encoder, const char *reason, uint64_t count) {
  if (count == 0) return;
  uint8_t bytes[256];
  struct frame frame;
  frame_begin(&frame, bytes, sizeof bytes, FRAME_LOST);
  frame_text(&frame, LOST_REASON, reason);
  frame_number(&frame, LOST_COUNT, count);
  output_put(encoder->output, bytes, frame_end(&frame));
}

/* A record's size comes first; one that cannot be ends what can be read of the file. */
static void convert(struct encoder *encoder, FILE *from) {
  static union {
    struct record record;
    uint8_t bytes[RECORD_BYTES];
  } one;
  while (fread(&one.record.size, sizeof one.record.size, 1, from) == 1) {
    uint32_t size = one.record.size;
    if (size < sizeof size || size > sizeof one.bytes) {
      encoder->broken += 1;
      return;
    }
    size_t got = fread(one.bytes + sizeof size, 1, size - sizeof size, from);
    /* On the heap, so that a read past its end is seen by whoever looks for such. */
    void *copy = malloc(sizeof size + got);
    if (copy == NULL) return;
    memcpy(copy, one.bytes, sizeof size + got);
    encode_record(encoder, copy, sizeof size + got);
    free(copy);
    while (!output_roomy(encoder->output) && !output_broken(encoder->output)) output_flush(encoder->output);
  }
}

int main(int count, char **words) {
  FILE *from = count == 2 ? fopen(words[1], "re") : NULL;
  struct encoder *encoder = calloc(1, sizeof *encoder);
  if (from == NULL || encoder == NULL) return 2;
  encoder->booted = (uint64_t)BOOTED * 1000000000;
  encoder->output = output_open(STDOUT_FILENO, 1 << 20);
  encoder->known = known_open();
  encoder->cgroups = cgroups_open(false);
  if (encoder->output == NULL || encoder->known == NULL || encoder->cgroups == NULL) return 2;
  convert(encoder, from);
  tell_lost(encoder, "records of no known form", encoder->broken);
  tell_lost(encoder, "parts of records that fit into no frame", encoder->cut);
  uint8_t bytes[64];
  struct frame frame;
  frame_begin(&frame, bytes, sizeof bytes, FRAME_END);
  output_put(encoder->output, bytes, frame_end(&frame));
  bool whole = output_close(encoder->output, 60000);
  known_close(encoder->known);
  cgroups_close(encoder->cgroups);
  free(encoder);
  fclose(from);
  return whole ? 0 : 1;
}
