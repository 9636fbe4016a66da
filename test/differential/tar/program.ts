/** A consumer that is a small Go program: built once for its source, then fed many cases at a time. */
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Reading } from "../differential.ts";

/** What Go itself and Debian's packages of libraries need to be found by. */
const environment = {
  ...process.env,
  GO111MODULE: "off",
  GOPATH: "/usr/share/gocode",
  GOFLAGS: "",
  GOTOOLCHAIN: "local",
};

/** @returns its answers: a line of JSON a case, of which an object with `refused` says why there is no value */
export function askGo(source: string, cases: readonly Buffer[]): unknown[] {
  const program = built(source);
  const input = Buffer.concat(
    cases.flatMap((bytes) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
  const { stdout, stderr, status } = spawnSync(program, { input, maxBuffer: 1024 * 1024 * 1024, timeout: 300_000 });
  if (status !== 0) throw new Error(`${source} ended with ${status}: ${stderr}`);
  return stdout
    .toString()
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line) as unknown);
}

export function readingOf(answer: unknown, shown: (answer: unknown) => string): Reading {
  const refused = (answer as { refused?: string }).refused;
  if (typeof refused === "string") return { kind: "refused", why: refused };
  return { kind: "value", value: shown(answer) };
}

function built(source: string): string {
  const hash = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 16);
  const folder = join(tmpdir(), "bulkhead-consumers");
  const program = join(folder, hash);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const making = `${program}.${process.pid}`;
  execFileSync("go", ["build", "-o", making, source], { env: environment, stdio: ["ignore", "ignore", "inherit"] });
  renameSync(making, program);
  return program;
}
