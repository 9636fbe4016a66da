/** What an updater keeps current: bases of Dockerfiles, actions, and the packages of lockfiles. */
import type { RepositoryFacts, Update } from "./model.ts";
import { isPlain } from "./plan-text.ts";

/** Lockfiles, by their names in lower case, and what Dependabot calls their ecosystem ("Dependabot options reference"). */
const ECOSYSTEMS: ReadonlyMap<string, string> = new Map([
  ["package-lock.json", "npm"],
  ["npm-shrinkwrap.json", "npm"],
  ["yarn.lock", "npm"],
  ["pnpm-lock.yaml", "npm"],
  ["bun.lock", "bun"],
  ["go.mod", "gomod"],
  ["go.sum", "gomod"],
  ["requirements.txt", "pip"],
  ["pipfile.lock", "pip"],
  ["poetry.lock", "pip"],
  ["uv.lock", "uv"],
  ["cargo.lock", "cargo"],
  ["gemfile.lock", "bundler"],
  ["composer.lock", "composer"],
  ["gradle.lockfile", "gradle"],
  ["pom.xml", "maven"],
  ["packages.lock.json", "nuget"],
  ["pubspec.lock", "pub"],
  ["mix.lock", "mix"],
]);

/** Ecosystems in the order of their names, each with its directories. */
export function updatesOf({ dockerfiles, lockfiles }: RepositoryFacts): Update[] {
  const directories = new Map<string, Set<string>>();
  const add = (ecosystem: string, path: string) => {
    if (!isPlain(path)) return;
    const at = directories.get(ecosystem) ?? new Set();
    directories.set(ecosystem, at.add(path.includes("/") ? `/${path.slice(0, path.lastIndexOf("/"))}` : "/"));
  };
  for (const path of lockfiles) {
    const ecosystem = ECOSYSTEMS.get((path.split("/").at(-1) ?? "").toLowerCase());
    if (ecosystem !== undefined) add(ecosystem, path);
  }
  for (const { path } of dockerfiles) add("docker", path);
  return [...directories]
    .map(([ecosystem, at]) => ({ ecosystem, directories: [...at].sort() }))
    .sort((one, other) => (one.ecosystem < other.ecosystem ? -1 : 1));
}
