/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * generator [OPTION=VALUE...]: makes system calls at a rate, on one processor, and counts what it made: what the sensor has to
 * account for.
 *
 *   call=openat|getppid   what is called (openat)
 *   path=PATH             what openat opens, and closes (/dev/null); a path that is not there costs no close
 *   rate=N                calls a second; 0: as fast as it goes (0)
 *   seconds=N             for how long (10)
 *   count=N               or how many; 0: by the time (0)
 *   cpu=N                 the processor it stays on; -1: any (-1)
 *   wait=0|1              1: begins once a line comes on standard input (0)
 *
 * At its end it prints one line: `made N failed N seconds S nanoseconds-a-call N`.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

static const char *valueOf(const char *word, const char *name) {
  size_t length = strlen(name);
  return strncmp(word, name, length) == 0 && word[length] == '=' ? word + length + 1 : NULL;
}

int main(int count, char **words) {
  const char *call = "openat", *path = "/dev/null";
  uint64_t rate = 0, seconds = 10, wanted = 0;
  int cpu = -1, waits = 0;
  for (int at = 1; at < count; at += 1) {
    const char *value;
    if ((value = valueOf(words[at], "call"))) call = value;
    else if ((value = valueOf(words[at], "path"))) path = value;
    else if ((value = valueOf(words[at], "rate"))) rate = strtoull(value, NULL, 10);
    else if ((value = valueOf(words[at], "seconds"))) seconds = strtoull(value, NULL, 10);
    else if ((value = valueOf(words[at], "count"))) wanted = strtoull(value, NULL, 10);
    else if ((value = valueOf(words[at], "cpu"))) cpu = atoi(value);
    else if ((value = valueOf(words[at], "wait"))) waits = atoi(value);
    else {
      fprintf(stderr, "generator: unknown option %s\n", words[at]);
      return 64;
    }
  }
  if (cpu >= 0) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)cpu, &set);
    if (sched_setaffinity(0, sizeof set, &set) != 0) perror("generator: sched_setaffinity");
  }
  int opens = strcmp(call, "openat") == 0;
  if (waits && getchar() == EOF) return 1;

  uint64_t begun = now(), made = 0, failed = 0, time = begun;
  uint64_t ends = wanted > 0 ? UINT64_MAX : begun + seconds * 1000000000u;
  while (time < ends && (wanted == 0 || made < wanted)) {
    /* The clock is read in the vDSO: no system call, but not for free. */
    unsigned burst = 64;
    if (wanted > 0 && wanted - made < burst) burst = (unsigned)(wanted - made);
    for (unsigned one = 0; one < burst; one += 1) {
      if (!opens) {
        syscall(SYS_getppid);
        continue;
      }
      long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
      if (fd < 0) failed += 1;
      else syscall(SYS_close, fd);
    }
    made += burst;
    time = now();
    if (rate == 0) continue;
    uint64_t due = begun + made * 1000000000u / rate;
    while (due > time + 200000) {
      struct timespec pause = {.tv_nsec = 100000};
      nanosleep(&pause, NULL);
      time = now();
    }
    while (time < due) time = now();
  }
  double took = (double)(now() - begun) / 1e9;
  printf("made %llu failed %llu seconds %.3f nanoseconds-a-call %.1f\n", (unsigned long long)made,
         (unsigned long long)failed, took, took * 1e9 / (double)(made == 0 ? 1 : made));
  return 0;
}
