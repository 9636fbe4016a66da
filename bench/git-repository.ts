/** A bare repository of many commits, the same each time: made once by `git fast-import` and kept. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

export const COMMITS = 10_000;
/** Lines of one file before the next change takes some out again. */
const FILE_LINES = 300;
/** Raised with every change to what is made here. */
const EDITION = 2;

/** @param cache - the folder where it is kept */
export async function gitRepository(cache: string, note: (line: string) => void): Promise<string> {
  const kept = join(cache, `history-${EDITION}.git`);
  if (existsSync(kept)) return kept;
  note(`making a repository of ${COMMITS} commits`);
  const made = `${kept}.new`;
  rmSync(made, { recursive: true, force: true });
  mkdirSync(made, { recursive: true });
  execFileSync("git", ["init", "-q", "--bare", "--initial-branch=main", made]);
  const importing = spawn("git", ["-C", made, "fast-import", "--quiet"], { stdio: ["pipe", "ignore", "inherit"] });
  const ended = once(importing, "exit");
  for (const part of changes()) if (!importing.stdin.write(part)) await once(importing.stdin, "drain");
  importing.stdin.end();
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`git fast-import ended with ${code}`);
  execFileSync("git", ["-C", made, "repack", "-adfq"]);
  renameSync(made, kept);
  return kept;
}

/** A stream of commits: each changes one to four files, some 40 lines in all; a quarter of them bring a new file. */
function* changes(): Generator<string> {
  const random = numbers();
  const words = Array.from(
    { length: 2_000 },
    (_, n) => `${"abcdefghijklmnopqrstuvwxyz"[n % 26]}${(n * 7919).toString(36)}`,
  );
  const word = (): string => words[random(words.length)] as string;
  const line = (): string =>
    `  const ${word()} = ${word()}.${word()}(${word()}, ${random(100)}); // ${word()} ${word()}\n`;
  const lines = (count: number): string[] => Array.from({ length: count }, line);
  const files: { readonly path: string; readonly lines: string[] }[] = [];
  const add = (): number =>
    files.push({ path: `${word()}/${word()}/${word()}-${files.length}.ts`, lines: lines(20 + random(100)) }) - 1;

  for (let commit = 1; commit <= COMMITS; commit++) {
    const changed = new Set<number>();
    if (commit === 1) for (let n = 0; n < 50; n++) changed.add(add());
    else if (random(4) === 0) changed.add(add());
    for (let edits = random(4); edits > 0; edits--) {
      const which = random(files.length);
      const { lines: text } = files[which] as { lines: string[] };
      text.splice(random(text.length), text.length > FILE_LINES ? 60 : random(8), ...lines(2 + random(30)));
      changed.add(which);
    }
    const who = `Ann <ann@example.org> ${1_600_000_000 + commit * 60} +0000`;
    let stream = `commit refs/heads/main\nmark :${commit}\nauthor ${who}\ncommitter ${who}\n${data(`Change ${commit}: ${word()}\n`)}`;
    if (commit > 1) stream += `from :${commit - 1}\n`;
    if (commit % 20 === 0) stream += `merge :${commit - 10}\n`;
    for (const which of changed) {
      const { path, lines: text } = files[which] as { path: string; lines: string[] };
      stream += `M 100644 inline ${path}\n${data(text.join(""))}`;
    }
    yield `${stream}\n`;
  }
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

/** A linear congruential generator: the same numbers on every machine. */
function numbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}
