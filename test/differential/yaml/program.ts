/** The consumer that is a Go program: built once from its source, then given many cases at a time. */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const GO = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "", GOTOOLCHAIN: "local" } as const;

/** The path of the program, which is kept in the system's folder for such by the hash of its source. */
async function built(source: string): Promise<string> {
  const name = createHash("sha256").update(readFileSync(source)).digest("hex").slice(0, 24);
  const folder = join(tmpdir(), `bulkhead-consumers-${process.getuid?.() ?? 0}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const fresh = `${program}.${process.pid}`;
  const env = { ...process.env, ...GO, GOCACHE: process.env.GOCACHE ?? join(folder, "go-build") };
  await promisify(execFile)("go", ["build", "-o", fresh, source], { env });
  renameSync(fresh, program);
  return program;
}

/** One line of answer a case, in order. */
export async function answersOf(source: string, cases: readonly Buffer[]): Promise<string[]> {
  const child = spawn(await built(source), [], { stdio: ["pipe", "pipe", "inherit"] });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => (code === 0 ? resolve() : reject(new Error(`the consumer ended with ${code}`))));
  });
  for (const bytes of cases) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    child.stdin.write(length);
    child.stdin.write(bytes);
  }
  child.stdin.end();
  await ended;
  return Buffer.concat(chunks).toString("utf8").split("\n").slice(0, -1);
}
