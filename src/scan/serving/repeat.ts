/** Something that is looked at again and again, never twice at once. */
export interface Repeated {
  /** Now, or what is under way already; and then again after the usual time. */
  now(): Promise<void>;
  stop(): void;
}

/**
 * @param first - milliseconds until the first time, and until the next where a look fails
 * @param look - what is done; how long until the next time is what it returns, in milliseconds
 * @param onError - of a mistake of ours: the next look comes all the same
 */
export function repeat(first: number, look: () => Promise<number>, onError: (error: unknown) => void): Repeated {
  let timer: NodeJS.Timeout | undefined = setTimeout(() => void now(), first);
  let looking: Promise<void> | undefined;
  let isStopped = false;

  async function once(): Promise<void> {
    clearTimeout(timer);
    let wait = first;
    try {
      wait = await look();
    } catch (error) {
      onError(error);
    }
    looking = undefined;
    if (!isStopped) timer = setTimeout(() => void now(), wait);
  }

  function now(): Promise<void> {
    looking ??= once();
    return looking;
  }

  return {
    now,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
