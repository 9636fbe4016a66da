import { bounds } from "../../bounds.ts";
import type { FileFacts } from "../../model.ts";
import { packageList } from "../dependency-graph.ts";
import { identityOf } from "../identity.ts";
import { brokenLockfile, type Companions, lockfile } from "../lockfile.ts";
import { unreadEntries } from "../unread.ts";
import { type Directive, readDirectives } from "./directives.ts";
import { builtModules, moduleHashes } from "./go-sum.ts";

/**
 * go.mod (Go Modules Reference, "go.mod files"): the modules that the main module requires, after its `replace` and
 * `exclude`. A module that a local folder replaces is the project's own code and no package. Where it leaves modules out,
 * they are taken from the go.sum beside it.
 */
export const goMod = lockfile({
  id: "go-mod",
  version: 4,
  basenames: ["go.mod"],
  // Below the module cache it is a dependency's own.
  wants: (path) => !/(?:^|\/)pkg\/mod\//.test(path),
  includes: (_text, path) => (path.endsWith("go.mod") ? [sumOf(path)] : []),
  read,
});

const KNOWN: ReadonlySet<string> = new Set([
  ...["module", "go", "toolchain", "godebug", "tool", "ignore", "require", "replace", "exclude", "retract"],
]);

/** From this version on, go.mod lists every module that the build needs ("go directive"). */
const COMPLETE_SINCE = 17;

function sumOf(path: string): string {
  return `${path.slice(0, -"go.mod".length)}go.sum`;
}

function read(text: string, path: string, companions: Companions): FileFacts {
  const unread = unreadEntries();
  const required: Directive[] = [];
  const replaced = new Map<string, readonly string[]>();
  const excluded = new Set<string>();
  let minor: number | undefined;
  let modules = 0;
  let main: string | undefined;

  for (const directive of readDirectives(text)) {
    if (required.length + replaced.size + excluded.size > bounds.packages) {
      unread.add(`more than the ${bounds.packages} directives that are read`);
      break;
    }
    const { verb, words, line } = directive;
    if (directive.fault !== undefined) unread.add(`line ${line} ${directive.fault}`);
    else if (!KNOWN.has(verb)) unread.add(`line ${line} has the unknown directive ${verb.slice(0, 40)}`);
    else if (verb === "module") {
      modules += 1;
      main = words[0];
    } else if (verb === "go") minor = minorOf(words[0] ?? "");
    else if (verb === "require") required.push(directive);
    else if (verb === "exclude") excluded.add(words.join(" "));
    else if (verb === "replace") {
      const arrow = words.indexOf("=>");
      if (arrow < 1) unread.add(`the replace in line ${line} says not by what`);
      else replaced.set(words.slice(0, arrow).join(" "), words.slice(arrow + 1));
    }
  }

  const list = packageList();
  const sum = companions(sumOf(path));
  const sums = sum === undefined ? undefined : moduleHashes(sum);
  const hashOf = ({ name, version }: { readonly name: string; readonly version: string }) => {
    const h1 = sums?.get(`${name} ${version}`);
    if (h1 === "") unread.add(`its go.sum has ${name} ${version} twice with different hashes`);
    return h1 === undefined || h1 === "" ? {} : { hashes: { h1 } };
  };
  const named = new Set<string>();
  for (const { line, words, indirect } of required) {
    const [path = "", version = ""] = words;
    if (words.length !== 2) {
      unread.add(`the requirement in line ${line} is not a path and a version`);
      continue;
    }
    // Go ignores the requirement of an excluded version: another one is built, which another module names.
    if (excluded.has(`${path} ${version}`)) continue;
    const replacement = replaced.get(`${path} ${version}`) ?? replaced.get(path);
    named.add(path);
    if (replacement?.length === 1) continue;
    if (replacement?.[0] !== undefined) named.add(replacement[0]);
    const identity = identityOf(...((replacement ?? words) as [string, string]));
    if ("fault" in identity) unread.add(`the requirement in line ${line} ${identity.fault}`);
    else list.add({ type: "golang", ...identity, licenses: [], direct: !indirect, ...hashOf(identity), line });
  }

  if (modules === 0 && required.length === 0) {
    throw brokenLockfile("the file", "no module name");
  }
  if (required.length > 0 && (minor === undefined || minor < COMPLETE_SINCE)) {
    if (sum === undefined) {
      unread.add(`before Go 1.${COMPLETE_SINCE}, a go.mod leaves out modules that are needed indirectly`);
    } else {
      for (const [module, version] of builtModules(sum, unread)) {
        if (named.has(module) || replaced.has(module)) continue;
        const identity = identityOf(module, version);
        if ("fault" in identity) unread.add(`a module of its go.sum ${identity.fault}`);
        else list.add({ type: "golang", ...identity, licenses: [], direct: false, ...hashOf(identity) });
      }
    }
  }
  const own = identityOf(main, "v0");
  return {
    kind: "packages",
    packages: list.records(unread),
    unread: unread.sentences(),
    ...("fault" in own ? {} : { project: { type: "golang", name: own.name } }),
  };
}

/** `1.22.3` → 22; a later major version is complete too. */
function minorOf(version: string): number | undefined {
  const match = /^([0-9]{1,6})\.([0-9]{1,6})/.exec(version);
  if (match === null) return undefined;
  return Number(match[1]) > 1 ? Number.POSITIVE_INFINITY : Number(match[2]);
}
