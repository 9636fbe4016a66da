/**
 * Suite `equal-reports`: what this program reports, value for value, as an earlier revision of it reports the same: both shops, the
 * sample image, files with secrets in every form that the rules know, a made history of 10,000 commits, and the image of
 * `npm run bench -- image-scan` where it was made. For what is to be faster and say the same.
 *
 * `BEFORE=REVISION npm run conformance -- equal-reports`; without it the last commit, which shows what is not committed yet.
 * `FOLDERS=DIR:DIR` adds folders to look for secrets in, and in their histories where they are repositories. `HISTORIES=DIR:DIR` adds
 * repositories, bare ones too, by their histories, each read on all cores and on one.
 */
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { gitRepository } from "../bench/git-repository.ts";
import { pinned } from "../bench/pinned.ts";
import type { Command } from "../bench/whole-process.ts";
import type { Suite } from "./suite.ts";

const ROOT = join(import.meta.dirname, "..");
const SHOP = join(ROOT, "examples", "shop");
const CACHE = join(ROOT, ".cache", "bench");
const SAMPLE = "images/sample-alpine310-node-vuln.oci.tar";
/** Of large-image.ts, whatever its recipe. */
const MADE_IMAGE = /^images-\w+$/;

export const equalReports: Suite = {
  about: "value for value as an earlier revision (BEFORE) reports: shops, images, histories",
  needs: [SAMPLE],
  async *cases({ data, temporary }) {
    const revision = process.env.BEFORE || "HEAD";
    const earlier = join(temporary, "before");
    unpack(revision, earlier);
    const home = join(temporary, "home");
    mkdirSync(home);
    execFileSync(process.execPath, [join(SHOP, "assemble.ts")], { stdio: "ignore" });
    const database = join(temporary, "advisories.db");
    const report = (folder: string, words: readonly string[], cores?: "one"): unknown =>
      reportOf(folder, home, words, cores);
    report(ROOT, ["db", "import", join(SHOP, "advisories"), "--db", database]);
    mkdirSync(CACHE, { recursive: true });
    const work = join(temporary, "history");
    execFileSync("git", ["clone", "--quiet", await gitRepository(CACHE, () => {}), work]);
    const runs: Record<string, readonly string[]> = {
      "shop-insecure": ["check", join(SHOP, "insecure"), "--db", database],
      "shop-hardened": ["check", join(SHOP, "hardened"), "--db", database],
      "sample-image": ["image", "scan", `oci-archive:${join(data, SAMPLE)}`, "--db", database, "--no-cache"],
      rules: ["secrets", "scan", join(ROOT, "src", "engines", "secrets")],
    };
    const pasts: Record<string, string> = { history: work };
    for (const folder of named("HISTORIES")) pasts[nameOf(folder)] = folder;
    const layout = madeImage();
    if (layout !== undefined) runs["bench-image"] = ["image", "scan", layout, "--db", database, "--no-cache"];
    for (const folder of named("FOLDERS")) {
      const past = existsSync(join(folder, ".git")) ? ["--history"] : [];
      runs[basename(folder)] = ["secrets", "scan", folder, ...past];
    }
    for (const [name, words] of Object.entries(runs)) {
      yield {
        name: `${name}, as at ${revision}`,
        run: () => assert.deepEqual(report(ROOT, words), report(earlier, words)),
      };
    }
    for (const [name, folder] of Object.entries(pasts)) {
      const words = ["secrets", "scan", folder, "--history"];
      yield {
        name: `${name}, as at ${revision}`,
        run() {
          const before = report(earlier, words);
          assert.deepEqual(report(ROOT, words), before);
          assert.deepEqual(report(ROOT, words, "one"), before, "on one core");
        },
      };
    }
  },
};

/** Folders that a variable of the environment names. */
function named(variable: string): string[] {
  return (process.env[variable] ?? "").split(":").filter((each) => each !== "");
}

/** `owner/repo` where the folder itself has a name that tells nothing. */
function nameOf(folder: string): string {
  return folder
    .split("/")
    .filter((each) => each !== "")
    .slice(-2)
    .join("/");
}

/** The revision's files, with the packages of this clone. */
function unpack(revision: string, folder: string): void {
  mkdirSync(folder);
  const archive = execFileSync("git", ["-C", ROOT, "archive", revision], { maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", folder], { input: archive });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
}

function madeImage(): string | undefined {
  const name = readdirSync(CACHE).find((each) => MADE_IMAGE.test(each));
  return name === undefined ? undefined : `oci:${join(CACHE, name)}:first`;
}

/** What a run reports, without the times at which it looked. */
function reportOf(program: string, home: string, words: readonly string[], cores?: "one"): unknown {
  const file = join(home, "report.json");
  const isScan = words[0] !== "db";
  const all = [join(program, "bin", "bulkhead.js"), ...words];
  if (isScan) all.push("--quiet", "--format", `json=${file}`);
  const command: Command = cores === "one" ? pinned({ arguments: all }) : { arguments: all };
  const { status, signal, stderr } = spawnSync(command.program ?? process.execPath, command.arguments, {
    cwd: home,
    env: { PATH: process.env.PATH ?? "", HOME: home },
    encoding: "utf8",
  });
  assert.ok(status === 0 || status === 1 || status === 3, `ended with ${status ?? signal}: ${stderr}`);
  if (!isScan) return undefined;
  const times = new Set(["startedAt", "finishedAt", "observedAt", "validUntil"]);
  return JSON.parse(readFileSync(file, "utf8"), (key, value: unknown) => (times.has(key) ? undefined : value));
}
