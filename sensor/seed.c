/* SPDX-License-Identifier: Apache-2.0 */
#include "seed-parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "encode.h"
#include "frames.h"
#include "record.h"
#include "sockets.h"

enum {
  MOST_THREADS_OF_ONE = 4096,
  MOST_DESCRIPTORS_OF_ONE = 4096,
  CGROUPS_BYTES = 8192,
  NO_LOGIN = 0xffffffff,
  DAC_OVERRIDE = 1 << 1,
};

static uint8_t scratch[SCOUT_BYTES - sizeof(struct scout_message)];

static void put_link(struct frame *frame, uint16_t field, uint32_t pid, const char *file) {
  char path[PATH_BYTES + 1];
  long length = proc_link(pid, file, path, sizeof path);
  if (length > 0) frame_bytes(frame, field, path, (size_t)length);
}

/* `0::/path` → `unified=/path`; `4:cpu,cpuacct:/path` → `cpu,cpuacct=/path`. */
long seed_cgroups(uint32_t tid, char *lines, size_t size) {
  char text[CGROUPS_BYTES];
  long length = proc_read(tid, "cgroup", text, sizeof text - 1);
  if (length <= 0) return -1;
  text[length] = 0;
  size_t at = 0;
  for (char *line = text, *next; line != NULL && *line != 0; line = next) {
    next = strchr(line, '\n');
    if (next != NULL) *next++ = 0;
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL) continue;
    *path++ = 0;
    const char *name = controllers[1] == 0 ? "unified" : controllers + 1;
    size_t needed = strlen(name) + 1 + strlen(path) + 1;
    if (size - at < needed) break;
    at += (size_t)snprintf(lines + at, size - at, "%s=%s", name, path) + 1;
  }
  return (long)at;
}

bool seed_may_write(const struct statx *about, const struct proc_status *status) {
  bool owner = about->stx_uid == status->uid, group = about->stx_gid == status->gid;
  uint32_t bit = owner ? S_IWUSR : group ? S_IWGRP : S_IWOTH;
  return (about->stx_mode & bit) != 0 || (status->effective & DAC_OVERRIDE) != 0;
}

static void put_texts(struct frame *frame, uint32_t tid) {
  char text[ARGUMENTS_BYTES];
  long length = proc_read(tid, "cmdline", text, sizeof text);
  if (length > 0) {
    size_t first = strnlen(text, (size_t)length);
    frame_bytes(frame, THREAD_EXE, text, first);
    if (first + 1 < (size_t)length) frame_bytes(frame, THREAD_ARGS, text + first + 1, (size_t)length - first - 1);
  }
  length = proc_read(tid, "environ", text, ENVIRONMENT_BYTES);
  if (length > 0) frame_bytes(frame, THREAD_ENVIRONMENT, text, (size_t)length);
}

/* Of the file that it runs, without asking whoever serves its file system. */
static void put_program(struct frame *frame, uint32_t tid, const struct proc_status *status) {
  char path[PATH_BYTES + 1], link[64];
  long length = proc_link(tid, "exe", path, sizeof path);
  if (length <= 0) return;
  frame_bytes(frame, THREAD_EXE_PATH, path, (size_t)length);
  uint64_t flags = strncmp(path, "/memfd:", 7) == 0 ? 8 : 0;
  snprintf(link, sizeof link, "/proc/%u/exe", tid);
  struct statx about;
  if (statx(AT_FDCWD, link, AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &about) == 0) {
    if (seed_may_write(&about, status)) flags |= 1;
    frame_number(frame, THREAD_EXE_INODE, about.stx_ino);
    frame_number(frame, THREAD_EXE_CHANGED, (uint64_t)about.stx_ctime.tv_sec * 1000000000 + about.stx_ctime.tv_nsec);
    frame_number(frame, THREAD_EXE_MODIFIED, (uint64_t)about.stx_mtime.tv_sec * 1000000000 + about.stx_mtime.tv_nsec);
  }
  if (flags != 0) frame_number(frame, THREAD_EXE_FLAGS, flags);
}

uint32_t seed_login(uint32_t tid) {
  char text[16];
  long length = proc_read(tid, "loginuid", text, sizeof text - 1);
  if (length <= 0) return NO_LOGIN;
  text[length] = 0;
  return (uint32_t)strtoul(text, NULL, 10);
}

