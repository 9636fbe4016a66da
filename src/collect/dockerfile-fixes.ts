/** Dockerfiles made over: every fix that is proven, round by round, until nothing is left that can be made. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { bounds } from "../core/bounds.ts";
import type { Finding } from "../core/finding.ts";
import { Problem } from "../core/problem.ts";
import { applyEdits } from "../engines/dockerfile/rewrite.ts";
import { editsOf, fixableTogether } from "./dockerfile-proofs.ts";
import {
  type DockerfileJudgement,
  evaluateDockerfile,
  evaluateDockerfileText,
  type LintContext,
} from "./dockerfiles.ts";

export interface MendedDockerfile {
  readonly path: string;
  /** The text as it was; absent where it could not be read, or not be written again as it is (no UTF-8). */
  readonly before?: string;
  /** The same text where nothing could be mended. */
  readonly after?: string;
  /** What was mended, in order; `line` is of the file as it was, where it is known. */
  readonly mended: readonly { readonly finding: Finding; readonly line?: number }[];
  /** Of the file as it was, and of what became of it. */
  readonly first: DockerfileJudgement;
  readonly last: DockerfileJudgement;
}

/** Makes every proven fix in memory; nothing is written. Each round leaves fewer findings, and brings none. */
export function mendDockerfile(root: string, path: string, context: LintContext): MendedDockerfile {
  const first = evaluateDockerfile(root, path, context);
  if (first.file === undefined || first.file.lossy) return { path, mended: [], first, last: first };
  const before = first.file.text;
  const mended: { finding: Finding; line?: number }[] = [];
  let after = before;
  let last = first;
  for (let round = 0; round < bounds.dockerfileFixRounds && last.file !== undefined; round++) {
    const chosen = fixableTogether(last.evaluations, last.file.prove);
    if (chosen.length === 0) break;
    after = applyEdits(after, chosen.flatMap(editsOf));
    for (const finding of [...chosen].sort((a, b) => (lineOf(a) ?? 0) - (lineOf(b) ?? 0))) {
      const line = round === 0 ? lineOf(finding) : undefined;
      mended.push(line === undefined ? { finding } : { finding, line });
    }
    last = evaluateDockerfileText(root, path, after, context);
  }
  return { path, before, after, mended, first, last };
}

/**
 * Puts the new text in the old one's place in one step; its mode and owner stay. What is read meanwhile is the old
 * file or the new one.
 *
 * @throws Problem `dockerfile.link`, `dockerfile.changed` or `dockerfile.unwritable`
 */
export function replaceDockerfile(root: string, path: string, before: string, after: string): void {
  const place = join(root, path);
  try {
    const file = realpathSync(place);
    if (!isWithin(realpathSync(root), file)) {
      throw refused(
        "dockerfile.link",
        place,
        "it is a link that leads out of the folder, which is not written through",
      );
    }
    const { mode, uid, gid } = statSync(file);
    const written = readFileSync(file);
    if (!written.equals(Buffer.from(before))) {
      throw refused("dockerfile.changed", place, "somebody changed it meanwhile");
    }
    const fresh = join(dirname(file), `.${basename(file).slice(0, 100)}.${randomBytes(6).toString("hex")}.new`);
    try {
      writeFileSync(fresh, after, { flag: "wx", mode: mode & 0o777 });
      if (process.getuid?.() === 0) chownSync(fresh, uid, gid);
      // Behind chown, which takes set-id bits away, and whatever the umask is.
      chmodSync(fresh, mode & 0o7777);
      const descriptor = openSync(fresh, "r");
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(fresh, file);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  } catch (error) {
    if (error instanceof Problem || !isSystemError(error)) throw error;
    throw refused("dockerfile.unwritable", place, error.message);
  }
}

function isWithin(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way.split(sep)[0] !== ".." && !isAbsolute(way);
}

function lineOf({ locations: [location] }: Finding): number | undefined {
  return location.kind === "file" ? location.line : undefined;
}

function refused(code: string, place: string, cause: string): Problem {
  return new Problem({ kind: "unavailable", code, place, cause });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
