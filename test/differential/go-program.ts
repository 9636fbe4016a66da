/** A consumer that is a small Go program: built once for its source, then fed many cases at a time. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { Reading } from "./differential.ts";
import { linesOf } from "./framed.ts";

/** Where Debian's packages put the source of Go libraries, which no module names. */
const LIBRARIES = "/usr/share/gocode";
const CACHE = join(import.meta.dirname, "../../node_modules/.cache/differential");

/**
 * @param versioned - libraries whose import path ends with `/v2`, which their folder has not
 * @returns a line a case
 */
export function askGo(source: string, cases: readonly Buffer[], versioned?: readonly string[]): Promise<string[]> {
  return linesOf(buildGo(source, versioned), [], cases);
}

/** Of consumers that answer with JSON, of which an object with `refused` says why there is no value. */
export async function askGoForJson(
  source: string,
  cases: readonly Buffer[],
  shown: (answer: unknown) => string,
): Promise<Reading[]> {
  return (await askGo(source, cases)).map((line): Reading => {
    const answer = JSON.parse(line) as { readonly refused?: string };
    if (typeof answer.refused === "string") return { kind: "refused", why: answer.refused };
    return { kind: "value", value: shown(answer) };
  });
}

/** The program that a source makes, built once for its content. */
export function buildGo(source: string, versioned: readonly string[] = []): string {
  const program = join(CACHE, createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16));
  if (existsSync(program)) return program;
  mkdirSync(CACHE, { recursive: true });
  const made = mkdtempSync(join(tmpdir(), "differential-"));
  try {
    for (const library of versioned) {
      const link = join(made, "src", library, "v2");
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(LIBRARIES, "src", library), link);
    }
    const folder = join(made, "src/consumer");
    mkdirSync(folder, { recursive: true });
    copyFileSync(source, join(folder, "main.go"));
    const fresh = `${program}.${process.pid}`;
    execFileSync("go", ["build", "-o", fresh, "."], {
      cwd: folder,
      // Go's cache stays where it always is: in a fresh clone, libraries that this machine has compiled are not compiled again.
      env: {
        ...process.env,
        GO111MODULE: "off",
        GOPATH: [made, LIBRARIES].join(delimiter),
        GOFLAGS: "",
        GOTOOLCHAIN: "local",
      },
      stdio: ["ignore", "ignore", "inherit"],
    });
    renameSync(fresh, program);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return program;
}
