/** Patches and manifests on standard output: they are read by programs and by people, and hold lines of the tree. */
import { fstatSync } from "node:fs";
import { withoutLogCommands } from "../core/log-commands.ts";
import { printable } from "../core/printable.ts";

/**
 * Into a file as it is. On a terminal so that nothing in it acts there. Into a pipe, which may be a log of continuous
 * integration, as it is unless a line of it would be a command there: then broken up, so that it applies to nothing, and
 * said so on stderr.
 */
export function forStandardOutput(text: string): string {
  if (process.stdout.isTTY === true) return text.split("\n").map(printable).join("\n");
  if (isFile(process.stdout.fd)) return text;
  const broken = text.split("\n").map(withoutLogCommands).join("\n");
  if (broken !== text) {
    process.stderr.write("bulkhead: lines that a log would act on are broken up: to apply it, write it to a file\n");
  }
  return broken;
}

function isFile(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isFile();
  } catch {
    return false;
  }
}
