/* SPDX-License-Identifier: Apache-2.0 */
/* Ends of system calls: parameters as recipes.c says, out of a record. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <string.h>
#include <sys/socket.h>

#include "encode-parts.h"
#include "recipes.h"

enum {
  /* Flags of events that the kernel has no bit for. */
  OPEN_UPPER_LAYER = 0x8000,
  OPEN_LOWER_LAYER = 0x10000,
  CREAT_UPPER_LAYER = 1,
  CREAT_LOWER_LAYER = 2,
  RECORD_UPPER = 1,
  RECORD_LOWER = 2,
  /* Texts of a msghdr's data stand behind those of the arguments. */
  MESSAGE_DATA = 8,
  NUMBER_OF_PAIR = 6,
};

/* Major and minor as in a struct stat of 32 bits. */
uint32_t encode_device(uint32_t device) {
  uint32_t major = device >> 20, minor = device & 0xfffff;
  return (minor & 0xff) | major << 8 | (minor & ~0xffu) << 12;
}

void put_address(struct frame *frame, const struct text *text) {
  uint16_t family;
  if (text == NULL || text->state > TEXT_CUT || text->length < sizeof family) {
    frame_absent(frame);
    return;
  }
  const uint8_t *bytes = (const uint8_t *)(text + 1);
  memcpy(&family, bytes, sizeof family);
  uint8_t short_family = (uint8_t)family;
  size_t address = family == AF_INET ? 4 : family == AF_INET6 ? 16 : 0;
  size_t at = family == AF_INET ? 4 : 8;
  if (address != 0 && text->length >= at + address) {
    uint16_t port;
    memcpy(&port, bytes + 2, sizeof port);
    port = ntohs(port);
    frame_more(frame, &short_family, 1);
    frame_more(frame, bytes + at, address);
    frame_more(frame, &port, sizeof port);
  } else if (family == AF_UNIX) {
    /* An abstract name begins with a zero. */
    size_t length = text->length - 2u;
    size_t name = length > 1 ? 1 + strnlen((const char *)bytes + 3, length - 1) : strnlen((const char *)bytes + 2, length);
    frame_more(frame, &short_family, 1);
    frame_more(frame, bytes + 2, name);
    frame_more(frame, "", 1);
  } else {
    frame_more(frame, &short_family, 1);
  }
  frame_done(frame);
}

static bool all_zero(const uint8_t *bytes, size_t length) {
  for (size_t at = 0; at < length; at++) {
    if (bytes[at] != 0) return false;
  }
  return true;
}

/* Where a datagram goes that names it in the call itself. */
static const struct text *address_of(uint16_t code, const struct texts *texts) {
  switch (code) {
    case EVENT_connect: case EVENT_bind: case EVENT_sendmsg: case EVENT_recvmsg: return texts->by_role[1];
    case EVENT_sendto: case EVENT_recvfrom: return texts->by_role[4];
    default: return NULL;
  }
}

static void put_tuple(
    struct frame *frame, const struct record_syscall *call, uint16_t code, const struct texts *texts, bool incoming) {
  uint16_t family = call->family;
  if (family != AF_INET && family != AF_INET6 && family != AF_UNIX) {
    frame_absent(frame);
    return;
  }
  uint8_t short_family = (uint8_t)family;
  frame_more(frame, &short_family, 1);
  const struct text *asked = address_of(code, texts);
  const uint8_t *bytes = asked == NULL || asked->state > TEXT_CUT ? NULL : (const uint8_t *)(asked + 1);
  if (family == AF_UNIX) {
    frame_more(frame, incoming ? &call->peer : &call->self, 8);
    frame_more(frame, incoming ? &call->self : &call->peer, 8);
    if (bytes != NULL && asked->length > 2 && bytes[0] == AF_UNIX && bytes[1] == 0) {
      size_t length = asked->length - 2u;
      frame_more(frame, bytes + 2, 1 + strnlen((const char *)bytes + 3, length - 1));
    } else if (texts->by_role[TEXT_RESOLVED] != NULL) {
      const struct text *path = texts->by_role[TEXT_RESOLVED];
      frame_more(frame, path + 1, path->length);
    }
    frame_more(frame, "", 1);
    frame_done(frame);
    return;
  }
  size_t length = family == AF_INET ? 4 : 16;
  uint8_t remote[16];
  memcpy(remote, call->remote, sizeof remote);
  uint16_t remote_port = call->remote_port;
  if (remote_port == 0 && all_zero(remote, length) && bytes != NULL && bytes[0] == family && bytes[1] == 0) {
    size_t at = family == AF_INET ? 4 : 8;
    if (asked->length >= at + length) {
      memcpy(remote, bytes + at, length);
      memcpy(&remote_port, bytes + 2, sizeof remote_port);
      remote_port = ntohs(remote_port);
    }
  }
  const uint8_t *first = incoming ? remote : call->local, *second = incoming ? call->local : remote;
  uint16_t first_port = incoming ? remote_port : call->local_port, second_port = incoming ? call->local_port : remote_port;
  frame_more(frame, first, length);
  frame_more(frame, &first_port, sizeof first_port);
  frame_more(frame, second, length);
  frame_more(frame, &second_port, sizeof second_port);
  frame_done(frame);
}

