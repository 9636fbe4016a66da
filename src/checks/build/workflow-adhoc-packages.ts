import { scriptCheck } from "./pipelines/script-check.ts";
import { whereOf } from "./pipelines/steps.ts";
import { mayRun } from "./pipelines/uses.ts";

/** Packages that a step installs by name, beside the lockfile. */
export const workflowAdhocPackages = scriptCheck({
  name: "workflow-adhoc-packages",
  title: "Packages installed in pipelines outside a lockfile",
  severity: "low",
  documentation: {
    what: "Checks the commands of `run` steps for packages that are installed by name: `npm install NAME`, `yarn add`, `pnpm add`, `gem install`, `bundle add`. Not reported: installs from a lockfile or of a local archive or directory, and other package managers (their images are checked in Dockerfiles).",
    why: "Even with a version the package's own dependencies are resolved anew: a release that was taken over an hour ago runs in the job, with its token.",
    fix: "Add the package to a manifest with a lockfile, and install with `npm ci`, `yarn install --immutable`, `pnpm install --frozen-lockfile` or `bundle install`.",
    references: ["https://docs.npmjs.com/cli/commands/npm-ci", "https://bundler.io/guides/deploying.html"],
  },
  *detect({ commands }) {
    for (const { words, place, job, step } of commands) {
      if (!mayRun(step)) continue;
      const packages = packagesOf(words);
      if (packages.length === 0) continue;
      yield {
        subject: `${whereOf(job === undefined ? {} : { job })}: ${programOf(words)} ${packages.map(nameOf).join(" ")}`,
        title: `${packages.length === 1 ? `Package ${packages[0]} is` : `${packages.length} packages are`} installed outside a lockfile`,
        place,
        confidence: "high",
        fix: "add the package to a manifest with a lockfile, and install from that",
        evidence: { packages: packages.slice(0, SHOWN).join(", ") },
      };
    }
  },
});

/** Packages that are named in the evidence. */
const SHOWN = 20;

/** npm's own spellings of `install` (npm help install). */
const NPM = new Set("install i in ins inst insta instal isnt isnta isntal isntall add".split(" "));

/** Verbs by the program. */
const VERBS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["npm", NPM],
  ["yarn", new Set(["add"])],
  ["pnpm", new Set(["add"])],
  ["gem", new Set(["install", "i"])],
  ["bundle", new Set(["add"])],
]);

/** Options that take the next word, of whichever of the programs. */
const VALUED = new Set(
  "--prefix -C --dir --cwd --registry --cache --workspace -w -v --version -i --install-dir -n --bindir -s --source --tag --filter -F --group -g".split(
    " ",
  ),
);

function programOf([program = ""]: readonly string[]): string {
  return (program.split(/[\\/]/).at(-1) ?? program).replace(/\.(?:cmd|exe)$/i, "");
}

function packagesOf(words: readonly string[]): string[] {
  const program = programOf(words);
  const verbs = VERBS.get(program);
  if (verbs === undefined) return [];
  const operands = operandsOf(words.slice(1), program);
  const at =
    operands[0] === "global" || operands[0] === "workspace" ? operands.findIndex((word) => verbs.has(word)) : 0;
  const verb = operands[at];
  if (verb === undefined || !verbs.has(verb) || words.includes("--help")) return [];
  return operands.slice(at + 1).filter((word) => !isLocal(word));
}

/** What is no option nor an option's value. `-g` of npm has none. */
function operandsOf(words: readonly string[], program: string): string[] {
  const operands: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] as string;
    if (!word.startsWith("-")) operands.push(word);
    else if (VALUED.has(word) && !(word === "-g" && program !== "bundle")) at++;
  }
  return operands;
}

/** A directory or an archive that is there already. */
function isLocal(word: string): boolean {
  return /^(?:\.{0,2}\/|\.{1,2}$|file:|~\/)/.test(word) || /\.(?:tgz|tar\.gz|gem)$/.test(word) || word.startsWith("$");
}

/** Without its version. */
function nameOf(word: string): string {
  const at = word.indexOf("@", 1);
  return at < 0 ? (word.split(":")[0] ?? word) : word.slice(0, at);
}
