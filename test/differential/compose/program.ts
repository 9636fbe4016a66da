/** The consumer, built once for its source, and run over a batch. */
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** Where Debian's packages put the source of Go libraries. */
const LIBRARIES = "/usr/share/gocode";

/** Libraries whose import path ends with a version that their folder has not. */
const VERSIONED = ["github.com/compose-spec/compose-go", "github.com/go-viper/mapstructure"];

/** A line of answer a case, in their order. */
export async function answersOf(source: string, cases: readonly Buffer[]): Promise<readonly string[]> {
  const child = spawn(built(source), { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.on("error", () => {});
  for (const bytes of cases) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    child.stdin.write(length);
    child.stdin.write(bytes);
  }
  child.stdin.end();
  const chunks: Buffer[] = [];
  for await (const chunk of child.stdout) chunks.push(chunk as Buffer);
  const lines = Buffer.concat(chunks).toString("utf8").split("\n");
  return lines.slice(0, -1);
}

function built(source: string): string {
  const text = readFileSync(source);
  const folder = join(import.meta.dirname, "../../../node_modules/.cache/differential");
  const program = join(folder, `compose-${createHash("sha256").update(text).digest("hex").slice(0, 16)}`);
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  const made = mkdtempSync(join(tmpdir(), "differential-compose-"));
  try {
    for (const library of VERSIONED) {
      mkdirSync(join(made, "src", library), { recursive: true });
      symlinkSync(join(LIBRARIES, "src", library), join(made, "src", library, "v2"));
    }
    const file = join(made, "src/consumer/main.go");
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    const out = join(made, "program");
    const { status, stderr } = spawnSync("go", ["build", "-o", out, "."], {
      cwd: dirname(file),
      env: {
        ...process.env,
        GO111MODULE: "off",
        GOPATH: `${made}:${LIBRARIES}`,
        GOFLAGS: "",
        GOTOOLCHAIN: "local",
      },
    });
    if (status !== 0)
      throw new Error(`the consumer of Compose files does not build: ${stderr.toString().slice(0, 2_000)}`);
    renameSync(out, program);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
  return program;
}
