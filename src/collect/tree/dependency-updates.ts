/** What is to bring new versions of dependencies: Dependabot's options and Renovate's, and whether there is anything for them. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Gap } from "../../core/evidence.ts";
import { isEvidenceProblem } from "../../core/problem.ts";
import { bounds as pipelineBounds } from "../../engines/pipelines/bounds.ts";
import {
  RENOVATE_FILES,
  RENOVATE_PACKAGE_FILE,
  renovateConfiguration,
} from "../../engines/pipelines/lifecycle/renovate.ts";
import type {
  Dependabot,
  DependabotUpdate,
  ReadGithubFile,
  UpdateConfiguration,
  UpdateEntry,
} from "../../engines/pipelines/model.ts";
import { isDockerfile } from "./dockerfile-name.ts";
import { readBoundedText } from "./text-file.ts";

export interface ReadUpdates {
  readonly configurations: readonly UpdateConfiguration[];
  readonly gaps: readonly Gap[];
}

export function readUpdateConfigurations(root: string, github: readonly ReadGithubFile[]): ReadUpdates {
  const configurations: UpdateConfiguration[] = [];
  const gaps: Gap[] = [];
  for (const read of github) {
    // GitHub reads the one at the repository's root.
    if (!/^\.github\/dependabot\.ya?ml$/.test(read.path.replaceAll("\\", "/"))) continue;
    if (read.state === "unread") gaps.push(read.gap);
    else if (read.file.kind === "dependabot") configurations.push(dependabotOf(root, read.file));
  }
  const renovate = readRenovate(root);
  if (renovate?.configuration !== undefined) configurations.push(renovate.configuration);
  if (renovate?.gap !== undefined) gaps.push(renovate.gap);
  return { configurations, gaps };
}

/** The first file that is there; undefined where nothing speaks of Renovate. */
function readRenovate(
  root: string,
): { readonly configuration?: UpdateConfiguration | undefined; readonly gap?: Gap } | undefined {
  const path = [...RENOVATE_FILES, RENOVATE_PACKAGE_FILE].find((name) => existsSync(join(root, name)));
  if (path === undefined) return undefined;
  const text = readBoundedText(join(root, path), pipelineBounds.pipelineBytes);
  if (text === undefined) return { gap: { code: "pipelines.broken", reason: `${path} cannot be read` } };
  try {
    return { configuration: renovateConfiguration(path, text) };
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return { gap: { code: error.code, reason: `${error.place}: ${error.message}` } };
  }
}

function dependabotOf(root: string, { path, updates }: Dependabot): UpdateConfiguration {
  return { tool: "Dependabot", path, entries: updates.map((update) => entryOf(root, update)) };
}

function entryOf(root: string, update: DependabotUpdate): UpdateEntry {
  const ecosystem = update.ecosystem?.value;
  const directories = update.directories.map(({ value }) => value);
  const stopped = stoppedBy(update);
  return {
    name: `${ecosystem ?? "an update"} in ${directories.join(", ") || "no directory"}`,
    place: update.place,
    ...(ecosystem === undefined ? {} : { ecosystem }),
    ...(stopped === undefined ? {} : { stopped }),
    found: foundIn(root, ecosystem, directories),
  };
}

function stoppedBy({ openPullRequestsLimit: limit, ignores }: DependabotUpdate): UpdateEntry["stopped"] {
  if (limit !== undefined && Number(limit.value) === 0 && limit.value.trim() !== "") {
    return { reason: "open-pull-requests-limit is 0", place: limit.place };
  }
  const all = ignores.find(({ name, whole }) => whole && name?.value === "*");
  return all === undefined ? undefined : { reason: "ignore leaves out every dependency", place: all.place };
}

/** What an ecosystem's manifests are called; of others a directory that is there is enough. */
const MANIFESTS: Readonly<Record<string, (name: string) => boolean>> = {
  npm: (name) => name === "package.json",
  bun: (name) => name === "package.json",
  gomod: (name) => name === "go.mod",
  cargo: (name) => name === "Cargo.toml",
  composer: (name) => name === "composer.json",
  bundler: (name) => name === "Gemfile" || name === "gems.rb" || name.endsWith(".gemspec"),
  maven: (name) => name === "pom.xml",
  pip: (name) =>
    /^(?:requirements.*\.(?:txt|in)|pyproject\.toml|Pipfile|setup\.(?:py|cfg))$/.test(name) || name === "requirements",
  uv: (name) => name === "uv.lock" || name === "pyproject.toml",
  // Also manifests of Kubernetes and charts.
  docker: (name) => isDockerfile(name) || /\.ya?ml$/.test(name),
  "github-actions": (name) => /\.ya?ml$/.test(name),
  "docker-compose": (name) => /compose.*\.ya?ml$/.test(name),
};

function foundIn(root: string, ecosystem: string | undefined, directories: readonly string[]): UpdateEntry["found"] {
  if (directories.length === 0) return "unknown";
  let found: UpdateEntry["found"] = "no";
  for (const directory of directories) {
    const parts = directory.split("/").filter((part) => part !== "" && part !== ".");
    if (parts.includes("..") || /[*?[]/.test(directory)) return "unknown";
    // At the root it looks for workflows too, and for the metadata of an action.
    if (ecosystem === "github-actions" && parts.length === 0 && existsSync(join(root, ".github/workflows")))
      return "yes";
    let names: readonly string[];
    try {
      names = readdirSync(join(root, ...parts));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") found = "unknown";
      continue;
    }
    const isManifest = ecosystem === undefined ? undefined : MANIFESTS[ecosystem];
    if (isManifest === undefined || names.some(isManifest)) return "yes";
  }
  return found;
}
