/* SPDX-License-Identifier: Apache-2.0 */
/* Commands (docs/sensor-control.md): words with one blank between them, the first one a number that the answer repeats. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proc.h"
#include "sensor.h"

enum { MOST_WORDS = 5 };

static bool number(const char *word, uint64_t most, uint64_t *value) {
  if (word == NULL || *word < '0' || *word > '9' || strlen(word) > 20) return false;
  char *end;
  errno = 0;
  *value = strtoull(word, &end, 10);
  return errno == 0 && *end == 0 && *value <= most;
}

static bool on_or_off(const char *word, const char *on, const char *off, bool *value) {
  if (word == NULL) return false;
  *value = strcmp(word, on) == 0;
  return *value || strcmp(word, off) == 0;
}

static void tell_one(void *context, const struct kernel_used *used) {
  struct sensor *sensor = context;
  const char *path = cgroups_path(sensor->encoder.cgroups, used->cgroup);
  struct frame frame;
  sensor_begin(sensor, &frame, FRAME_USED);
  frame_text(&frame, USED_CGROUP, path == NULL ? "" : path);
  frame_number(&frame, USED_ID, used->cgroup);
  frame_number(&frame, USED_SINCE, sensor->encoder.booted + used->since);
  frame_number(&frame, USED_WHOLE, used->whole);
  frame_bytes(&frame, USED_SYSCALLS, used->syscalls, sizeof used->syscalls);
  frame_number(&frame, USED_CAPABILITIES, used->capabilities);
  frame_number(&frame, USED_REFUSED, used->refused);
  sensor_tell(sensor, &frame);
}

int sensor_tell_used(struct sensor *sensor) {
  return kernel_used(sensor->kernel, tell_one, sensor);
}

/* The text that is the answer of a command that failed. */
static char why_not[160];

/*
 * The process is held by a descriptor before its start is compared, so that its number cannot become another one's meanwhile.
 * `started` is when it was started, or with `before` a time since 1970 at which it was there already.
 */
static const char *kill_process(struct sensor *sensor, uint64_t pid, uint64_t started, bool before, uint64_t signal) {
  if (pid == 1 || pid == (uint64_t)getpid()) return "this process is never ended";
  int process = (int)syscall(SYS_pidfd_open, (pid_t)pid, 0);
  if (process < 0 && errno == ESRCH) {
    snprintf(why_not, sizeof why_not, "gone: no process %llu", (unsigned long long)pid);
    return why_not;
  }
  if (process < 0) return strerror(errno);
  struct proc_stat stat;
  uint64_t tick = proc_tick();
  const char *why = NULL;
  bool same = proc_read_stat((uint32_t)pid, (uint32_t)pid, &stat) &&
      (before ? sensor->encoder.booted + stat.started <= started + tick : stat.started / tick == started / tick);
  if (!same) {
    snprintf(why_not, sizeof why_not, "gone: process %llu started later", (unsigned long long)pid);
    why = why_not;
  } else if (syscall(SYS_pidfd_send_signal, process, (int)signal, NULL, 0) != 0) {
    snprintf(why_not, sizeof why_not, errno == ESRCH ? "gone: no process %llu" : "process %llu: the kernel refused it", (unsigned long long)pid);
    why = why_not;
  }
  close(process);
  return why;
}

static const char *of_kernel(int done) {
  return done == 0 ? NULL : kernel_why();
}

/* NULL where it was done, else why not. */
static const char *obey(struct sensor *sensor, char *words[], size_t count) {
  const char *what = words[0];
  uint64_t first, second, third;
  bool on;
  if (strcmp(what, "metrics") == 0 && count == 1) {
    sensor_tell_losses(sensor);
    sensor_tell_metrics(sensor);
    return NULL;
  }
  if (strcmp(what, "end") == 0 && count == 1) {
    sensor->ending = true;
    return NULL;
  }
  if (strcmp(what, "kill") == 0 && count == 4) {
    on = strncmp(words[2], "before:", 7) == 0;
    if (!number(words[1], INT32_MAX, &first) || first == 0 || !number(words[2] + (on ? 7 : 0), UINT64_MAX, &second) ||
        !number(words[3], 64, &third) || third == 0)
      return "kill takes a process, when it started, and a signal";
    return kill_process(sensor, first, second, on, third);
  }
  if (strcmp(what, "thread") == 0 && count == 2) {
    if (!number(words[1], INT32_MAX, &first) || first == 0) return "thread takes a number";
    if (sensor->scout == NULL || !scout_ask(sensor->scout, SCOUT_THREAD, (uint32_t)first, 0, NULL)) return "too much to look up";
    return NULL;
  }
  if (strcmp(what, "hooks") == 0 && count <= 2) {
    int done = sensor_hooks(sensor, count == 2 ? words[1] : NULL);
    const char *why = done == 0 ? NULL : sensor->kernel == NULL ? "there is no BPF here" : kernel_why();
    sensor_tell_kernel_missing(sensor);
    return why;
  }
  static const char *const of_bpf[] = {"denied", "scope", "learn", "used", "protect"};
  bool known = false;
  for (size_t at = 0; at < sizeof of_bpf / sizeof *of_bpf; at++) known |= strcmp(what, of_bpf[at]) == 0;
  if (!known) return "no such command";
  if (sensor->kernel == NULL) return "it needs BPF, which does not work here";
  const char *why = "its words are not those that it takes";
  if (strcmp(what, "denied") == 0 && count == 2 && on_or_off(words[1], "on", "off", &on)) {
    why = of_kernel(kernel_denied(sensor->kernel, on));
  } else if (strcmp(what, "scope") == 0 && count == 2 && on_or_off(words[1], "containers", "all", &on)) {
    why = of_kernel(kernel_scope(sensor->kernel, on));
  } else if (strcmp(what, "learn") == 0 && count == 2 && on_or_off(words[1], "on", "off", &on)) {
    /* What was noted so far goes with it. */
    if (sensor->learning && !on) sensor_tell_used(sensor);
    why = of_kernel(kernel_learn(sensor->kernel, on));
    if (why == NULL) sensor->learning = on;
  } else if (strcmp(what, "used") == 0 && count == 1) {
    why = of_kernel(sensor_tell_used(sensor));
  } else if (strcmp(what, "protect") == 0 && count == 3 && number(words[1], UINT64_MAX, &first) && on_or_off(words[2], "on", "off", &on)) {
    why = of_kernel(kernel_protect(sensor->kernel, first, on));
  }
  sensor_tell_kernel_missing(sensor);
  return why;
}

void control_line(struct sensor *sensor, char *line) {
  char *words[MOST_WORDS + 1];
  size_t count = 0;
  for (char *word = line; word != NULL && count <= MOST_WORDS;) {
    char *blank = strchr(word, ' ');
    if (blank != NULL) *blank++ = 0;
    words[count++] = word;
    word = blank;
  }
  uint64_t command;
  if (count == 0 || !number(words[0], UINT64_MAX, &command)) {
    sensor_tell_answer(sensor, 0, false, "a command begins with a number");
    return;
  }
  const char *why = count < 2 || count > MOST_WORDS ? "its words are not those that it takes" : obey(sensor, words + 1, count - 1);
  sensor_tell_answer(sensor, command, why == NULL, why);
}
