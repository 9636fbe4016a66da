import type { Display } from "./display.ts";

/** How a report is shown, whatever it says. */
export interface RenderOptions {
  /** Columns of the terminal. */
  readonly columns: number;
  readonly color: boolean;
  /** Everything: each finding, and what passed. */
  readonly all: boolean;
  /** Heeded by table and plain, whose default is a summary; the other formats leave the report whole. */
  readonly display?: Display;
  /** Told what a format could not hold, one sentence without a full stop. */
  readonly onNote?: (text: string) => void;
}

/** What is used of a stream and its environment. */
export interface Terminal {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Columns where the stream is no terminal or does not say. */
const defaultColumns = 100;

/**
 * What suits an output stream: a table on a terminal, plain lines elsewhere; colours on a terminal alone, and not where
 * NO_COLOR is set to anything (no-color.org) or the terminal is `dumb`.
 */
export function outputDefaults(
  stream: Terminal,
  environment: Readonly<Record<string, string | undefined>>,
): { readonly format: "table" | "plain"; readonly columns: number; readonly color: boolean } {
  const terminal = stream.isTTY === true;
  const quiet = (environment.NO_COLOR ?? "") !== "" || environment.TERM === "dumb";
  const columns = stream.columns !== undefined && stream.columns > 0 ? stream.columns : defaultColumns;
  return { format: terminal ? "table" : "plain", columns, color: terminal && !quiet };
}
