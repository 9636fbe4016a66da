/**
 * What a promise comes to, or what is known without it once the time is over. What comes too late is dropped; what is thrown
 * is the caller's.
 */
export function within<Value>(work: Promise<Value>, deadline: AbortSignal, late: () => Value): Promise<Value> {
  if (deadline.aborted) {
    work.catch(() => undefined);
    return Promise.resolve(late());
  }
  return new Promise((resolve, reject) => {
    const over = () => resolve(late());
    deadline.addEventListener("abort", over, { once: true });
    work.then(resolve, reject).finally(() => deadline.removeEventListener("abort", over));
  });
}
