import type { TextStyle } from "./render.ts";

/** Puts `replacement` where `start` to `end` is: offsets in UTF-16 units. */
export interface DocumentEdit {
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

export interface EditContext {
  readonly text: string;
  readonly style: TextStyle;
}
