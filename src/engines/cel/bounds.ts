/** Bounds of expressions, and of what evaluating one may cost: no expression can hang, whatever it is evaluated over. */
export const bounds = {
  /** Characters of one expression. */
  textLength: 16 * 1024,
  /** Expressions within an expression. */
  nodes: 5_000,
  /** Levels of expressions, of which each is a call on the stack. */
  depth: 200,
  /** Characters of one regular expression. */
  patternLength: 1_024,
  /**
   * Steps of one evaluation: an expression's node, an item that is looped over, compared or made, some characters of a text
   * that is read. Some tenths of a second.
   */
  steps: 1_000_000,
  /** Characters of a text for one step. */
  stepCharacters: 32,
  /** Characters, bytes or items of one value that is made. */
  size: 1_000_000,
  /** Levels of a value that are compared or shown. */
  valueDepth: 64,
} as const;
