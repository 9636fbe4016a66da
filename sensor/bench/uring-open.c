/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * uring-open PATH: opens a file for reading through io_uring, by no system call that opens files, and reads a byte of it. Ends
 * with 0 where it was opened, 2 where the kernel or seccomp has no io_uring for it, 1 where the file was refused.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int count, char **words) {
  if (count != 2) {
    fprintf(stderr, "usage: uring-open PATH\n");
    return 64;
  }
  struct io_uring_params params;
  memset(&params, 0, sizeof params);
  int ring = (int)syscall(SYS_io_uring_setup, 1, &params);
  if (ring < 0) {
    perror("io_uring_setup");
    return 2;
  }
  size_t submissions = params.sq_off.array + params.sq_entries * sizeof(uint32_t);
  size_t completions = params.cq_off.cqes + params.cq_entries * sizeof(struct io_uring_cqe);
  int rights = PROT_READ | PROT_WRITE;
  char *queue = mmap(NULL, submissions, rights, MAP_SHARED, ring, IORING_OFF_SQ_RING);
  char *done = mmap(NULL, completions, rights, MAP_SHARED, ring, IORING_OFF_CQ_RING);
  struct io_uring_sqe *entry = mmap(NULL, params.sq_entries * sizeof *entry, rights, MAP_SHARED, ring, IORING_OFF_SQES);
  if (queue == MAP_FAILED || done == MAP_FAILED || entry == MAP_FAILED) {
    perror("mmap");
    return 2;
  }
  memset(entry, 0, sizeof *entry);
  entry->opcode = IORING_OP_OPENAT;
  entry->fd = AT_FDCWD;
  entry->addr = (uintptr_t)words[1];
  entry->open_flags = O_RDONLY;
  uint32_t *tail = (uint32_t *)(queue + params.sq_off.tail);
  uint32_t mask = *(uint32_t *)(queue + params.sq_off.ring_mask);
  ((uint32_t *)(queue + params.sq_off.array))[*tail & mask] = 0;
  __atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
  if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1) {
    perror("io_uring_enter");
    return 2;
  }
  struct io_uring_cqe *result = (struct io_uring_cqe *)(done + params.cq_off.cqes);
  if (result->res < 0) {
    fprintf(stderr, "%s: %s\n", words[1], strerror(-result->res));
    return 1;
  }
  char byte;
  return read(result->res, &byte, 1) == 1 ? 0 : 1;
}
