/**
 * Suite `equal-reports`: what this program reports, value for value, as an earlier revision of it reports the same: both shops, the
 * sample image, files with secrets in every form that the rules know, and a made history that is large enough for two threads. For
 * what is to be faster and say the same.
 *
 * `BEFORE=REVISION npm run conformance -- equal-reports`; without it the last commit, which shows what is not committed yet. Instead
 * of all that, what is named: `FOLDERS=DIR:DIR` are folders to look for secrets in, and in their histories where they are
 * repositories; `HISTORIES=DIR:DIR` repositories, bare ones too, by their histories, each read on all cores and on one; `IMAGES=REF,REF`
 * images, as `image scan` takes them. Both revisions run at the same time.
 */
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { pinned } from "../bench/pinned.ts";
import { sourceHistory } from "../bench/source-history.ts";
import type { Command } from "../bench/whole-process.ts";
import type { Suite } from "./suite.ts";

const ROOT = join(import.meta.dirname, "..");
const SHOP = join(ROOT, "examples", "shop");
const CACHE = join(ROOT, ".cache", "bench");
const SAMPLE = "images/sample-alpine310-node-vuln.oci.tar";
/** Of seven objects each: as many as two threads are worth. */
const COMMITS = 4_000;

export const equalReports: Suite = {
  about: "value for value as an earlier revision (BEFORE) reports: shops, images, histories",
  needs: [SAMPLE],
  async *cases({ data, temporary }) {
    const revision = process.env.BEFORE || "HEAD";
    const earlier = join(temporary, "before");
    unpack(revision, earlier);
    const homes = { [ROOT]: join(temporary, "home"), [earlier]: join(temporary, "home-before") };
    for (const home of Object.values(homes)) mkdirSync(home);
    const report = (folder: string, words: readonly string[], cores?: "one"): Promise<unknown> =>
      reportOf(folder, homes[folder] as string, words, cores);
    const runs: Record<string, readonly string[]> = {};
    const pasts: Record<string, string> = {};
    for (const folder of named("FOLDERS")) {
      const past = existsSync(join(folder, ".git")) ? ["--history"] : [];
      runs[basename(folder)] = ["secrets", "scan", folder, ...past];
    }
    for (const folder of named("HISTORIES")) pasts[nameOf(folder)] = folder;
    for (const image of named("IMAGES", ",")) runs[image] = ["image", "scan", image, "--no-cache"];
    if (Object.keys(runs).length + Object.keys(pasts).length === 0) {
      execFileSync(process.execPath, [join(SHOP, "assemble.ts")], { stdio: "ignore" });
      const database = join(temporary, "advisories.db");
      await report(ROOT, ["db", "import", join(SHOP, "advisories"), "--db", database]);
      runs["shop-insecure"] = ["check", join(SHOP, "insecure"), "--db", database];
      runs["shop-hardened"] = ["check", join(SHOP, "hardened"), "--db", database];
      runs["sample-image"] = ["image", "scan", `oci-archive:${join(data, SAMPLE)}`, "--db", database, "--no-cache"];
      runs.rules = ["secrets", "scan", join(ROOT, "src", "engines", "secrets")];
      mkdirSync(CACHE, { recursive: true });
      pasts.history = (await sourceHistory(CACHE, ROOT, COMMITS, () => {})).folder;
    }
    for (const [name, words] of Object.entries(runs)) {
      yield {
        name: `${name}, as at ${revision}`,
        async run() {
          const [now, before] = await Promise.all([report(ROOT, words), report(earlier, words)]);
          assert.deepEqual(now, before);
        },
      };
    }
    for (const [name, folder] of Object.entries(pasts)) {
      const words = ["secrets", "scan", folder, "--history"];
      yield {
        name: `${name}, as at ${revision}`,
        async run() {
          const [now, before] = await Promise.all([report(ROOT, words), report(earlier, words)]);
          assert.deepEqual(now, before);
          assert.deepEqual(await report(ROOT, words, "one"), before, "on one core");
        },
      };
    }
  },
};

/** What a variable of the environment names. */
function named(variable: string, separator = ":"): string[] {
  return (process.env[variable] ?? "").split(separator).filter((each) => each !== "");
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

/** What a run reports, without the times at which it looked. */
async function reportOf(program: string, home: string, words: readonly string[], cores?: "one"): Promise<unknown> {
  const file = join(home, "report.json");
  const isScan = words[0] !== "db";
  const all = [join(program, "bin", "bulkhead.js"), ...words];
  if (isScan) all.push("--quiet", "--format", `json=${file}`);
  const command: Command = cores === "one" ? pinned({ arguments: all }) : { arguments: all };
  const { code, stderr } = await ended(command, home);
  assert.ok(code === 0 || code === 1 || code === 3, `ended with ${code}: ${stderr}`);
  if (!isScan) return undefined;
  const times = new Set(["startedAt", "finishedAt", "observedAt", "validUntil"]);
  // Where there is no database, its place is told.
  const written = readFileSync(file, "utf8").replaceAll(`${home}/`, "~/");
  return JSON.parse(written, (key, value: unknown) => (times.has(key) ? undefined : value));
}

function ended({ program, arguments: words }: Command, home: string): Promise<{ code: unknown; stderr: string }> {
  return new Promise((resolve) => {
    const options = { cwd: home, env: { PATH: process.env.PATH ?? "", HOME: home } };
    execFile(program ?? process.execPath, words, options, (error, _, stderr) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stderr }),
    );
  });
}
