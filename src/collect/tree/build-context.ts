/** Which directory an image is built from: a Dockerfile does not say, but what it copies has to be there. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Dockerfile, Instruction } from "../../engines/dockerfile/model.ts";

export interface FoundContext {
  /** From the root, with slashes; "." is the root. */
  readonly context: string;
  /** Whether all that is copied is there. */
  readonly isCertain: boolean;
}

/**
 * The nearest directory at or above the Dockerfile's own that has everything that it copies; its own where none has.
 *
 * @param root - the directory that is scanned, above which nothing is looked for
 * @param dockerfile - read from a path below it
 */
export function findContext(root: string, dockerfile: Dockerfile): FoundContext {
  const sources = dockerfile.instructions.flatMap(copiedBy);
  const own = dirname(dockerfile.path);
  for (let context = own; ; context = dirname(context)) {
    if (sources.every((source) => existsSync(join(root, context, source)))) return { context, isCertain: true };
    if (context === ".") return { context: own, isCertain: false };
  }
}

/** Paths that an instruction takes from the context, up to the first wildcard; what a build argument decides is passed over. */
function copiedBy(instruction: Instruction): string[] {
  if ((instruction.keyword !== "COPY" && instruction.keyword !== "ADD") || instruction.from !== undefined) return [];
  return instruction.sources.flatMap((word) => {
    const written = word.value ?? word.stated;
    if (written === undefined || /^(?:[a-z]+:\/\/|git@)/i.test(written)) return [];
    const parts = written.split("/").filter((part) => part !== "" && part !== ".");
    const wild = parts.findIndex((part) => /[*?[\\]/.test(part));
    const plain = wild < 0 ? parts : parts.slice(0, wild);
    return plain.includes("..") ? [] : [plain.join("/")];
  });
}
