/* SPDX-License-Identifier: Apache-2.0 */
#include "encode.h"

#include <sched.h>
#include <string.h>

#include "encode-parts.h"

/* Texts of a record by their roles; false where one does not lie in it. */
bool texts_of(struct texts *texts, const struct record *record, size_t size, size_t body) {
  memset(texts->by_role, 0, sizeof texts->by_role);
  texts->descriptors = 0;
  const uint8_t *bytes = (const uint8_t *)record;
  for (size_t at = body; at + sizeof(struct text) <= size;) {
    const struct text *text = (const struct text *)(bytes + at);
    size_t whole = (sizeof *text + text->length + 7) & ~(size_t)7;
    if (whole > size - at) return false;
    if (text->argument == TEXT_DESCRIPTOR) {
      if (text->length < sizeof(struct record_descriptor)) return false;
      if (texts->descriptors < MOST_DESCRIPTORS) {
        memcpy(&texts->descriptor[texts->descriptors], text + 1, sizeof(struct record_descriptor));
        texts->path[texts->descriptors++] = NULL;
      }
    } else if (text->argument == TEXT_DESCRIPTOR_PATH) {
      if (texts->descriptors > 0) texts->path[texts->descriptors - 1] = text;
    } else if (text->argument < ROLES && texts->by_role[text->argument] == NULL) {
      texts->by_role[text->argument] = text;
    }
    at += whole;
  }
  return true;
}

void put_text(struct frame *frame, const struct text *text) {
  if (text == NULL || text->state > TEXT_CUT) {
    frame_absent(frame);
    return;
  }
  /* A zero ends a text for whoever reads it. */
  size_t length = strnlen((const char *)(text + 1), text->length);
  frame_more(frame, text + 1, length);
  frame_more(frame, "", 1);
  frame_done(frame);
}

void put_number(struct frame *frame, uint8_t form, uint64_t value) {
  static const uint8_t sizes[] = {
      [NUMBER_1] = 1, [NUMBER_2] = 2, [NUMBER_4] = 4, [NUMBER_8] = 8,
      [SIGNED_1] = 1, [SIGNED_2] = 2, [SIGNED_4] = 4, [SIGNED_8] = 8,
  };
  if (form == 0 || form >= sizeof sizes) {
    frame_absent(frame);
    return;
  }
  frame_value(frame, &value, sizes[form]);
}

void put_cgroup(struct encoder *encoder, struct frame *frame, uint64_t id) {
  const char *path = cgroups_path(encoder->cgroups, id);
  if (path == NULL) {
    frame_absent(frame);
    return;
  }
  frame_more(frame, "unified=", 8);
  frame_more(frame, path, strlen(path) + 1);
  frame_done(frame);
}

void begin_event(struct encoder *encoder, struct frame *frame, const struct record *record, uint32_t tid, uint16_t code) {
  frame_begin_event(
      frame, encoder->frame, sizeof encoder->frame, encoder->booted + record->time, tid, code, record->cpu,
      event_types[code].parameters);
}

bool end_frame(struct encoder *encoder, struct frame *frame) {
  if (frame->short_of_room) encoder->cut += 1;
  size_t length = frame_end(frame);
  if (frame->bytes[4] == FRAME_EVENT) encoder->events += 1;
  return output_put(encoder->output, frame->bytes, length);
}

/* Before an event, whoever it is of. */
static void introduce(struct encoder *encoder, const struct record *record) {
  if (encoder->look_up == NULL || known_find(encoder->known, record->tid) != NULL) return;
  encoder->look_up(encoder->context, record->tid, record->pid);
}

/* Sizes and faults, as ends of clone and execve have them in a row. */
static void put_memory(struct frame *frame, const struct record_process *process) {
  put_number(frame, NUMBER_8, process->major_faults);
  put_number(frame, NUMBER_8, process->minor_faults);
  put_number(frame, NUMBER_4, process->vm_size);
  put_number(frame, NUMBER_4, process->vm_rss);
  put_number(frame, NUMBER_4, process->vm_swap);
}

