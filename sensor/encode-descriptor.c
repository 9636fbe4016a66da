/* SPDX-License-Identifier: Apache-2.0 */
/* What descriptors are open on, as the kernel has it when they are used: told where it is not what was told last. */
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "encode-parts.h"

static const char *kind_of_anonymous(const char *name, size_t length) {
  static const struct {
    const char *start, *kind;
  } kinds[] = {
      {"[eventpoll]", "eventpoll"}, {"[eventfd", "event"},          {"[timerfd]", "timerfd"},   {"[signalfd]", "signalfd"},
      {"inotify", "inotify"},       {"[userfaultfd]", "userfault"}, {"[io_uring]", "iouring"},  {"[pidfd]", "pidfd"},
      {"bpf-", "bpf"},              {"memfd:", "memfd"},            {"/memfd:", "memfd"},       {"pipe:", "pipe"},
  };
  for (size_t at = 0; at < sizeof kinds / sizeof *kinds; at++) {
    size_t start = strlen(kinds[at].start);
    if (length >= start && memcmp(name, kinds[at].start, start) == 0) return kinds[at].kind;
    /* `anon_inode:[eventpoll]`, as /proc has it. */
    if (length >= start + 11 && memcmp(name, "anon_inode:", 11) == 0 && memcmp(name + 11, kinds[at].start, start) == 0)
      return kinds[at].kind;
  }
  return NULL;
}

const char *descriptor_kind(uint32_t mode, uint16_t family, const char *name, size_t length) {
  if (family == AF_INET) return "ipv4";
  if (family == AF_INET6) return "ipv6";
  if (family == AF_UNIX) return "unix";
  if (family == AF_NETLINK) return "netlink";
  const char *kind = kind_of_anonymous(name, length);
  if (kind != NULL) return kind;
  if (S_ISFIFO(mode)) return "pipe";
  if (S_ISDIR(mode)) return "directory";
  if (S_ISREG(mode) || S_ISCHR(mode) || S_ISBLK(mode)) return "file";
  return "unknown";
}

static const char *protocol_name(uint16_t protocol, uint16_t type) {
  if (type == SOCK_RAW) return "raw";
  switch (protocol) {
    case IPPROTO_TCP: return "tcp";
    case IPPROTO_UDP: return "udp";
    case IPPROTO_ICMP: case IPPROTO_ICMPV6: return "icmp";
    default: return NULL;
  }
}

static bool zero(const uint8_t *bytes, size_t length) {
  while (length > 0) {
    if (bytes[--length] != 0) return false;
  }
  return true;
}

static uint64_t fact_of(const struct record_descriptor *descriptor, uint32_t programs) {
  uint64_t fact = known_mix(programs, &descriptor->device, offsetof(struct record_descriptor, argument) - offsetof(struct record_descriptor, device));
  fact = known_mix(fact, descriptor->local, sizeof descriptor->local + sizeof descriptor->remote + 16);
  return fact;
}

static void tell(
    struct encoder *encoder, uint32_t tid, uint32_t pid, const struct record_descriptor *descriptor, const char *name,
    size_t length) {
  struct frame frame;
  frame_begin(&frame, encoder->frame, sizeof encoder->frame, FRAME_DESCRIPTOR);
  frame_number(&frame, DESCRIPTOR_TID, tid);
  frame_number(&frame, DESCRIPTOR_FD, (uint32_t)descriptor->fd);
  const char *kind = descriptor_kind(descriptor->mode, descriptor->family, name, length);
  frame_text(&frame, DESCRIPTOR_KIND, kind);
  bool network = descriptor->family == AF_INET || descriptor->family == AF_INET6;
  if (network) {
    size_t size = descriptor->family == AF_INET ? 4 : 16;
    bool local = descriptor->local_port != 0 || !zero(descriptor->local, size);
    bool remote = descriptor->remote_port != 0 || !zero(descriptor->remote, size);
    if (local || remote) {
      frame_bytes(&frame, DESCRIPTOR_LOCAL, descriptor->local, size);
      frame_number(&frame, DESCRIPTOR_LOCAL_PORT, descriptor->local_port);
    }
    if (remote) {
      frame_bytes(&frame, DESCRIPTOR_REMOTE, descriptor->remote, size);
      frame_number(&frame, DESCRIPTOR_REMOTE_PORT, descriptor->remote_port);
      frame_number(&frame, DESCRIPTOR_CONNECTED, 1);
    }
    const char *protocol = protocol_name(descriptor->protocol, descriptor->socket_type);
    if (protocol != NULL) frame_text(&frame, DESCRIPTOR_PROTOCOL, protocol);
  } else {
    frame_bytes(&frame, DESCRIPTOR_NAME, name, length);
  }
  frame_number(&frame, DESCRIPTOR_OPEN_FLAGS, encode_open_flags(descriptor->flags));
  if (descriptor->inode != 0) {
    frame_number(&frame, DESCRIPTOR_DEVICE, encode_device(descriptor->device));
    frame_number(&frame, DESCRIPTOR_INODE, descriptor->inode);
  }
  if (descriptor->layer == 1 || descriptor->layer == 2) frame_text(&frame, DESCRIPTOR_OVERLAY, descriptor->layer == 1 ? "upper" : "lower");
  /* It is told again when it is needed. */
  if (!end_frame(encoder, &frame)) known_descriptor_forget(encoder->known, pid, descriptor->fd);
}

