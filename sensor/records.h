/* SPDX-License-Identifier: Apache-2.0 */
/* Converts raw records that were written to a file: what tests and fuzzers feed the encoder with. */
#ifndef BULKHEAD_RECORDS_H
#define BULKHEAD_RECORDS_H

/* Frames to the descriptor. 0, or -1 with errno where the file cannot be read. */
int records_convert(const char *file, int descriptor);

#endif
