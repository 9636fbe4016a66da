/* SPDX-License-Identifier: Apache-2.0 */
/* The scout's work where there is no BPF: the start of a program, as far as /proc has it a moment later. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "encode.h"
#include "frames.h"
#include "proc.h"
#include "record.h"
#include "seed-parts.h"

enum { WRITABLE = 1, MEMFD = 4 };

static uint8_t scratch[SCOUT_BYTES - sizeof(struct scout_message)];

static void put_text(struct frame *frame, const char *text, long length) {
  if (length < 0) {
    frame_absent(frame);
    return;
  }
  frame_more(frame, text, (size_t)length);
  frame_more(frame, "", 1);
  frame_done(frame);
}

static void put_link(struct frame *frame, uint32_t pid, const char *file) {
  char path[PATH_BYTES + 1];
  put_text(frame, path, proc_link(pid, file, path, sizeof path));
}

static void put_arguments(struct frame *frame, uint32_t pid) {
  char text[ARGUMENTS_BYTES];
  long length = proc_read(pid, "cmdline", text, sizeof text);
  if (length <= 0) {
    frame_absent(frame);
    frame_absent(frame);
    return;
  }
  size_t first = strnlen(text, (size_t)length);
  put_text(frame, text, (long)first);
  size_t rest = first + 1 < (size_t)length ? (size_t)length - first - 1 : 0;
  frame_more(frame, text + first + (rest > 0), rest);
  frame_done(frame);
}

static void put(struct frame *frame, uint64_t value, size_t size) {
  frame_value(frame, &value, size);
}

static void put_absent(struct frame *frame, size_t count) {
  while (count-- > 0) frame_absent(frame);
}

static uint64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

bool seed_program(struct scout_side *side, uint32_t pid) {
  struct proc_status status;
  struct proc_stat stat;
  if (!proc_read_status(pid, &status) || !proc_read_stat(status.pid, status.pid, &stat)) return false;
  char exe[PATH_BYTES + 1], link[48], text[ENVIRONMENT_BYTES];
  long length = proc_link(pid, "exe", exe, sizeof exe);
  if (length <= 0) return false;
  snprintf(link, sizeof link, "/proc/%u/exe", pid);
  struct statx about = {0};
  bool known = statx(AT_FDCWD, link, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &about) == 0;
  uint64_t flags = strncmp(exe, "/memfd:", 7) == 0 ? MEMFD : 0;
  if (known && seed_may_write(&about, &status)) flags |= WRITABLE;
  struct frame frame;
  frame_begin_event(&frame, scratch, sizeof scratch, now(), status.pid, EVENT_execve, 0, execve__filename + 1);
  put(&frame, 0, 8);
  put_arguments(&frame, pid);
  put(&frame, status.pid, 8);
  put(&frame, status.pid, 8);
  put(&frame, stat.parent, 8);
  put_link(&frame, pid, "cwd");
  /* Limit of descriptors, faults, sizes. */
  put_absent(&frame, execve__comm - execve__fdlimit);
  put_text(&frame, stat.comm, (long)strlen(stat.comm));
  length = seed_cgroups(pid, text, sizeof text);
  if (length > 0) frame_value(&frame, text, (size_t)length);
  else frame_absent(&frame);
  length = proc_read(pid, "environ", text, sizeof text);
  if (length > 0) frame_value(&frame, text, (size_t)length);
  else frame_absent(&frame);
  put(&frame, stat.tty, 4);
  put(&frame, status.vpgid, 8);
  put(&frame, seed_login(pid), 4);
  put(&frame, flags, 4);
  put(&frame, status.inheritable, 8);
  put(&frame, status.permitted, 8);
  put(&frame, status.effective, 8);
  put(&frame, about.stx_ino, 8);
  put(&frame, (uint64_t)about.stx_ctime.tv_sec * 1000000000 + about.stx_ctime.tv_nsec, 8);
  put(&frame, (uint64_t)about.stx_mtime.tv_sec * 1000000000 + about.stx_mtime.tv_nsec, 8);
  put(&frame, status.uid, 4);
  put_text(&frame, exe, (long)strlen(exe));
  put(&frame, stat.pgid, 8);
  put(&frame, status.gid, 4);
  scout_say_frame(side, status.pid, status.pid, scratch, frame_end(&frame));
  return true;
}