static bool makes_it(const struct record_syscall *call, uint16_t code) {
  return event_types[code].makes && call->result == call->fd && code != EVENT_fcntl && code != EVENT_dup &&
      code != EVENT_dup2 && code != EVENT_dup3;
}

/*
 * What an open made is told before it by the path that the kernel reached, where that is not the name that was passed: the
 * reader takes it from there. What other calls make they tell by themselves.
 */
static bool reached_another(const struct record_syscall *call, uint16_t code, const struct texts *texts) {
  const struct text *resolved = texts->by_role[TEXT_RESOLVED];
  if (call->result < 0 || resolved == NULL || resolved->state > TEXT_CUT || resolved->length == 0) return false;
  const struct text *name;
  switch (code) {
    case EVENT_open: case EVENT_creat: name = texts->by_role[0]; break;
    case EVENT_openat: case EVENT_openat2: name = texts->by_role[1]; break;
    default: return false;
  }
  if (name == NULL || name->state > TEXT_CUT) return true;
  size_t length = strnlen((const char *)(name + 1), name->length);
  size_t reached = strnlen((const char *)(resolved + 1), resolved->length);
  return length != reached || memcmp(name + 1, resolved + 1, length) != 0;
}

static size_t name_of(const struct text *path, const char **name) {
  bool there = path != NULL && path->state <= TEXT_CUT;
  *name = there ? (const char *)(path + 1) : "";
  return there ? strnlen(*name, path->length) : 0;
}

void encode_descriptors(
    struct encoder *encoder, const struct record_syscall *call, const struct texts *texts, uint16_t code) {
  uint32_t tid = call->record.tid, pid = call->record.pid;
  struct known_thread *process = known_find(encoder->known, pid);
  uint32_t programs = process == NULL ? 0 : process->programs;
  for (size_t at = 0; at < texts->descriptors; at++) {
    const struct record_descriptor *descriptor = &texts->descriptor[at];
    /* Those that the call made are told by its own event. */
    if (descriptor->fd < 0 || descriptor->argument >= 6) continue;
    const char *name;
    size_t length = name_of(texts->path[at], &name);
    uint64_t fact = known_mix(fact_of(descriptor, programs), name, (uint32_t)length);
    if (known_descriptor_changed(encoder->known, pid, descriptor->fd, fact)) tell(encoder, tid, pid, descriptor, name, length);
  }
  if (call->fd < 0 || code == EVENT_close) {
    if (call->fd >= 0 && call->result == 0) known_descriptor_forget(encoder->known, pid, call->fd);
    return;
  }
  struct record_descriptor own = {
      .fd = call->fd, .device = call->fd_device, .inode = call->fd_inode, .mode = call->fd_mode, .flags = call->fd_flags,
      .layer = call->fd_layer, .family = call->family, .protocol = call->protocol, .local_port = call->local_port,
      .remote_port = call->remote_port, .socket_type = call->socket_type, .peer = call->peer, .self = call->self,
  };
  memcpy(own.local, call->local, sizeof own.local);
  memcpy(own.remote, call->remote, sizeof own.remote);
  const char *name;
  size_t length = name_of(texts->by_role[TEXT_RESOLVED], &name);
  uint64_t fact = known_mix(fact_of(&own, programs), name, (uint32_t)length);
  bool changed = known_descriptor_changed(encoder->known, pid, call->fd, fact);
  if (makes_it(call, code)) {
    if (reached_another(call, code, texts)) tell(encoder, tid, pid, &own, name, length);
  } else if (changed) {
    tell(encoder, tid, pid, &own, name, length);
  }
  /* A copy is what it is a copy of. */
  bool copies = code == EVENT_dup || code == EVENT_dup2 || code == EVENT_dup3;
  if (copies && call->result >= 0 && call->result != call->fd)
    known_descriptor_changed(encoder->known, pid, (int32_t)call->result, fact);
}
