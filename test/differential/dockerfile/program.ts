/** Builds the Go program beside this file once, and feeds it cases. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Reading } from "../differential.ts";

const SOURCE = join(import.meta.dirname, "consumer.go");
const CACHE = join(import.meta.dirname, "../../../node_modules/.cache/differential");

/** Debian's libraries, which no module names. */
const GO = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "", GOTOOLCHAIN: "local" };

function built(): string {
  const hash = createHash("sha256").update(readFileSync(SOURCE)).digest("hex").slice(0, 16);
  const program = join(CACHE, `dockerfile-${hash}`);
  if (!existsSync(program)) {
    mkdirSync(CACHE, { recursive: true });
    const fresh = `${program}.${process.pid}`;
    execFileSync("go", ["build", "-o", fresh, SOURCE], { env: { ...process.env, ...GO }, stdio: "pipe" });
    renameSync(fresh, program);
  }
  return program;
}

interface Answer {
  readonly value?: readonly (readonly string[])[];
  readonly refused?: string;
}

export async function readByBuildKit(cases: readonly Buffer[]): Promise<Reading[]> {
  const child = spawn(built(), { stdio: ["pipe", "pipe", "inherit"] });
  const said = text(child.stdout);
  child.stdin.end(
    Buffer.concat(
      cases.flatMap((bytes) => {
        const size = Buffer.alloc(4);
        size.writeUInt32BE(bytes.length);
        return [size, bytes];
      }),
    ),
  );
  return (await said)
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Reading => {
      const { value, refused } = JSON.parse(line) as Answer;
      return value === undefined ? { kind: "refused", why: refused ?? "" } : { kind: "value", value: written(value) };
    });
}

export function written(lines: readonly (readonly string[])[]): string {
  const text = lines.map((line) => JSON.stringify(line)).join("\n");
  // Go's JSON puts one of them for each byte of a cut character, text decoders one for all.
  return text.replace(/\ufffd+/g, "\ufffd");
}