/* Name of the program and what it was given, out of its texts with a zero behind each. */
void put_arguments(struct frame *frame, const struct text *text) {
  if (text == NULL || text->state > TEXT_CUT) {
    frame_absent(frame);
    frame_absent(frame);
    return;
  }
  const char *texts = (const char *)(text + 1);
  size_t first = strnlen(texts, text->length);
  frame_more(frame, texts, first);
  frame_more(frame, "", 1);
  frame_done(frame);
  size_t rest = first + 1 < text->length ? text->length - first - 1 : 0;
  frame_more(frame, texts + first + (rest > 0), rest);
  /* What was cut has no zero at its end. */
  if (rest > 0 && texts[text->length - 1] != 0) frame_more(frame, "", 1);
  frame_done(frame);
}

static void encode_exec(struct encoder *encoder, const struct record_process *process, const struct texts *texts) {
  const struct record *record = &process->record;
  bool relative = (process->flags & 1) != 0;
  known_add(encoder->known, record->tid, record->pid);
  if (encoder->started != NULL) encoder->started(encoder->context, record->pid, record->cgroup);
  struct frame frame;
  begin_event(encoder, &frame, record, record->tid, relative ? EVENT_execveat : EVENT_execve);
  put_number(&frame, SIGNED_8, 0);
  put_arguments(&frame, texts->by_role[TEXT_ARGUMENTS]);
  put_number(&frame, SIGNED_8, record->tid);
  put_number(&frame, SIGNED_8, record->pid);
  put_number(&frame, SIGNED_8, process->parent);
  put_text(&frame, texts->by_role[TEXT_CWD]);
  put_number(&frame, NUMBER_8, process->fd_limit);
  put_memory(&frame, process);
  put_text(&frame, texts->by_role[TEXT_COMM]);
  put_cgroup(encoder, &frame, record->cgroup);
  const struct text *environment = texts->by_role[TEXT_ENVIRONMENT];
  if (environment == NULL || environment->state > TEXT_CUT) frame_absent(&frame);
  else frame_value(&frame, environment + 1, environment->length);
  put_number(&frame, NUMBER_4, process->tty);
  put_number(&frame, SIGNED_8, process->vpgid);
  put_number(&frame, NUMBER_4, process->login_uid);
  /* The bits of events are in another order than those of threads. */
  uint32_t flags = (process->exe_flags & 3) | (process->exe_flags & 4) << 1 | (process->exe_flags & 8) >> 1;
  put_number(&frame, NUMBER_4, flags);
  put_number(&frame, NUMBER_8, process->inheritable);
  put_number(&frame, NUMBER_8, process->permitted);
  put_number(&frame, NUMBER_8, process->effective);
  put_number(&frame, NUMBER_8, process->exe_inode);
  put_number(&frame, NUMBER_8, process->exe_changed);
  put_number(&frame, NUMBER_8, process->exe_modified);
  put_number(&frame, NUMBER_4, process->uid);
  put_text(&frame, texts->by_role[TEXT_EXE_PATH]);
  put_number(&frame, SIGNED_8, process->pgid);
  put_number(&frame, NUMBER_4, process->gid);
  if (!relative) put_text(&frame, texts->by_role[0]);
  end_frame(encoder, &frame);
}

