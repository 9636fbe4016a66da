/** Dockerfiles: found by name, read and taken apart, with what of their build context lints need. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { present } from "../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import { bounds as dockerfileBounds } from "../../engines/dockerfile/bounds.ts";
import type { Dockerfile, IgnoreFile, ReadDockerfile } from "../../engines/dockerfile/model.ts";
import { parseDockerfile } from "../../engines/dockerfile/parse.ts";
import { type IsSensitive, sensitiveFilesIn } from "./sensitive-files.ts";

/**
 * One Dockerfile, or why it cannot be read.
 *
 * @param root - the folder that is judged
 * @param path - relative to it
 */
export function readDockerfile(root: string, path: string, options: ReadingOptions): ReadDockerfile {
  const whole = () => ({ ...readText(join(root, path)), folder: dirname(path), ignored: path });
  return reading(root, path, whole, options);
}

/** Its text, and where what it copies is. */
export interface DockerfileText {
  readonly text: string;
  readonly lossy: boolean;
  /** The build context, or what is next to it, from the root. */
  readonly folder: string;
  /** The path that ignore files are looked for beside. */
  readonly ignored: string;
}

interface ReadingOptions {
  readonly now: Date;
  /** Whether a file of the build context has the name of a secret. */
  readonly isSensitive: IsSensitive;
  readonly given?: Dockerfile["given"];
  readonly within?: NonNullable<Dockerfile["within"]>;
}

/** The same of one whose text is known. */
export function readDockerfileText(
  root: string,
  path: string,
  whole: DockerfileText,
  options: ReadingOptions,
): ReadDockerfile {
  return reading(root, path, () => whole, options);
}

function reading(
  root: string,
  path: string,
  whole: () => DockerfileText,
  { now, isSensitive, given, within }: ReadingOptions,
): ReadDockerfile {
  try {
    const { text, lossy, folder, ignored } = whole();
    const parsed = parseDockerfile(path, text, given);
    const dockerfile = within === undefined ? parsed : { ...parsed, within };
    const { files: sensitiveFiles, gaps } = sensitiveFilesIn(root, folder, dockerfile, isSensitive);
    const context = { ignoreFiles: ignoreFiles(root, ignored), sensitiveFiles };
    return { state: "read", path, text, lossy, dockerfile, context: present(context, now.toISOString(), { gaps }) };
  } catch (error) {
    if (isEvidenceProblem(error)) return { state: "unread", path, gap: { code: error.code, reason: error.message } };
    if (!isSystemError(error)) throw error;
    return { state: "unread", path, gap: { code: "dockerfile.unreadable", reason: error.message } };
  }
}

function readText(file: string): { text: string; lossy: boolean } {
  const { size } = statSync(file);
  if (size > dockerfileBounds.dockerfileBytes) {
    const cause = `${size} bytes exceed the limit of ${dockerfileBounds.dockerfileBytes}`;
    throw new Problem({ kind: "input", code: "dockerfile.size", place: file, cause });
  }
  const bytes = readFileSync(file);
  try {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true, fatal: true }).decode(bytes), lossy: false };
  } catch {
    return { text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes), lossy: true };
  }
}

/** Those that a build with the Dockerfile's folder, or the folder that is judged, as context would read. */
function ignoreFiles(root: string, path: string): IgnoreFile[] {
  const folder = dirname(path);
  const names = [`${path}.dockerignore`, join(folder, ".containerignore"), join(folder, ".dockerignore")];
  if (folder !== ".") names.push(".containerignore", ".dockerignore");
  return names.flatMap((name) => {
    const file = join(root, name);
    try {
      if (!existsSync(file) || statSync(file).size > dockerfileBounds.dockerfileBytes) return [];
      const lines = readFileSync(file, "utf8").split("\n");
      const patterns = lines.map((line) => line.trim()).filter((line) => line !== "" && !line.startsWith("#"));
      return [{ path: name, patterns }];
    } catch {
      return [];
    }
  });
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "code" in error && "syscall" in error;
}
