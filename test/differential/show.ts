import type { Difference } from "./run.ts";

const MOST = 300;

/** A few lines: the bytes as a literal that a case can be made of, and what each side reads. */
export function describeDifference({ bytes, ours, theirs }: Difference): string {
  const clip = (text: string): string => (text.length > MOST ? `${text.slice(0, MOST)}… (${text.length})` : text);
  const side = (reading: typeof ours): string => (reading.kind === "value" ? reading.value : `refused: ${reading.why}`);
  return [
    `bytes  ${clip(JSON.stringify(bytes.toString("latin1")))}`,
    `ours   ${clip(side(ours))}`,
    `theirs ${clip(side(theirs))}`,
  ].join("\n");
}