/* Bytes of a text, from `offset` on; false where it has not so many. */
static bool inside(const struct text *text, size_t offset, void *value, size_t length) {
  if (text == NULL || text->state > TEXT_CUT || text->length < offset + length) return false;
  memcpy(value, (const uint8_t *)(text + 1) + offset, length);
  return true;
}

/* A descriptor that a call gave back in memory: the first or the second of two. */
static bool of_pair(const struct texts *texts, size_t which, int32_t *fd) {
  for (size_t at = 0; at < texts->descriptors; at++) {
    const struct record_descriptor *descriptor = &texts->descriptor[at];
    if (descriptor->argument != NUMBER_OF_PAIR) continue;
    if (which == 0) {
      *fd = descriptor->fd;
      return true;
    }
    which -= 1;
  }
  return false;
}

static uint64_t with_sign(uint64_t value) {
  return (uint64_t)(int64_t)(int32_t)value;
}

/* The number that a parameter is made of; false where it is not known. */
static bool number(
    const struct source *source, const struct record_syscall *call, const struct call *known, const struct texts *texts,
    uint8_t form, uint64_t *value) {
  const struct text *text = source->argument < 6 ? texts->by_role[source->argument] : NULL;
  uint64_t argument = source->argument < 6 ? call->arguments[source->argument] : 0;
  uint32_t word = 0, upper = 0;
  switch (source->from) {
    case RESULT:
      *value = (uint64_t)call->result;
      return true;
    case ARGUMENT:
      *value = argument;
      return true;
    case INT:
      *value = with_sign(argument);
      return true;
    case UINT:
      *value = (uint32_t)argument;
      return true;
    case WORD: {
      int32_t fd;
      if (inside(text, source->offset, &word, sizeof word)) *value = form == SIGNED_8 ? with_sign(word) : word;
      else if (of_pair(texts, source->offset / 4, &fd)) *value = with_sign((uint32_t)fd);
      else return false;
      return true;
    }
    case LONG:
      return inside(text, source->offset, value, sizeof *value);
    case DEVICE:
      if (call->result < 0 || call->fd_inode == 0) return false;
      *value = encode_device(call->fd_device);
      return true;
    case INODE:
      if (call->result < 0 || call->fd_inode == 0) return false;
      *value = call->fd_inode;
      return true;
    case CAPS:
      if (!inside(text, source->offset, &word, sizeof word)) return false;
      inside(text, source->offset + 12u, &upper, sizeof upper);
      *value = word | (uint64_t)upper << 32;
      return true;
    case CALL_ID:
      *value = known == NULL ? 0 : known->id;
      return true;
    case CALL_NUMBER:
      *value = call->number;
      return true;
    default:
      return false;
  }
}

static uint64_t layer_flags(const struct record_syscall *call, uint64_t upper, uint64_t lower) {
  if (call->result < 0) return 0;
  return call->fd_layer == RECORD_UPPER ? upper : call->fd_layer == RECORD_LOWER ? lower : 0;
}

/* Flags of an open, wherever the call has them: what makes a file has a mode. */
static bool makes_file(const struct source *sources, const struct record_syscall *call, const struct texts *texts) {
  for (size_t index = 0; index < MOST_PARAMETERS; index++) {
    uint64_t flags;
    if (sources[index].as != AS_OPEN_FLAGS || !number(&sources[index], call, NULL, texts, NUMBER_4, &flags)) continue;
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
  }
  return false;
}