/* One end of a clone: in the one who asked (result: the child) or in the child (result: 0). */
static void put_clone(
    struct encoder *encoder, const struct record_process *process, const struct texts *texts, bool child, uint32_t flags) {
  const struct record *record = &process->record;
  struct frame frame;
  begin_event(encoder, &frame, record, child ? process->child : record->tid, EVENT_clone);
  put_number(&frame, SIGNED_8, child ? 0 : process->child_seen != 0 ? process->child_seen : process->child);
  /* What it runs is what its maker runs. */
  put_arguments(&frame, texts->by_role[TEXT_ARGUMENTS]);
  put_number(&frame, SIGNED_8, child ? process->child : record->tid);
  put_number(&frame, SIGNED_8, child ? process->child_pid : record->pid);
  uint32_t parent = child && (process->flags & (CLONE_PARENT | CLONE_THREAD)) == 0 ? record->pid : process->parent;
  put_number(&frame, SIGNED_8, parent);
  put_text(&frame, texts->by_role[TEXT_CWD]);
  if (process->fd_limit != 0) put_number(&frame, SIGNED_8, process->fd_limit);
  else frame_absent(&frame);
  put_memory(&frame, process);
  put_text(&frame, texts->by_role[TEXT_COMM]);
  put_cgroup(encoder, &frame, record->cgroup);
  put_number(&frame, NUMBER_4, flags);
  put_number(&frame, NUMBER_4, process->uid);
  put_number(&frame, NUMBER_4, process->gid);
  put_number(&frame, SIGNED_8, child ? process->child_vtid : process->vtid);
  put_number(&frame, SIGNED_8, child ? process->child_vpid : process->vpid);
  if (process->namespace_started != 0) put_number(&frame, NUMBER_8, process->namespace_started);
  end_frame(encoder, &frame);
}

enum { CLONE_IN_NAMESPACE = 0x20000000 };

static void encode_fork(struct encoder *encoder, const struct record_process *process, const struct texts *texts) {
  const struct record *record = &process->record;
  introduce(encoder, record);
  uint32_t flags = encode_clone_flags(process->flags);
  bool inside = process->child_vtid != process->child || process->vtid != record->tid;
  if (inside) flags |= CLONE_IN_NAMESPACE;
  known_add(encoder->known, process->child, process->child_pid);
  put_clone(encoder, process, texts, true, flags);
  put_clone(encoder, process, texts, false, flags);
}

static void encode_exit(struct encoder *encoder, const struct record_process *process) {
  const struct record *record = &process->record;
  introduce(encoder, record);
  struct frame frame;
  begin_event(encoder, &frame, record, record->tid, EVENT_procexit);
  put_number(&frame, SIGNED_8, (uint64_t)(int64_t)process->status);
  put_number(&frame, SIGNED_8, (uint64_t)process->status >> 8 & 0xff);
  put_number(&frame, NUMBER_1, (uint64_t)process->status & 0x7f);
  put_number(&frame, NUMBER_1, (process->status & 0x80) != 0);
  put_number(&frame, SIGNED_8, process->reaper);
  end_frame(encoder, &frame);
  known_remove(encoder->known, record->tid);
}

void encode_record(struct encoder *encoder, const struct record *record, size_t size) {
  struct texts texts;
  bool whole = size >= sizeof *record && record->size == size && size <= RECORD_BYTES;
  size_t body = !whole ? 0
                : record->kind == RECORD_SYSCALL || record->kind == RECORD_URING ? sizeof(struct record_syscall)
                : record->kind == RECORD_EXEC || record->kind == RECORD_FORK || record->kind == RECORD_EXIT
                    ? sizeof(struct record_process)
                : record->kind == RECORD_CAPABILITY ? sizeof(struct record_capability)
                                                    : sizeof *record;
  if (!whole || size < body || !texts_of(&texts, record, size, body)) {
    encoder->broken += 1;
    return;
  }
  switch (record->kind) {
    case RECORD_SYSCALL:
    case RECORD_URING:
      introduce(encoder, record);
      encode_call(encoder, (const struct record_syscall *)record, &texts);
      return;
    case RECORD_EXEC:
      encode_exec(encoder, (const struct record_process *)record, &texts);
      return;
    case RECORD_FORK:
      encode_fork(encoder, (const struct record_process *)record, &texts);
      return;
    case RECORD_EXIT:
      encode_exit(encoder, (const struct record_process *)record);
      return;
    case RECORD_CGROUP: {
      const struct text *path = texts.by_role[TEXT_CGROUP];
      if (path != NULL && path->state == TEXT_WHOLE)
        cgroups_set(encoder->cgroups, record->cgroup, (const char *)(path + 1), strnlen((const char *)(path + 1), path->length));
      return;
    }
    case RECORD_CAPABILITY:
      return;
    default:
      encoder->broken += 1;
  }
}