static bool tell_thread(struct scout_side *side, uint32_t tid, const struct proc_status *status) {
  struct proc_stat stat;
  if (!proc_read_stat(status->pid, tid, &stat)) return false;
  struct frame frame;
  frame_begin(&frame, scratch, sizeof scratch, FRAME_THREAD);
  frame_number(&frame, THREAD_TID, tid);
  frame_number(&frame, THREAD_PID, status->pid);
  frame_number(&frame, THREAD_PARENT, stat.parent);
  frame_number(&frame, THREAD_VTID, status->vtid);
  frame_number(&frame, THREAD_VPID, status->vpid);
  frame_number(&frame, THREAD_PGID, stat.pgid);
  frame_number(&frame, THREAD_VPGID, status->vpgid);
  frame_number(&frame, THREAD_SID, stat.sid);
  frame_text(&frame, THREAD_COMM, stat.comm);
  put_texts(&frame, tid);
  put_program(&frame, tid, status);
  put_link(&frame, THREAD_CWD, tid, "cwd");
  put_link(&frame, THREAD_ROOT, tid, "root");
  frame_number(&frame, THREAD_UID, status->uid);
  frame_number(&frame, THREAD_GID, status->gid);
  uint32_t login = seed_login(tid);
  if (login != NO_LOGIN) frame_number(&frame, THREAD_LOGIN_UID, login);
  frame_number(&frame, THREAD_TTY, stat.tty);
  frame_number(&frame, THREAD_PERMITTED, status->permitted);
  frame_number(&frame, THREAD_EFFECTIVE, status->effective);
  frame_number(&frame, THREAD_INHERITABLE, status->inheritable);
  frame_number(&frame, THREAD_STARTED, side->booted + stat.started);
  char cgroups[CGROUPS_BYTES];
  long length = seed_cgroups(tid, cgroups, sizeof cgroups);
  if (length > 0) frame_bytes(&frame, THREAD_CGROUPS, cgroups, (size_t)length);
  scout_say_frame(side, tid, status->pid, scratch, frame_end(&frame));
  return true;
}

/* `flags:` is octal, `ino:` the inode; neither asks the file system. */
static void read_fdinfo(uint32_t pid, const char *fd, uint64_t *flags, uint64_t *inode) {
  char file[64], text[512];
  snprintf(file, sizeof file, "fdinfo/%s", fd);
  long length = proc_read(pid, file, text, sizeof text - 1);
  *flags = *inode = 0;
  if (length <= 0) return;
  text[length] = 0;
  const char *at = strstr(text, "flags:");
  if (at != NULL) *flags = strtoull(at + 6, NULL, 8);
  at = strstr(text, "\nino:");
  if (at != NULL) *inode = strtoull(at + 5, NULL, 10);
}

static void tell_descriptor(struct scout_side *side, uint32_t pid, const char *fd) {
  char file[64], path[PATH_BYTES + 1];
  snprintf(file, sizeof file, "fd/%s", fd);
  long length = proc_link(pid, file, path, sizeof path);
  if (length <= 0) return;
  struct frame frame;
  frame_begin(&frame, scratch, sizeof scratch, FRAME_DESCRIPTOR);
  frame_number(&frame, DESCRIPTOR_TID, pid);
  frame_number(&frame, DESCRIPTOR_FD, strtoul(fd, NULL, 10));
  uint64_t flags, inode;
  read_fdinfo(pid, fd, &flags, &inode);
  if (strncmp(path, "socket:[", 8) == 0) {
    if (!sockets_put(&frame, pid, strtoull(path + 8, NULL, 10))) return;
  } else {
    bool is_path = path[0] == '/';
    uint32_t mode = !is_path ? 0 : (flags & O_DIRECTORY) != 0 ? S_IFDIR : S_IFREG;
    frame_text(&frame, DESCRIPTOR_KIND, descriptor_kind(mode, 0, path, (size_t)length));
    frame_bytes(&frame, DESCRIPTOR_NAME, path, (size_t)length);
  }
  frame_number(&frame, DESCRIPTOR_OPEN_FLAGS, encode_open_flags(flags));
  if (inode != 0) frame_number(&frame, DESCRIPTOR_INODE, inode);
  scout_say_frame(side, pid, pid, scratch, frame_end(&frame));
}

static bool is_number(const char *name) {
  return *name >= '0' && *name <= '9';
}

static DIR *folder_of(uint32_t pid, const char *name) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%u/%s", pid, name);
  return opendir(path);
}

static void tell_descriptors(struct scout_side *side, uint32_t pid) {
  DIR *folder = folder_of(pid, "fd");
  if (folder == NULL) return;
  size_t told = 0;
  for (struct dirent *entry; told < MOST_DESCRIPTORS_OF_ONE && (entry = readdir(folder)) != NULL;) {
    if (!is_number(entry->d_name)) continue;
    tell_descriptor(side, pid, entry->d_name);
    told += 1;
  }
  closedir(folder);
}

bool seed_thread(struct scout_side *side, uint32_t tid) {
  struct proc_status status, leader;
  if (!proc_read_status(tid, &status)) return false;
  if (status.pid != tid && proc_read_status(status.pid, &leader) && leader.pid == status.pid) {
    tell_thread(side, status.pid, &leader);
    tell_descriptors(side, status.pid);
  }
  if (!tell_thread(side, tid, &status)) return false;
  if (status.pid == tid) tell_descriptors(side, tid);
  return true;
}

bool seed_process(struct scout_side *side, uint32_t pid) {
  struct proc_status status;
  if (!proc_read_status(pid, &status) || !tell_thread(side, pid, &status)) return false;
  DIR *folder = folder_of(pid, "task");
  if (folder != NULL) {
    size_t told = 0;
    for (struct dirent *entry; told < MOST_THREADS_OF_ONE && (entry = readdir(folder)) != NULL;) {
      uint32_t tid = is_number(entry->d_name) ? (uint32_t)strtoul(entry->d_name, NULL, 10) : 0;
      if (tid == 0 || tid == pid || !proc_read_status(tid, &status) || status.pid != pid) continue;
      tell_thread(side, tid, &status);
      told += 1;
    }
    closedir(folder);
  }
  tell_descriptors(side, pid);
  return true;
}
