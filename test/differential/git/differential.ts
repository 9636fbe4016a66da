/**
 * A repository with one of its files in disorder: what our readers of objects, refs and the index take from it, and what
 * git itself does. Git runs with no configuration but the template's, no protocol, no hook and no monitor.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Problem } from "../../../src/core/problem.ts";
import { objectFolders } from "../../../src/engines/git/locate.ts";
import { openLookup } from "../../../src/engines/git/lookup.ts";
import { openRepository, type Repository } from "../../../src/engines/git/repository.ts";
import { readRevision } from "../../../src/engines/git/revision.ts";
import { readIndex } from "../../../src/engines/git/staged.ts";
import type { Differential, Reading } from "../differential.ts";
import type { Random } from "../random.ts";
import { type Asked, type Template, templates, write } from "./templates.ts";

/** First the template, then which of its files, then that file's content. */
interface Case {
  readonly template: Template;
  readonly path: string;
  readonly asked: Asked;
  readonly content: Buffer;
}

function caseOf(bytes: Buffer): Case | undefined {
  const template = templates()[bytes[0] ?? 255];
  const target = template?.targets[bytes[1] ?? 255];
  return template === undefined || target === undefined
    ? undefined
    : { template, ...target, content: bytes.subarray(2) };
}

const REVISIONS = [
  "HEAD",
  "@",
  "main",
  "side",
  "alias",
  "v1",
  "v1^{}",
  "light",
  "team/old",
  "heads/main",
  "tags/v1",
  "origin",
  "origin/main",
  "refs/heads/side",
  "refs/remotes/origin/main",
  "HEAD~1",
  "main^",
  "v1^{tree}",
  "nothing",
];

const PARTS = [
  "\n",
  " ",
  "\0",
  "ref: refs/heads/side",
  "ref:",
  "refs/heads/",
  "HEAD",
  "^",
  "#",
  "main",
  "/",
  "\r",
  "..",
  "0".repeat(40),
];

function disorder(original: Buffer, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(original);
  const times = random.once(12) ? 0 : 1 + random.below(3);
  for (let n = 0; n < times; n++) {
    const at = random.below(bytes.length + 1);
    const length = random.once(3) ? random.below(60) : 1 + random.below(3);
    const cut = (put: Buffer, over: number): Buffer =>
      Buffer.concat([bytes.subarray(0, at), put, bytes.subarray(Math.min(bytes.length, at + over))]);
    switch (random.below(7)) {
      case 0:
        bytes = cut(random.bytes(1), 1);
        break;
      case 1:
        bytes = cut(Buffer.alloc(0), length);
        break;
      case 2:
        bytes = cut(random.bytes(length), 0);
        break;
      case 3:
        bytes = cut(Buffer.from(random.pick(PARTS)), random.once(2) ? 0 : length);
        break;
      case 4: {
        const from = random.below(bytes.length + 1);
        bytes = cut(Buffer.from(bytes.subarray(from, from + length)), random.once(2) ? 0 : length);
        break;
      }
      case 5: {
        const lines = bytes.toString("latin1").split("\n");
        const [moved = ""] = lines.splice(random.below(lines.length), 1);
        lines.splice(random.below(lines.length + 1), 0, moved);
        bytes = Buffer.from(lines.join("\n"), "latin1");
        break;
      }
      default:
        if (at < bytes.length) bytes[at] = (bytes[at] as number) ^ (1 << random.below(8));
    }
  }
  return bytes;
}

function generate(random: Random): Buffer {
  const template = random.below(templates().length);
  const { targets, files } = templates()[template] as Template;
  // Loose objects are many, and the other files where readers part.
  const asked = random.pick<Asked>(["objects", "refs", "refs", "index", "index"]);
  const fitting = targets.flatMap((target, at) => (target.asked === asked ? [at] : []));
  const target = random.pick(fitting.length === 0 ? targets.map((_, at) => at) : fitting);
  const original = files.get(targets[target]?.path ?? "") ?? Buffer.alloc(0);
  return Buffer.concat([Buffer.from([template, target]), disorder(original, random)]);
}

