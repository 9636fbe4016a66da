/* SPDX-License-Identifier: Apache-2.0 */
/* In the place of the BPF side, for builds that test the rest: nothing of it works. */
#include <errno.h>

#include "../kernel.h"

struct kernel *kernel_open(const struct kernel_options *options, record_handler handler, void *context) {
  (void)options, (void)handler, (void)context;
  errno = ENOSYS;
  return NULL;
}

const char *kernel_why(void) {
  return "this build has no BPF";
}

static int none(void) {
  errno = ENOSYS;
  return -1;
}

int kernel_hooks(struct kernel *kernel, const char *const names[], size_t count) { (void)kernel, (void)names, (void)count; return none(); }
int kernel_denied(struct kernel *kernel, bool on) { (void)kernel, (void)on; return none(); }
int kernel_learn(struct kernel *kernel, bool on) { (void)kernel, (void)on; return none(); }
int kernel_scope(struct kernel *kernel, bool on) { (void)kernel, (void)on; return none(); }
int kernel_protect(struct kernel *kernel, uint64_t cgroup, bool on) { (void)kernel, (void)cgroup, (void)on; return none(); }
int kernel_own(struct kernel *kernel, pid_t pid, bool on) { (void)kernel, (void)pid, (void)on; return none(); }
void kernel_missing(struct kernel *kernel, kernel_missing_each each, void *context) { (void)kernel, (void)each, (void)context; }
int kernel_poll(struct kernel *kernel, int milliseconds) { (void)kernel, (void)milliseconds; return none(); }
int kernel_descriptor(const struct kernel *kernel) { (void)kernel; return -1; }
void kernel_stats(struct kernel *kernel, struct kernel_stats *stats) { (void)kernel; *stats = (struct kernel_stats){0}; }
int kernel_used(struct kernel *kernel, void (*each)(void *, const struct kernel_used *), void *context) {
  (void)kernel, (void)each, (void)context;
  return none();
}
int kernel_probe(void) { return 1; }
void kernel_close(struct kernel *kernel) { (void)kernel; }
