/** Repositories that the real git makes, held in memory: of each its files, and which of them are put in disorder. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { git } from "../../../src/engines/git/repository.fixture.ts";

/** What of a repository a file decides, and so what both sides are asked. */
export type Asked = "objects" | "refs" | "index";

export interface Template {
  /** Path below `.git` → content. Folders that are empty end with a slash. */
  readonly files: ReadonlyMap<string, Buffer>;
  readonly targets: readonly { readonly path: string; readonly asked: Asked }[];
}

const LONG = Array.from({ length: 200 }, (_, line) => `line ${line} of many`).join("\n");

function build(folder: string, setUp: readonly string[], steps: readonly (readonly string[])[]): void {
  git(folder, ["init", "-q", "--initial-branch=main", ...setUp]);
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const commit = (message: string): void => {
    git(folder, ["add", "--all"]);
    git(folder, ["commit", "-q", "-m", message]);
  };
  put("a/long", `${LONG}\none`);
  put("a/b/c", "deep");
  put("top", "1");
  commit("one");
  git(folder, ["tag", "-a", "-m", "told", "v1"]);
  git(folder, ["branch", "side"]);
  git(folder, ["branch", "team/old"]);
  put("a/long", `${LONG}\ntwo`);
  put("a/long.bak", `${LONG}\nthree`);
  commit("two");
  git(folder, ["tag", "light"]);
  git(folder, ["symbolic-ref", "refs/heads/alias", "refs/heads/main"]);
  git(folder, ["update-ref", "refs/remotes/origin/main", "HEAD~1"]);
  git(folder, ["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"]);
  put("staged", "staged only");
  git(folder, ["add", "staged"]);
  for (const step of steps) git(folder, step);
}

function load(setUp: readonly string[], steps: readonly (readonly string[])[]): Template {
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-git-template-"));
  try {
    build(folder, setUp, steps);
    const root = join(folder, ".git");
    const files = new Map<string, Buffer>();
    const targets: { readonly path: string; readonly asked: Asked }[] = [];
    for (const name of readdirSync(root, { recursive: true, encoding: "utf8" }).sort()) {
      if (/^(?:hooks|logs|info|branches|COMMIT_EDITMSG|description|ORIG_HEAD)/.test(name)) continue;
      if (statSync(join(root, name)).isDirectory()) {
        files.set(`${name}/`, Buffer.alloc(0));
        continue;
      }
      // A map of packs, a reverse index and the like: git can do without.
      if (/\.(?:rev|bitmap|keep)$|multi-pack-index|commit-graph/.test(name)) continue;
      files.set(name, readFileSync(join(root, name)));
      const asked = /^objects\//.test(name) ? "objects" : /^refs\/|^HEAD$|^packed-refs$/.test(name) ? "refs" : name;
      if (asked === "objects" || asked === "refs" || asked === "index") targets.push({ path: name, asked });
    }
    return { files, targets };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

let made: readonly Template[] | undefined;

/** Loose and packed, deltas by offset and by id, both object formats, indexes of all three versions. */
export function templates(): readonly Template[] {
  made ??= [
    load([], []),
    load(
      [],
      [
        ["repack", "-adfq"],
        ["pack-refs", "--all"],
        ["update-index", "--index-version=4"],
      ],
    ),
    load(
      [],
      [
        ["-c", "repack.useDeltaBaseOffset=false", "repack", "-adfq"],
        ["rm", "-q", "--cached", "top"],
        ["add", "-N", "top"],
      ],
    ),
    load(
      ["--object-format=sha256"],
      [
        ["repack", "-adfq"],
        ["pack-refs", "--all"],
      ],
    ),
  ];
  return made;
}

/** Writes a template below `folder`, one file of it with other content. */
export function write(folder: string, { files }: Template, target: string, content: Buffer): void {
  for (const [name, bytes] of files) {
    const path = join(folder, ".git", name);
    if (name.endsWith("/")) mkdirSync(path, { recursive: true });
    else {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, relative(name, target) === "" ? content : bytes);
      chmodSync(path, 0o600);
    }
  }
}
