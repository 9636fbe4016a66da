export const bounds = {
  /** Characters of one recorded request: a review at its own bound, with what JSON adds to it. */
  recordCharacters: 20 * 1024 * 1024,
};
