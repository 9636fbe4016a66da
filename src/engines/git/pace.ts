const COUNT = 4_096;
const BYTES = 32 * 1024 * 1024;

/** Says each few thousand calls, or few million bytes more, that it is time to tell of the progress. */
export function paced(): (bytes: number) => boolean {
  let calls = 0;
  let told = 0;
  return (bytes) => {
    if (++calls < COUNT && bytes - told < BYTES) return false;
    calls = 0;
    told = bytes;
    return true;
  };
}
