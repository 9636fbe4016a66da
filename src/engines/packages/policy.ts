/** The policy's slice about packages that a change brings. */
import { coversName } from "../../core/pattern-cover.ts";
import { days, either, fewer, onlyOf, setting, type TextForm } from "../../core/setting.ts";
import { isNamePattern } from "./name-pattern.ts";
import { coversSource, isGitPattern, isSource } from "./sources.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly dependencies: DependencyPolicy;
  }
}

/** Patterns over names: `left-pad`, `@acme/*`, with the ecosystem in front (`npm:left-pad`) for one of them alone. */
export interface DependencyPolicy {
  /** Days after its publication in which a version is too young. 0: none is. */
  readonly cooldownDays: number;
  /** Packages that may be younger. */
  readonly cooldownExempt: readonly string[];
  /** Hosts and URL prefixes that packages may be fetched from; empty: the public registries of each ecosystem. */
  readonly sources: readonly string[];
  /** Git repositories that packages may be fetched from: `github.com/acme/*`. */
  readonly gitSources: readonly string[];
  readonly privateNames: readonly PrivateName[];
  /** Packages that may run scripts when they are installed. */
  readonly installScripts: readonly string[];
  /** Lines of code below which a new direct dependency is reported as tiny. 0: none is. */
  readonly tinyPackageLines: number;
  /** Packages that may be deprecated, yanked or archived. */
  readonly allowDeprecated: readonly string[];
}

/** Names that no public registry may be asked for. */
export interface PrivateName {
  readonly name: string;
  /** The URL that they are fetched from, or what it begins with. */
  readonly registry: string;
}

const names: TextForm = { says: "a package's name or a pattern: left-pad, @acme/*, npm:left-pad", is: isNamePattern };

function exempted(description: string) {
  return setting<readonly string[]>({
    form: { kind: "texts", each: names },
    description: `${description} Names or patterns: left-pad, @acme/*, pypi:acme-*. Default: none. Stricter: fewer.`,
    initial: [],
    tighten: onlyOf(coversName),
  });
}

export const dependencySettings = {
  "dependencies.cooldownDays": setting<number>({
    form: days,
    description:
      "Days since its publication below which a version is too young to be added. 0 disables it. Default: 7. Stricter: more.",
    group: "Packages that a change adds or upgrades.",
    initial: 7,
    tighten: either((wanted, current) => wanted > current),
  }),
  "dependencies.cooldownExempt": exempted("Packages that the cooldown is not about."),
  "dependencies.sources": setting<readonly string[]>({
    form: {
      kind: "texts",
      each: { says: "a host or an https URL: registry.npmjs.org, https://npm.acme.example/", is: isSource },
    },
    description:
      "Hosts and URLs (with all below them) that packages may be fetched from. Default: none listed, which allows the public registries of each ecosystem and what the lockfile used before. Stricter: a list where there was none, or fewer entries.",
    initial: [],
    tighten: fewer(coversSource),
  }),
  "dependencies.gitSources": setting<readonly string[]>({
    form: { kind: "texts", each: { says: "a repository or a pattern: github.com/acme/*", is: isGitPattern } },
    description:
      "Git repositories that packages may be fetched from, by commit: github.com/acme/*. Default: none. Stricter: fewer.",
    initial: [],
    tighten: onlyOf(coversName),
  }),
  "dependencies.privateNames": setting<readonly PrivateName[]>({
    form: {
      kind: "rows",
      fields: {
        name: { kind: "text", each: names, description: "A package's name or a pattern: @acme/*, pypi:acme-*." },
        registry: {
          kind: "text",
          each: { says: "a host or an https URL: https://npm.acme.example/", is: isSource },
          description: "Host or URL of the only registry that they may be fetched from.",
        },
      },
    },
    description:
      "Names that belong to a private registry: a package of such a name from elsewhere fails (dependency confusion). Default: none. Stricter: more.",
    initial: [],
    tighten: morePrivate,
    show: (value) =>
      value.length === 0 ? "an empty list" : value.map(({ name, registry }) => `${name} at ${registry}`).join(", "),
  }),
  "dependencies.installScripts": exempted("Packages that may run scripts when they are installed."),
  "dependencies.tinyPackageLines": setting<number>({
    form: { kind: "number", from: 0, to: 10_000 },
    description:
      "Lines of code below which a new direct dependency is reported as tiny. 0 disables it. Default: 30. Stricter: more.",
    initial: 30,
    tighten: either((wanted, current) => wanted > current),
  }),
  "dependencies.allowDeprecated": exempted("Packages that may be deprecated, yanked or archived."),
};

function morePrivate(current: readonly PrivateName[], wanted: readonly PrivateName[]) {
  const has = (list: readonly PrivateName[], one: PrivateName) =>
    list.some(({ name, registry }) => name === one.name && registry === one.registry);
  // Two registries for one name are both allowed: a second one for a name that has one would loosen it.
  const added = wanted.filter(
    (one) => !current.some(({ name }) => coversName(name, one.name) || coversName(one.name, name)),
  );
  return { value: added.length === 0 ? current : [...current, ...added], loosens: !sameOrMore() };

  function sameOrMore(): boolean {
    return current.every((one) => has(wanted, one)) && wanted.every((one) => has(current, one) || added.includes(one));
  }
}
