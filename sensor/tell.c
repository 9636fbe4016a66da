/* SPDX-License-Identifier: Apache-2.0 */
/* Frames that the sensor tells of itself. */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sensor.h"

void sensor_begin(struct sensor *sensor, struct frame *frame, enum frame_kind kind) {
  frame_begin(frame, sensor->encoder.frame, sizeof sensor->encoder.frame, kind);
}

void sensor_tell(struct sensor *sensor, struct frame *frame) {
  if (frame->short_of_room) sensor->encoder.cut += 1;
  output_put(sensor->encoder.output, frame->bytes, frame_end(frame));
}

void sensor_tell_lost(struct sensor *sensor, const char *reason, uint64_t count) {
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_LOST);
  frame_text(&frame, LOST_REASON, reason);
  frame_number(&frame, LOST_COUNT, count);
  sensor_tell(sensor, &frame);
}

void sensor_tell_missing(struct sensor *sensor, const char *what, const char *why) {
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_MISSING);
  frame_text(&frame, MISSING_WHAT, what);
  frame_text(&frame, MISSING_WHY, why);
  sensor_tell(sensor, &frame);
}

void sensor_tell_metric(struct sensor *sensor, const char *name, uint64_t value) {
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_METRIC);
  frame_text(&frame, METRIC_NAME, name);
  frame_number(&frame, METRIC_VALUE, value);
  sensor_tell(sensor, &frame);
}

void sensor_tell_answer(struct sensor *sensor, uint64_t command, bool done, const char *why) {
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_ANSWER);
  frame_number(&frame, ANSWER_COMMAND, command);
  frame_number(&frame, ANSWER_DONE, done);
  if (!done && why != NULL) frame_text(&frame, ANSWER_WHY, why);
  sensor_tell(sensor, &frame);
}

static void missing(void *context, const char *what, const char *why) {
  struct {
    struct sensor *sensor;
    size_t at;
  } *told = context;
  /* The list only grows. */
  if (told->at++ >= told->sensor->missing_told) sensor_tell_missing(told->sensor, what, why);
}

void sensor_tell_kernel_missing(struct sensor *sensor) {
  struct {
    struct sensor *sensor;
    size_t at;
  } told = {sensor, 0};
  if (sensor->kernel == NULL) return;
  kernel_missing(sensor->kernel, missing, &told);
  if (told.at > sensor->missing_told) sensor->missing_told = told.at;
}

static struct hook_told *told_of(struct sensor *sensor, const char *name) {
  for (size_t at = 0; at < sensor->tolds; at++) {
    if (strcmp(sensor->told[at].name, name) == 0) return &sensor->told[at];
  }
  if (sensor->tolds >= MOST_HOOKS) return NULL;
  struct hook_told *told = &sensor->told[sensor->tolds++];
  snprintf(told->name, sizeof told->name, "%s", name);
  return told;
}

static const char *const drop_reasons[DROP_REASONS] = {
    [DROP_RING] = "the ring had no room for",
    [DROP_NESTED] = "came while another was noted:",
    [DROP_MISSED] = "the kernel skipped:",
};

static struct kernel_stats stats;

void sensor_tell_losses(struct sensor *sensor) {
  if (sensor->kernel != NULL) {
    kernel_stats(sensor->kernel, &stats);
    for (size_t at = 0; at < stats.hooks; at++) {
      struct hook_told *told = told_of(sensor, stats.hook[at].name);
      for (size_t reason = 0; told != NULL && reason < DROP_REASONS; reason++) {
        uint64_t now = stats.hook[at].dropped[reason];
        if (now <= told->dropped[reason]) continue;
        char text[128];
        snprintf(text, sizeof text, "%s %s", drop_reasons[reason], told->name);
        sensor_tell_lost(sensor, text, now - told->dropped[reason]);
        told->dropped[reason] = now;
      }
    }
  }
  struct encoder *encoder = &sensor->encoder;
  uint64_t broken = encoder->broken + (sensor->kernel == NULL ? 0 : stats.broken);
  if (broken > sensor->broken_told) {
    sensor_tell_lost(sensor, "records of no known form", broken - sensor->broken_told);
    sensor->broken_told = broken;
  }
  if (encoder->cut > sensor->cut_told) {
    sensor_tell_lost(sensor, "parts of records that fit into no frame", encoder->cut - sensor->cut_told);
    sensor->cut_told = encoder->cut;
  }
}

void sensor_tell_metrics(struct sensor *sensor) {
  char name[128];
  if (sensor->kernel != NULL) {
    kernel_stats(sensor->kernel, &stats);
    for (size_t at = 0; at < stats.hooks; at++) {
      const struct kernel_hook_stats *hook = &stats.hook[at];
      if (hook->runs == 0) continue;
      snprintf(name, sizeof name, "hook %s runs", hook->name);
      sensor_tell_metric(sensor, name, hook->runs);
      snprintf(name, sizeof name, "hook %s nanoseconds", hook->name);
      sensor_tell_metric(sensor, name, hook->nanoseconds);
      snprintf(name, sizeof name, "hook %s records", hook->name);
      sensor_tell_metric(sensor, name, hook->records);
      uint64_t dropped = 0;
      for (size_t reason = 0; reason < DROP_REASONS; reason++) dropped += hook->dropped[reason];
      snprintf(name, sizeof name, "hook %s dropped", hook->name);
      sensor_tell_metric(sensor, name, dropped);
    }
    sensor_tell_metric(sensor, "ring bytes", stats.ring_size);
    sensor_tell_metric(sensor, "ring bytes used", stats.ring_used);
  }
  const struct encoder *encoder = &sensor->encoder;
  sensor_tell_metric(sensor, "events", encoder->events);
  sensor_tell_metric(sensor, "records written", output_records(encoder->output));
  sensor_tell_metric(sensor, "records dropped for the reader", output_dropped(encoder->output));
  sensor_tell_metric(sensor, "buffer bytes used", output_waiting(encoder->output));
  sensor_tell_metric(sensor, "threads known", known_count(encoder->known));
  sensor_tell_metric(sensor, "threads looked up", sensor->lookups);
  sensor_tell_metric(sensor, "threads looked up and not found", sensor->lookups_failed);
  sensor_tell_metric(sensor, "threads not looked up", sensor->lookups_left);
  if (sensor->scout != NULL) sensor_tell_metric(sensor, "looks into /proc that were given up", scout_stuck(sensor->scout));
  struct timespec used;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  sensor_tell_metric(sensor, "processor nanoseconds", (uint64_t)used.tv_sec * 1000000000 + (uint64_t)used.tv_nsec);
}
