/** Commands that publish a package to a registry that supports trusted publishing. */

type Registry = "npm" | "PyPI" | "RubyGems" | "crates.io" | "NuGet";

/** Whether the arguments publish; options stand anywhere among them. */
type Rule = (words: readonly string[]) => boolean;

/** These words, in this order, whatever stands between; a `*` at the end of one is any ending. */
function inOrder(...wanted: readonly string[]): Rule {
  return (words) => {
    let next = 0;
    for (const word of words) {
      const want = wanted[next];
      if (want === undefined) break;
      if (want.endsWith("*") ? word.startsWith(want.slice(0, -1)) : word === want) next++;
    }
    return next === wanted.length;
  };
}

const anyOf =
  (...rules: readonly Rule[]): Rule =>
  (words) =>
    rules.some((rule) => rule(words));

const publish = inOrder("publish");
const push = inOrder("push");
const twine = inOrder("twine*", "upload");

/** By the program, from each tool's own manual. `yarn publish` is of version 1, `yarn npm publish` of later ones. */
const PROGRAMS: Readonly<Record<string, readonly [Registry, Rule]>> = {
  bun: ["npm", publish],
  bundle: ["RubyGems", inOrder("exec", "gem", "push")],
  bunx: ["npm", inOrder("npm*", "publish")],
  cargo: ["crates.io", publish],
  dotnet: ["NuGet", inOrder("nuget", "push")],
  gem: ["RubyGems", push],
  hatch: ["PyPI", publish],
  npm: ["npm", publish],
  npx: ["npm", inOrder("npm*", "publish")],
  nuget: ["NuGet", push],
  pdm: ["PyPI", publish],
  pipx: ["PyPI", inOrder("run", "twine*", "upload")],
  pnpm: ["npm", publish],
  poetry: ["PyPI", publish],
  python: ["PyPI", inOrder("-m", "twine", "upload")],
  twine: ["PyPI", inOrder("upload")],
  uv: ["PyPI", anyOf(publish, inOrder("run", "twine", "upload"))],
  uvx: ["PyPI", twine],
  yarn: ["npm", publish],
};

/** Nothing leaves the machine. */
const DRY = new Set(["--dry-run", "-n", "--help", "-h"]);
/** Of these `-n` means something else. */
const NO_SHORT_DRY = new Set(["npm", "pnpm", "bun", "gem", "dotnet", "nuget", "twine", "python"]);

/** `npm run publish` and its like run a script of that name, whatever it does. */
const RUNS = new Set(["run", "run-script", "exec", "x", "dlx"]);

/** The registry that the command publishes to by default; absent where it does not publish, or names another registry. */
export function publishes(words: readonly string[]): Registry | undefined {
  const [first = "", ...more] = words;
  const program = (first.split(/[\\/]/).at(-1) ?? first).toLowerCase().replace(/\.exe$/, "");
  const name = /^python[0-9.]*$/.test(program) ? "python" : program;
  const rule = Object.hasOwn(PROGRAMS, name) ? PROGRAMS[name] : undefined;
  if (rule === undefined || !rule[1](more)) return undefined;
  if (more.some((word) => DRY.has(word) && !(word === "-n" && NO_SHORT_DRY.has(name)))) return undefined;
  const isScript = rule[0] === "npm" && RUNS.has(more.find((word) => !word.startsWith("-")) ?? "");
  if (isScript || namesOther(more)) return undefined;
  return rule[0];
}

const OWN = /(?:registry\.npmjs\.org|pypi\.org|rubygems\.org|crates\.io|nuget\.org)/i;

/** An option that names a registry by its address, and not the public one. */
function namesOther(words: readonly string[]): boolean {
  return words.some((word, index) => {
    const option = OPTIONS.find((one) => word === one || word.startsWith(`${one}=`));
    if (option === undefined) return false;
    const value = word === option ? (words[index + 1] ?? "") : word.slice(option.length + 1);
    return /^https?:\/\//.test(value) && !OWN.test(value);
  });
}

const OPTIONS = [
  "--registry",
  "--repository-url",
  "--publish-url",
  "--index",
  "--host",
  "--source",
  "-s",
  "-Source",
] as const;
