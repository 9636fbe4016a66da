/** A node of the file. Lines and columns count from 1; offsets are in UTF-16 units of the file's text, the end is exclusive. */
export interface Place {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly start: number;
  readonly end: number;
}
