/* SPDX-License-Identifier: Apache-2.0 */
#include "fallback.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fanotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "sensor.h"

enum {
  PENDING = 1024,
  /* Until the new program's arguments are in its memory. */
  WAIT_NANOSECONDS = 3000000,
  EVENTS_AT_ONCE = 512,
  MOST_MOUNTS = 4096,
  MOST_KNOWN = 100000,
};

static const uint64_t watched = FAN_OPEN_EXEC | FAN_CLOSE_WRITE;

/* A process that opens a file to run it: the program, then its interpreter, one start in all. */
struct start {
  uint32_t pid;
  uint64_t due;
};

struct fallback {
  int group, mounts;
  size_t first, count;
  struct start pending[PENDING];
  uint64_t lost, told, queue_lost, queue_told;
};

static uint64_t nanoseconds(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* Every file system that is mounted here; those of containers are as well, where their runtime mounts them on the host. */
static size_t mark_mounts(struct fallback *fallback) {
  char line[8192];
  size_t marked = 0, seen = 0;
  lseek(fallback->mounts, 0, SEEK_SET);
  FILE *from = fopen("/proc/self/mountinfo", "re");
  if (from == NULL) return 0;
  while (fgets(line, sizeof line, from) != NULL && seen++ < MOST_MOUNTS) {
    /* The fifth word is where it is mounted; blanks in it are written as \040, and such are left. */
    char *at = line;
    for (size_t word = 0; word < 4 && at != NULL; word++) {
      at = strchr(at, ' ');
      if (at != NULL) at += 1;
    }
    if (at == NULL) continue;
    at[strcspn(at, " \n")] = 0;
    if (strchr(at, '\\') != NULL) continue;
    if (fanotify_mark(fallback->group, FAN_MARK_ADD | FAN_MARK_FILESYSTEM, watched, AT_FDCWD, at) == 0) marked += 1;
  }
  fclose(from);
  return marked;
}

struct fallback *fallback_open(void) {
  struct fallback *fallback = calloc(1, sizeof *fallback);
  if (fallback == NULL) return NULL;
  fallback->group = fanotify_init(FAN_CLASS_NOTIF | FAN_CLOEXEC | FAN_NONBLOCK, O_RDONLY | O_LARGEFILE | O_CLOEXEC | O_NOATIME);
  fallback->mounts = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
  if (fallback->group >= 0 && fallback->mounts >= 0 && mark_mounts(fallback) > 0) return fallback;
  int error = errno;
  fallback_close(fallback);
  errno = error;
  return NULL;
}

void fallback_close(struct fallback *fallback) {
  if (fallback->group >= 0) close(fallback->group);
  if (fallback->mounts >= 0) close(fallback->mounts);
  free(fallback);
}

int fallback_descriptor(const struct fallback *fallback) {
  return fallback->group;
}

static void start_later(struct fallback *fallback, uint32_t pid) {
  uint64_t due = nanoseconds(CLOCK_MONOTONIC) + WAIT_NANOSECONDS;
  for (size_t at = 0; at < fallback->count; at++) {
    if (fallback->pending[(fallback->first + at) % PENDING].pid == pid) return;
  }
  if (fallback->count == PENDING) {
    fallback->lost += 1;
    return;
  }
  fallback->pending[(fallback->first + fallback->count++) % PENDING] = (struct start){pid, due};
}

/* Somebody wrote to a file and closed it: told as an open for writing, whose flags and descriptor nobody knows. */
static void tell_write(struct sensor *sensor, uint32_t pid, const char *path, size_t length) {
  struct encoder *encoder = &sensor->encoder;
  if (known_find(encoder->known, pid) == NULL) encoder->look_up(encoder->context, pid, pid);
  struct frame frame;
  frame_begin_event(&frame, encoder->frame, sizeof encoder->frame, nanoseconds(CLOCK_REALTIME), pid, EVENT_openat, 0, openat__mode + 1);
  int64_t fd = DESCRIPTOR_UNKNOWN, here = AT_FDCWD;
  uint32_t flags = encode_open_flags(O_WRONLY), mode = 0;
  frame_value(&frame, &fd, sizeof fd);
  frame_value(&frame, &here, sizeof here);
  frame_more(&frame, path, length);
  frame_more(&frame, "", 1);
  frame_done(&frame);
  frame_value(&frame, &flags, sizeof flags);
  frame_value(&frame, &mode, sizeof mode);
  encoder->events += 1;
  output_put(encoder->output, frame.bytes, frame_end(&frame));
}

static bool is_own(const struct sensor *sensor, pid_t pid) {
  if (pid <= 0 || pid == getpid() || (sensor->scout != NULL && pid == scout_pid(sensor->scout))) return true;
  for (size_t at = 0; at < sensor->options.owns; at++) {
    if (sensor->options.own[at] == pid) return true;
  }
  return false;
}

static void one(struct fallback *fallback, struct sensor *sensor, const struct fanotify_event_metadata *event) {
  if ((event->mask & FAN_Q_OVERFLOW) != 0) fallback->queue_lost += 1;
  if (event->fd < 0) return;
  if (!is_own(sensor, event->pid)) {
    if ((event->mask & FAN_OPEN_EXEC) != 0) start_later(fallback, (uint32_t)event->pid);
    if ((event->mask & FAN_CLOSE_WRITE) != 0) {
      char link[48], path[PATH_BYTES + 1];
      snprintf(link, sizeof link, "/proc/self/fd/%d", event->fd);
      ssize_t length = readlink(link, path, sizeof path);
      if (length > 0 && path[0] == '/') tell_write(sensor, (uint32_t)event->pid, path, (size_t)length);
    }
  }
  close(event->fd);
}

void fallback_read(struct fallback *fallback, struct sensor *sensor) {
  static union {
    struct fanotify_event_metadata event;
    uint8_t bytes[EVENTS_AT_ONCE * sizeof(struct fanotify_event_metadata)];
  } in;
  ssize_t length = read(fallback->group, in.bytes, sizeof in.bytes);
  const struct fanotify_event_metadata *event = &in.event;
  for (ssize_t left = length; left > 0 && FAN_EVENT_OK(event, left); event = FAN_EVENT_NEXT(event, left)) one(fallback, sensor, event);
  uint64_t now = nanoseconds(CLOCK_MONOTONIC);
  while (fallback->count > 0 && fallback->pending[fallback->first].due <= now) {
    uint32_t pid = fallback->pending[fallback->first].pid;
    fallback->first = (fallback->first + 1) % PENDING;
    fallback->count -= 1;
    if (sensor->scout == NULL || !scout_ask(sensor->scout, SCOUT_PROGRAM, pid, pid, NULL)) fallback->lost += 1;
  }
  /* Nobody tells which of them have ended. */
  if (known_count(sensor->encoder.known) > MOST_KNOWN) known_clear(sensor->encoder.known);
  struct pollfd changed = {.fd = fallback->mounts, .events = POLLPRI};
  if (poll(&changed, 1, 0) > 0 && (changed.revents & POLLPRI) != 0) mark_mounts(fallback);
  if (fallback->lost > fallback->told) {
    sensor_tell_lost(sensor, "programs that nobody could look up in time", fallback->lost - fallback->told);
    fallback->told = fallback->lost;
  }
  if (fallback->queue_lost > fallback->queue_told) {
    /* The kernel does not say how many. */
    sensor_tell_lost(sensor, "times that the kernel's queue of file events was full", fallback->queue_lost - fallback->queue_told);
    fallback->queue_told = fallback->queue_lost;
  }
}

void fallback_tell_missing(struct sensor *sensor, const char *why) {
  char text[512];
  snprintf(text, sizeof text, "BPF does not work here (%s): starts of programs and writes to files alone are seen, by fanotify", why);
  static const char *const names[] = {"system calls", "clone", "procexit", "io_uring", "denied", "learning"};
  for (size_t at = 0; at < sizeof names / sizeof *names; at++) sensor_tell_missing(sensor, names[at], text);
  sensor_tell_missing(sensor, "execve", "programs that end within some milliseconds are not seen, nor those that failed to start");
}
