/** Patches and manifests on standard output: they are read by programs and by people, and hold lines of the tree. */
import { fstatSync } from "node:fs";
import { directoryInRepository } from "../collect/tree/authority.ts";
import { withoutLogCommands } from "../core/log-commands.ts";
import { printable } from "../core/printable.ts";
import { sourcePath } from "../report/source-path.ts";
import { unifiedDiff } from "../report/unified-diff.ts";
import type { Replacement } from "./replace-file.ts";

/** The change of a file below the root as a patch, whose path is from the root of the repository where there is one. */
export function patchOf(root: string, { path, before, after }: Replacement): string {
  const directory = directoryInRepository(root);
  if (directory === undefined) return unifiedDiff(path, before, after);
  return unifiedDiff(sourcePath({ directory }, path), before, after, true);
}

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
    process.stderr.write("bulkhead: log commands in the patch are broken up (write it to a file to apply it)\n");
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
