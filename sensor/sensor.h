/* SPDX-License-Identifier: Apache-2.0 */
/* The sensor as it runs: the kernel's records on one side, a reader on the other. One thread, beside the output's own. */
#ifndef BULKHEAD_SENSOR_H
#define BULKHEAD_SENSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "encode.h"
#include "kernel.h"
#include "scout.h"

#define SENSOR_VERSION "1.1"

enum { MOST_HOOKS = 512, NAME_BYTES = 48 };

enum { EXIT_READER_GONE = 1, EXIT_NOT_STARTED = 2, EXIT_NO_BPF = 3, EXIT_USAGE = 64 };

struct options {
  unsigned ring_mib;
  unsigned buffer_mib;
  unsigned metrics_seconds;
  bool containers_only;
  bool denied;
  bool without_bpf;
  const char *hooks; /* names with commas between them; NULL: those that rules look at */
  const char *socket;
  uid_t socket_user;
  pid_t own[8];
  size_t owns;
};

struct fallback;

struct hook_told {
  char name[NAME_BYTES];
  uint64_t dropped[DROP_REASONS];
};

struct sensor {
  struct options options;
  struct encoder encoder;
  struct kernel *kernel;     /* NULL: without BPF */
  struct fallback *fallback; /* in its place */
  struct containers *containers;
  uint32_t passed_over; /* the thread that the scout tells of, and that is known already */
  struct scout *scout; /* NULL: nobody looks into /proc */
  bool of_host;     /* it sees the host's processes by the host's numbers */
  int signals;      /* readable once it was told to end by a signal */
  bool ending;      /* was told to end */
  bool learning;
  uint64_t lookups; /* threads that were looked up because of an event, and of them those that were gone */
  uint64_t lookups_failed, lookups_left;
  /* How many may be made until the next second. */
  uint32_t lookups_now;
  uint64_t lookups_second;
  struct hook_told told[MOST_HOOKS];
  size_t tolds;
  size_t missing_told;
  uint64_t broken_told, cut_told;
};

uint64_t sensor_boot_nanoseconds(void);

/* Whole frames of a few fields. */
void sensor_tell(struct sensor *sensor, struct frame *frame);
void sensor_begin(struct sensor *sensor, struct frame *frame, enum frame_kind kind);
void sensor_tell_lost(struct sensor *sensor, const char *reason, uint64_t count);
void sensor_tell_missing(struct sensor *sensor, const char *what, const char *why);
void sensor_tell_metric(struct sensor *sensor, const char *name, uint64_t value);
void sensor_tell_answer(struct sensor *sensor, uint64_t command, bool done, const char *why);

/* What the kernel could not keep since it was last told; all that it measured; what it lacks. */
void sensor_tell_losses(struct sensor *sensor);
void sensor_tell_metrics(struct sensor *sensor);
void sensor_tell_kernel_missing(struct sensor *sensor);

/* What processes have used of the kernel so far, by cgroup: those that are gone are told for the last time. */
int sensor_tell_used(struct sensor *sensor);

/* Attaches to these and no others: names with commas between them, which it changes. */
int sensor_hooks(struct sensor *sensor, char *names);

/* One line of control, without its end. */
void control_line(struct sensor *sensor, char *line);

/* The host: its names and addresses. */
void tell_machine(struct sensor *sensor);

/* Runs until it is told to end, or its reader is gone. The program's exit code. */
int sensor_run(const struct options *options);

#endif
