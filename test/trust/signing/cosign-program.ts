/** Debian's cosign as a child process that knows no Sigstore but the one that it is told of. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";

/** Where a program is installed; undefined where it is not. */
export function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export interface CosignRun {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface CosignEnded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export async function cosign(words: readonly string[], { cwd, environment = {} }: CosignRun): Promise<CosignEnded> {
  const child = spawn("cosign", words, {
    cwd,
    env: { PATH: process.env.PATH ?? "", HOME: cwd, COSIGN_PASSWORD: "", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close") as Promise<[number | null]>,
  ]);
  return { code, stdout, stderr };
}
