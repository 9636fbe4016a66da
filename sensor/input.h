/* SPDX-License-Identifier: Apache-2.0 */
/* Lines of control as they come in. */
#ifndef BULKHEAD_INPUT_H
#define BULKHEAD_INPUT_H

#include <stdbool.h>
#include <stddef.h>

struct sensor;

struct input {
  int descriptor; /* -1: it has ended */
  size_t length;
  bool too_long; /* up to the next end of a line */
  char bytes[64 * 1024 + 1];
};

/* Reads what there is, and obeys it. */
void input_read(struct input *input, struct sensor *sensor);

#endif
