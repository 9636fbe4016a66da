/** How much of a repository's history a job has: scans that go through it find nothing in what is not there. */
import type { GitlabJob } from "../gitlab/model.ts";
import type { Known } from "./image.ts";

/** git takes it for all of the history (git-fetch(1), `--unshallow`; `INFINITE_DEPTH` of its sources). */
const ALL = "2147483647";

/** git's own options that take a word of their own (git(1)). */
const TAKES_WORD: ReadonlySet<string> = new Set([
  "-C",
  "-c",
  "--git-dir",
  "--work-tree",
  "--namespace",
  "--config-env",
]);

/**
 * Whether a checkout has only the last commits after a command of git's: by git-fetch(1), `--depth` cuts the history off,
 * also that of a whole checkout, `--deepen` and no option leave it cut off where it was.
 *
 * @param words - of the command, without `git`
 */
export function isShallowAfter(words: readonly string[], before: boolean): boolean {
  let at = 0;
  while (words[at]?.startsWith("-") === true) at += TAKES_WORD.has(words[at] ?? "") ? 2 : 1;
  const [command, ...own] = words.slice(at);
  if (command !== "fetch" && command !== "pull") return before;
  if (own.includes("--unshallow")) return false;
  if (own.some((word) => /^--shallow-(?:since|exclude)(?:=|$)/.test(word))) return true;
  const depth = own.flatMap((word, place) =>
    word === "--depth" ? (own[place + 1] ?? []) : word.startsWith("--depth=") ? word.slice("--depth=".length) : [],
  );
  const last = depth.at(-1);
  // What only the run knows may be all of it.
  return last === undefined || !/^\d+$/.test(last) ? before : last !== ALL;
}

/**
 * Whether GitLab fetches the last commits alone: 20 of them, unless the project's settings or GIT_DEPTH say otherwise ("Configuring
 * runners", "Shallow cloning"; 0 is all of them). Not known, and so no, where a variable is not, or where nothing is fetched.
 */
export function isShallowInGitlab(job: GitlabJob, known: Known): boolean {
  const depth = known.get("GIT_DEPTH");
  const strategy = known.get("GIT_STRATEGY") ?? "fetch";
  if (strategy !== "fetch" && strategy !== "clone") return false;
  if (job.rules?.some(({ variables }) => variables.some(({ name }) => name === "GIT_DEPTH")) === true) return false;
  return depth === undefined || (/^\d+$/.test(depth) && Number(depth) !== 0);
}
