/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0 */
/*
 * foreign-open PATH: opens a file by `int 0x80`, as 32-bit programs do and any other can. Ends with 0 where it was opened, 1 where
 * it was refused.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

int main(int count, char **words) {
  if (count != 2 || strlen(words[1]) > 4000) {
    fprintf(stderr, "usage: foreign-open PATH\n");
    return 64;
  }
  /* Where an address has 32 bits. */
  char *path = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  if (path == MAP_FAILED) {
    perror("mmap");
    return 2;
  }
  strcpy(path, words[1]);
  long result = 5; /* open */
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(path), "c"(0), "d"(0) : "r8", "r9", "r10", "r11", "memory");
  return result < 0;
}
