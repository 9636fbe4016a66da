/* SPDX-License-Identifier: Apache-2.0 */
#include "output.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "frames.h"

enum {
  MARK_EVERY = 1024 * 1024,
  /* Bytes that only `lost`, marks and the end may use. */
  RESERVE = 4096,
  /* Bytes of one write: few enough that a reader which goes away leaves little unread. */
  WRITE_AT_ONCE = 256 * 1024,
  KINDS = 16,
};

static const uint8_t magic[8] = {0x89, 'B', 'H', 'F', '\r', '\n', 0x1a, '\n'};

struct output {
  int descriptor;
  size_t size; /* a power of two */
  uint8_t *bytes;
  /* Ever growing; only the one who fills moves `filled`, only the writer `written`. */
  _Atomic uint64_t filled, written;
  _Atomic bool broken, closing;
  sem_t something;
  pthread_t writer;
  /* Of the one who fills. */
  uint64_t pending;  /* filled, and not yet shown to the writer */
  uint64_t seen;     /* of `written` */
  uint64_t records, since_mark;
  uint64_t dropped[KINDS], told[KINDS], all_dropped;
};

static void *write_all(void *context) {
  struct output *output = context;
  uint64_t at = 0;
  for (;;) {
    uint64_t filled = atomic_load_explicit(&output->filled, memory_order_acquire);
    if (filled == at) {
      if (atomic_load(&output->closing)) return NULL;
      while (sem_wait(&output->something) != 0 && errno == EINTR) {
      }
      continue;
    }
    size_t from = at & (output->size - 1);
    size_t length = filled - at;
    if (length > output->size - from) length = output->size - from;
    if (length > WRITE_AT_ONCE) length = WRITE_AT_ONCE;
    ssize_t done = write(output->descriptor, output->bytes + from, length);
    if (done < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) {
        struct pollfd wait = {.fd = output->descriptor, .events = POLLOUT};
        poll(&wait, 1, 1000);
        continue;
      }
      atomic_store(&output->broken, true);
      return NULL;
    }
    at += (uint64_t)done;
    atomic_store_explicit(&output->written, at, memory_order_release);
  }
}

static size_t room(struct output *output) {
  if (output->size - (output->pending - output->seen) < output->size / 4) {
    output->seen = atomic_load_explicit(&output->written, memory_order_acquire);
  }
  return output->size - (output->pending - output->seen);
}

static void append(struct output *output, const uint8_t *bytes, size_t length) {
  size_t from = output->pending & (output->size - 1);
  size_t first = output->size - from < length ? output->size - from : length;
  memcpy(output->bytes + from, bytes, first);
  memcpy(output->bytes, bytes + first, length - first);
  output->pending += length;
}

static void mark(struct output *output) {
  uint8_t bytes[24] = {24, 0, 0, 0, FRAME_MARK};
  memcpy(bytes + 8, magic, sizeof magic);
  memcpy(bytes + 16, &output->records, sizeof output->records);
  append(output, bytes, sizeof bytes);
  output->since_mark = 0;
}

