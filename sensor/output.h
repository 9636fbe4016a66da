/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where frames go: a buffer of a fixed size that a thread of its own writes to the reader, so that whoever fills it never
 * waits. What the buffer has no room for is dropped, counted by its kind, and told by `lost` frames as soon as there is.
 */
#ifndef BULKHEAD_OUTPUT_H
#define BULKHEAD_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output;

/* Starts to write to a descriptor, from the stream's header on. NULL with errno. */
struct output *output_open(int descriptor, size_t bytes);

/* Appends one whole record; false where it was dropped, and counted. Marks are added by themselves. */
bool output_put(struct output *output, const uint8_t *record, size_t length);

/* Room for records of no consequence (seeds): true while less than half of the buffer is used. */
bool output_roomy(const struct output *output);

/* Tells the writer that there is something; call it after a batch. Tells what was lost meanwhile. */
void output_flush(struct output *output);

/* True once the reader is gone: nothing that is put from then on reaches anybody. */
bool output_broken(const struct output *output);

/* Bytes that wait, and records that were dropped so far. */
size_t output_waiting(const struct output *output);
uint64_t output_dropped(const struct output *output);
uint64_t output_records(const struct output *output);

/* Waits until there is room for all that was dropped to be told, at most so long, and tells it. */
void output_settle(struct output *output, int milliseconds);

/* Waits until all is written, at most so long, and frees it. True where all was. */
bool output_close(struct output *output, int milliseconds);

#endif
