/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of parts of kernel.c that are not written yet. */
#include <errno.h>

#include "kernel.h"

#define LATER __attribute__((weak))

LATER int kernel_probe(void) { return 0; }
LATER int kernel_learn(struct kernel *kernel, bool on) { (void)kernel, (void)on; errno = ENOSYS; return -1; }
LATER int kernel_protect(struct kernel *kernel, uint64_t cgroup, bool on) { (void)kernel, (void)cgroup, (void)on; errno = ENOSYS; return -1; }
LATER int kernel_used(struct kernel *kernel, void (*each)(void *, const struct kernel_used *), void *context) {
  (void)kernel, (void)each, (void)context;
  errno = ENOSYS;
  return -1;
}
LATER void kernel_stats(struct kernel *kernel, struct kernel_stats *stats) { (void)kernel; stats->hooks = 0; }
