import { printable } from "../core/printable.ts";

/** Shows on stderr how far the work is, once it has taken more than a second. */
export interface Progress {
  update(text: string | (() => string)): void;
  /** Removes the line again. */
  clear(): void;
}

const FIRST_MILLISECONDS = 1_000;
/** A terminal's line is redrawn this often; a log gets a line this often. */
const TERMINAL_MILLISECONDS = 100;
const LOG_MILLISECONDS = 10_000;

/**
 * @param clock - milliseconds since whenever
 * @param started - by that clock; absent: now
 */
export function createProgress(
  stream: NodeJS.WriteStream,
  quiet: boolean,
  clock: () => number = () => performance.now(),
  started = clock(),
): Progress {
  let due = started + FIRST_MILLISECONDS;
  let shown = false;
  return {
    update(text) {
      const now = clock();
      if (quiet || now < due) return;
      due = now + (stream.isTTY ? TERMINAL_MILLISECONDS : LOG_MILLISECONDS);
      const line = printable(typeof text === "string" ? text : text());
      if (stream.isTTY) stream.write(`\r\u001b[2K${line.slice(0, Math.max(20, stream.columns - 1))}`);
      else stream.write(`${line}\n`);
      shown = true;
    },
    clear() {
      if (shown && stream.isTTY) stream.write("\r\u001b[2K");
      shown = false;
    },
  };
}

const BAR = 24;

/** `scanning shop/web  [=====>      ]  41%  123 of 300 MB`. */
export function progressLine(name: string, done: number, total: number | undefined, unit?: "files"): string {
  if (total === undefined || total === 0) return `reading ${name}: ${grouped(done)} entries`;
  const part = Math.min(1, done / total);
  const filled = Math.round(part * BAR);
  const bar = "=".repeat(filled).padEnd(BAR);
  const size = unit === undefined ? `${megabytes(total)} MB` : `${grouped(total)} files`;
  return `scanning ${name} [${bar}] ${Math.round(part * 100)}% of ${size}`;
}

/** `120,558`. Node's own formatter takes as long to load as a hundred modules. */
function grouped(count: number): string {
  const digits = String(count);
  const first = digits.length % 3 || 3;
  let text = digits.slice(0, first);
  for (let at = first; at < digits.length; at += 3) text += `,${digits.slice(at, at + 3)}`;
  return text;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0);
}
