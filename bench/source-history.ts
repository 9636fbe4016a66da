/** A git repository of many commits, made once through `git fast-import`. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceHistory {
  readonly folder: string;
  readonly commits: number;
  /** Of all versions of all files. */
  readonly bytes: number;
  /** What one commit does. */
  readonly change: string;
}

/** Files under change, each a source file of this project. */
const FILES = 200;
/** Where the lines come from that commits add: 200,000 of them. */
const POOL = "node_modules/typescript/lib/typescript.js";
/** Files that one commit changes. */
const CHANGED = 4;
/** Lines that it changes in each, in one place. */
const LINES = 12;
const change = `each changes ${LINES} lines in ${CHANGED} of ${FILES} files`;

export async function sourceHistory(
  cache: string,
  root: string,
  commits: number,
  note: (line: string) => void,
): Promise<SourceHistory> {
  const folder = join(cache, `history-${commits}`);
  const summary = `${folder}.json`;
  if (existsSync(folder) && existsSync(summary)) {
    return { folder, commits, bytes: Number(readFileSync(summary, "utf8")), change };
  }
  note(`writing a history of ${commits} commits`);
  const partial = `${folder}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  execFileSync("git", ["init", "-q", partial]);
  const sources = listed(join(root, "src")).slice(0, FILES);
  const texts = sources.map((path) => readFileSync(path, "utf8").split("\n"));
  const pool = readFileSync(join(root, POOL), "utf8").split("\n");
  const git = spawn("git", ["-C", partial, "fast-import", "--quiet"], { stdio: ["pipe", "ignore", "inherit"] });
  let bytes = 0;
  for (let i = 0; i < commits; i++) {
    const parts = [`commit refs/heads/main\ncommitter Ann <ann@example.org> ${1_600_000_000 + i * 600} +0000\n`];
    parts.push(`data <<END\nchange ${i}\nEND\n`);
    for (let j = 0; j < CHANGED; j++) {
      const number = (i * 7 + j * 61) % texts.length;
      const lines = texts[number] ?? [];
      const from = (i * 31) % Math.max(1, lines.length - LINES);
      // Real source of others: what is added is as full of keywords as source is.
      const taken = ((i * CHANGED + j) * LINES * 5) % (pool.length - LINES);
      lines.splice(from, LINES, ...pool.slice(taken, taken + LINES).map((line) => `${line} // ${i}`));
      const content = Buffer.from(lines.join("\n"));
      bytes += content.length;
      parts.push(`M 100644 inline src/file${number}.ts\ndata ${content.length}\n${content.toString("utf8")}\n`);
    }
    if (!git.stdin.write(parts.join(""))) await once(git.stdin, "drain");
  }
  git.stdin.end();
  await once(git, "exit");
  execFileSync("git", ["-C", partial, "symbolic-ref", "HEAD", "refs/heads/main"]);
  execFileSync("git", ["-C", partial, "repack", "-adfq"]);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  writeFileSync(summary, String(bytes));
  return { folder, commits, bytes, change };
}

function listed(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}
