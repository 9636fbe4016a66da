/* SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "sensor.h"

/* Each whole line; what is left moves to the front. */
static void lines(struct input *input, struct sensor *sensor) {
  char *at = input->bytes, *end;
  size_t left = input->length;
  while ((end = memchr(at, '\n', left)) != NULL) {
    *end = 0;
    if (input->too_long) input->too_long = false;
    else control_line(sensor, at);
    left -= (size_t)(end + 1 - at);
    at = end + 1;
  }
  if (left >= sizeof input->bytes - 1) {
    if (!input->too_long) sensor_tell_answer(sensor, 0, false, "a line has 64 KiB at most");
    input->too_long = true;
    left = 0;
  }
  memmove(input->bytes, at, left);
  input->length = left;
}

void input_read(struct input *input, struct sensor *sensor) {
  ssize_t got = read(input->descriptor, input->bytes + input->length, sizeof input->bytes - 1 - input->length);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    input->descriptor = -1;
    return;
  }
  input->length += (size_t)got;
  lines(input, sensor);
}