/** The repository of a case, for as long as it is looked at. */
async function within<Value>(
  { template, path, content }: Case,
  look: (folder: string) => Value,
): Promise<Awaited<Value>> {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-git-case-"));
  try {
    write(folder, template, path, content);
    return await look(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

async function consume(bytes: Buffer): Promise<Reading> {
  const found = caseOf(bytes);
  if (found === undefined) return { kind: "refused", why: "no case" };
  return await within(found, async (folder) => {
    try {
      switch (found.asked) {
        case "objects":
          return value(batchOf(await run(folder, ["cat-file", "--batch-all-objects", "--batch"])));
        case "refs":
          return value(checked(await run(folder, ["cat-file", "--batch-check"], `${REVISIONS.join("\n")}\n`)));
        case "index":
          return value(listed(await run(folder, ["ls-files", "--stage", "-z"])));
      }
    } catch (error) {
      return { kind: "refused", why: (error as Error).message.slice(0, 200) };
    }
  });
}

function run(folder: string, words: readonly string[], input = ""): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const settings = ["-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "gc.auto=0"];
  const env = {
    PATH: process.env.PATH,
    HOME: join(folder, ".git", "objects"),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ALLOW_PROTOCOL: "none",
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
    GIT_CEILING_DIRECTORIES: tmpdir(),
    LC_ALL: "C",
  };
  const child = execFile(
    "git",
    [...settings, ...words],
    { cwd: folder, env, encoding: "buffer", maxBuffer: 64 * 1024 * 1024, timeout: 20_000 },
    (error, stdout, stderr) => {
      // It goes on behind an object that it cannot read, and says so alone.
      if (error === null && !/^(?:error|fatal)/m.test(stderr.toString())) resolve(stdout);
      else reject(new Error(stderr.toString() || String(error)));
    },
  );
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return promise;
}

function value(text: string): Reading {
  return { kind: "value", value: text };
}

/** `ID TYPE SIZE`, a line feed, the content, a line feed. */
function batchOf(output: Buffer): string {
  const lines: string[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(10, at);
    const [id = "", type = "", size = ""] = output.toString("latin1", at, end).split(" ");
    if (size === "") throw new Error(`${id} ${type}`);
    const content = output.subarray(end + 1, end + 1 + Number(size));
    lines.push(`${id} ${type} ${digestOf(content)}`);
    at = end + 2 + Number(size);
  }
  return lines.sort().join("\n");
}

function checked(output: Buffer): string {
  const lines = output.toString("latin1").trimEnd().split("\n");
  return REVISIONS.map((name, n) => {
    const [id = "", type = "missing"] = (lines[n] ?? "").split(" ");
    return type === "missing" || type === "ambiguous" ? `${name} missing` : `${name} ${id} ${type}`;
  }).join("\n");
}

function listed(output: Buffer): string {
  return output
    .toString("latin1")
    .split("\0")
    .filter((line) => line !== "")
    .join("\n");
}

const TYPES = ["", "commit", "tree", "blob", "tag"];

async function read(bytes: Buffer): Promise<Reading> {
  const found = caseOf(bytes);
  if (found === undefined) return { kind: "refused", why: "no case" };
  return await within(found, (folder): Reading => {
    try {
      using repository = openRepository(folder, { outside: false });
      if (repository === undefined) return { kind: "refused", why: "no repository" };
      switch (found.asked) {
        case "objects":
          return value(objectsOf(repository));
        case "refs":
          return value(revisionsOf(repository));
        case "index":
          return value(stagedOf(repository));
      }
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return { kind: "refused", why: error.line() };
    }
  });
}

/** By both readers of objects: all that there are, and each by its id. */
function objectsOf({ stored, objects, facts, gaps }: Repository): string {
  const lookup = openLookup(objectFolders(facts.commonFolder, undefined, gaps), facts.format);
  const lines: string[] = [];
  for (let number = 0; number < stored.ids.count; number++) {
    if (stored.ids.first(number) !== number) continue;
    const id = stored.ids.hex(number);
    const { type, bytes } = objects.read(number);
    const alone = lookup.read(id);
    if (alone?.type !== type || !alone.bytes.equals(bytes)) throw new Error(`${id} is read in two ways`);
    lines.push(`${id} ${TYPES[type]} ${digestOf(bytes)}`);
  }
  refuseGaps(gaps.list());
  return lines.sort().join("\n");
}

function revisionsOf({ facts, idBytes, gaps }: Repository): string {
  const lookup = openLookup(objectFolders(facts.commonFolder, undefined, gaps), facts.format);
  refuseGaps(gaps.list());
  const reading = { located: facts, lookup, idBytes, shallow: facts.shallow };
  return REVISIONS.map((name) => {
    try {
      const { id, object } = readRevision(name, reading);
      return `${name} ${id} ${TYPES[object.type]}`;
    } catch (error) {
      if (error instanceof Problem && /no branch, tag or commit/.test(error.message)) return `${name} missing`;
      throw error;
    }
  }).join("\n");
}

function stagedOf({ facts: { gitFolder }, idBytes }: Repository): string {
  return (readIndex(join(gitFolder, "index"), idBytes) ?? [])
    .map(({ path, mode, id, stage }) => {
      return `${mode.toString(8).padStart(6, "0")} ${id.toString("hex")} ${stage}\t${path.toString("latin1")}`;
    })
    .join("\n");
}

function refuseGaps([first]: readonly {
  readonly code: string;
  readonly place: string;
  readonly reason: string;
}[]): void {
  if (first === undefined) return;
  throw new Problem({ kind: "input", code: first.code, place: first.place, cause: first.reason });
}

export const differential: Differential = {
  reader: "git",
  consumer: "git",
  needs: ["git"],
  cases: { short: 120, soak: 3_000 },
  accepting: "harmless",
  generate,
  async consume(cases) {
    const readings: Reading[] = [];
    for (const bytes of cases) readings.push(await consume(bytes));
    return readings;
  },
  read,
  // Said to be sorted, with a line that is none behind.
  regressions: () => {
    const template = 1;
    const target = templates()[template]?.targets.findIndex(({ path }) => path === "packed-refs") ?? 0;
    const id = "ed1553a34d2d27e46120af8214ed5338d203520d";
    const text = `# pack-refs with:sorted\n${id} refs/heads/main\n${id} e12df3 87e12df3\n`;
    return new Map([["unsorted", Buffer.concat([Buffer.from([template, target]), Buffer.from(text)])]]);
  },
};