struct output *output_open(int descriptor, size_t bytes) {
  struct output *output = calloc(1, sizeof *output);
  if (output == NULL) return NULL;
  output->descriptor = descriptor;
  output->size = 64 * 1024;
  while (output->size < bytes) output->size *= 2;
  output->bytes = mmap(NULL, output->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (output->bytes == MAP_FAILED || sem_init(&output->something, 0, 0) != 0) {
    free(output);
    return NULL;
  }
  uint8_t header[24] = {0};
  memcpy(header, magic, sizeof magic);
  header[8] = FRAMES_MAJOR;
  header[10] = FRAMES_MINOR;
#if defined(__x86_64__)
  header[12] = 1;
#elif defined(__aarch64__)
  header[12] = 2;
#endif
  append(output, header, sizeof header);
  mark(output);
  int error = pthread_create(&output->writer, NULL, write_all, output);
  if (error != 0) {
    munmap(output->bytes, output->size);
    free(output);
    errno = error;
    return NULL;
  }
  return output;
}

static void put(struct output *output, const uint8_t *record, size_t length) {
  append(output, record, length);
  output->records += 1;
  output->since_mark += length;
  if (output->since_mark >= MARK_EVERY) mark(output);
}

static const char *const reasons[KINDS] = {
    [FRAME_EVENT] = "events that the reader did not take in time",
    [FRAME_USER] = "users that the reader did not take in time",
    [FRAME_GROUP] = "groups that the reader did not take in time",
    [FRAME_THREAD] = "threads that the reader did not take in time",
    [FRAME_DESCRIPTOR] = "descriptors that the reader did not take in time",
    [FRAME_METRIC] = "metrics that the reader did not take in time",
    [FRAME_ANSWER] = "answers that the reader did not take in time",
    [FRAME_USED] = "uses that the reader did not take in time",
};

/* Says what was dropped since it was last said, where half of the buffer is free again or nothing else is on its way. */
static void tell_dropped(struct output *output) {
  for (size_t kind = 0; kind < KINDS; kind++) {
    if (output->dropped[kind] == output->told[kind]) continue;
    struct frame frame;
    uint8_t bytes[256];
    frame_begin(&frame, bytes, sizeof bytes, FRAME_LOST);
    frame_text(&frame, LOST_REASON, reasons[kind] != NULL ? reasons[kind] : "records that the reader did not take in time");
    frame_number(&frame, LOST_COUNT, output->dropped[kind] - output->told[kind]);
    size_t length = frame_end(&frame);
    if (room(output) < length + 64) return;
    put(output, bytes, length);
    output->told[kind] = output->dropped[kind];
  }
}

bool output_put(struct output *output, const uint8_t *record, size_t length) {
  uint8_t kind = record[4];
  size_t kept = kind == FRAME_LOST || kind == FRAME_END || kind == FRAME_MISSING ? 64 : RESERVE;
  if (room(output) < length + kept) {
    output->seen = atomic_load_explicit(&output->written, memory_order_acquire);
    if (room(output) < length + kept) {
      output->dropped[kind % KINDS] += 1;
      output->all_dropped += 1;
      return false;
    }
  }
  put(output, record, length);
  /* A large batch is not held back until its end. */
  if (output->pending - atomic_load_explicit(&output->filled, memory_order_relaxed) >= WRITE_AT_ONCE) output_flush(output);
  return true;
}

bool output_roomy(const struct output *output) {
  return output->pending - atomic_load_explicit(&output->written, memory_order_acquire) < output->size / 2;
}

void output_flush(struct output *output) {
  output->seen = atomic_load_explicit(&output->written, memory_order_acquire);
  if (room(output) > output->size / 4) tell_dropped(output);
  if (output->pending == atomic_load_explicit(&output->filled, memory_order_relaxed)) return;
  atomic_store_explicit(&output->filled, output->pending, memory_order_release);
  sem_post(&output->something);
}

bool output_broken(const struct output *output) {
  return atomic_load(&output->broken);
}

size_t output_waiting(const struct output *output) {
  return output->pending - atomic_load_explicit(&output->written, memory_order_acquire);
}

uint64_t output_dropped(const struct output *output) {
  return output->all_dropped;
}

uint64_t output_records(const struct output *output) {
  return output->records;
}

void output_settle(struct output *output, int milliseconds) {
  struct timespec some = {.tv_nsec = 1000000};
  for (int waited = 0; waited < milliseconds && !output_roomy(output) && !output_broken(output); waited++) {
    output_flush(output);
    nanosleep(&some, NULL);
  }
  output_flush(output);
}

bool output_close(struct output *output, int milliseconds) {
  tell_dropped(output);
  output_flush(output);
  atomic_store(&output->closing, true);
  sem_post(&output->something);
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += milliseconds / 1000;
  until.tv_nsec += (long)(milliseconds % 1000) * 1000000;
  if (until.tv_nsec >= 1000000000) {
    until.tv_sec += 1;
    until.tv_nsec -= 1000000000;
  }
  if (pthread_timedjoin_np(output->writer, NULL, &until) != 0) {
    /* The reader takes nothing: the thread stays where it is until the program ends, and so does what it reads. */
    pthread_cancel(output->writer);
    pthread_join(output->writer, NULL);
  }
  bool whole = !output_broken(output) && atomic_load(&output->written) == output->pending;
  sem_destroy(&output->something);
  munmap(output->bytes, output->size);
  free(output);
  return whole;
}
