/* SPDX-License-Identifier: Apache-2.0 */
/* What is seen without BPF: files that are executed and written to, by fanotify; the rest of it out of /proc. */
#ifndef BULKHEAD_FALLBACK_H
#define BULKHEAD_FALLBACK_H

#include <stdbool.h>

struct fallback;
struct sensor;

/* NULL with errno where fanotify does not work either. */
struct fallback *fallback_open(void);
void fallback_close(struct fallback *fallback);

/* Readable when there is something for fallback_read. */
int fallback_descriptor(const struct fallback *fallback);
/* Tells what came; programs a moment after they were started, when /proc has them. Call it every 50 ms as well. */
void fallback_read(struct fallback *fallback, struct sensor *sensor);
/* What cannot be seen this way. */
void fallback_tell_missing(struct sensor *sensor, const char *why);

#endif