static void put_parameter(
    struct frame *frame, const struct source *sources, size_t index, uint16_t code, const struct record_syscall *call,
    const struct call *known, const struct texts *texts) {
  const struct source *source = &sources[index];
  uint8_t form = event_types[code].forms[index];
  const struct text *text = source->argument < 6 ? texts->by_role[source->argument] : NULL;
  switch (source->from) {
    case NOWHERE:
      frame_absent(frame);
      return;
    case STRING:
      put_text(frame, text);
      return;
    case NAME:
      put_text(frame, call->arguments[0] == source->offset ? text : NULL);
      return;
    case RESOLVED:
      put_text(frame, texts->by_role[TEXT_RESOLVED]);
      return;
    case DATA: {
      const struct text *message = texts->by_role[source->argument + MESSAGE_DATA];
      bool in_message = code == EVENT_sendmsg || code == EVENT_recvmsg || code == EVENT_sendmmsg || code == EVENT_recvmmsg;
      const struct text *data = in_message ? message : text;
      if (data == NULL || data->state > TEXT_CUT) frame_absent(frame);
      else frame_value(frame, data + 1, data->length);
      return;
    }
    case ADDRESS:
      put_address(frame, text);
      return;
    case TUPLE_OUT:
    case TUPLE_IN:
      put_tuple(frame, call, code, texts, source->from == TUPLE_IN);
      return;
    case DYNAMIC: {
      uint8_t first = 0;
      frame_more(frame, &first, 1);
      frame_more(frame, &call->arguments[source->argument], 8);
      frame_done(frame);
      return;
    }
    default:
      break;
  }
  uint64_t value;
  if (!number(source, call, known, texts, form, &value)) {
    frame_absent(frame);
    return;
  }
  switch (source->as) {
    case AS_OPEN_FLAGS:
      value = encode_open_flags(value) | layer_flags(call, OPEN_UPPER_LAYER, OPEN_LOWER_LAYER);
      break;
    case AS_OPEN_MODE:
      if (!makes_file(sources, call, texts)) value = 0;
      break;
    case AS_LAYERS:
      value = layer_flags(call, CREAT_UPPER_LAYER, CREAT_LOWER_LAYER);
      break;
    default:
      value = encode_as(source->as, value);
  }
  put_number(frame, form, value);
}

/* The event of what io_uring was handed: that of the system call of the same name. 0: no rule looks at it. */
static uint16_t code_of_operation(uint32_t operation) {
  switch (operation) {
    case IORING_OP_OPENAT: return EVENT_openat;
    case IORING_OP_OPENAT2: return EVENT_openat2;
    case IORING_OP_CONNECT: return EVENT_connect;
    case IORING_OP_ACCEPT: return EVENT_accept4;
    case IORING_OP_SENDMSG: return EVENT_sendmsg;
    case IORING_OP_SEND: return EVENT_sendto;
    case IORING_OP_UNLINKAT: return EVENT_unlinkat;
    case IORING_OP_RENAMEAT: return EVENT_renameat2;
    case IORING_OP_MKDIRAT: return EVENT_mkdirat;
    case IORING_OP_SYMLINKAT: return EVENT_symlinkat;
    case IORING_OP_LINKAT: return EVENT_linkat;
    case IORING_OP_SOCKET: return EVENT_socket;
    default: return 0;
  }
}

void encode_call(struct encoder *encoder, const struct record_syscall *call, const struct texts *texts) {
  struct record_syscall copy;
  const struct call *known = NULL;
  uint16_t code;
  if (call->record.kind == RECORD_URING) {
    code = code_of_operation(call->number);
    if (code == 0) return;
    /* Nobody knows yet whether it succeeds, and as which descriptor: a number that no process has. */
    copy = *call;
    if (recipes[code][0].from == RESULT && event_types[code].makes) copy.result = DESCRIPTOR_UNKNOWN;
    call = &copy;
  } else {
    known = call_of(call->number);
    code = known == NULL ? EVENT_generic : known->code;
    /* Starts of programs that succeed have a record of their own, and so have clones. */
    if ((code == EVENT_execve || code == EVENT_execveat) && call->result == 0) return;
  }
  encode_descriptors(encoder, call, texts, code);
  struct frame frame;
  begin_event(encoder, &frame, &call->record, call->record.tid, code);
  bool program = code == EVENT_execve || code == EVENT_execveat;
  for (size_t index = 0; index < event_types[code].parameters; index++) {
    if (program && index == 1) {
      /* Of a start that failed: what it was to be given. */
      put_arguments(&frame, texts->by_role[code == EVENT_execve ? 1 : 2]);
      index += 1;
      continue;
    }
    put_parameter(&frame, recipes[code], index, code, call, known, texts);
  }
  end_frame(encoder, &frame);
}
