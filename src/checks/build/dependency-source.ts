import { compileGlob } from "../../core/glob.ts";
import type { PackageOrigin } from "../../engines/contents/model.ts";
import {
  type DependencyChange,
  type DependencyPolicy,
  gitRepository,
  isFrom,
  isOfMakers,
  isPublic,
  namedBy,
} from "../../engines/packages/model.ts";
import { type DependencySaid, dependencyFinding } from "../findings/dependency-finding.ts";
import { placeOf } from "../findings/dependency-place.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-source";

/** What of the policy it judges by. */
interface SourceParameters {
  readonly policy: DependencyPolicy;
}

/** A package that is fetched from where the policy does not allow. */
export const dependencySource: DependencyCheck<"change", SourceParameters> = {
  id,
  title: "Packages from sources outside the policy",
  layer: "build",
  category: "configuration",
  controls: [],
  withoutControl: "none of the ten is about packages before an image has them",
  severity: "high",
  documentation: {
    what: "Compares where a lockfile fetches each package from with `dependencies.sources` and `dependencies.gitSources` of the policy. Without them the public registries of each ecosystem are allowed, PyTorch's and NVIDIA's own for Python, and the host that the package came from before. Reported: other hosts, archives by plain HTTP, archives by URL, and Git repositories that the policy does not name, or without a commit. Not reported: parts of the project itself, and ecosystems that have no registry (Swift, CocoaPods). Severity: high.",
    why: "A lockfile's addresses are what is installed, and nobody reads them in a review. One that leads to another host installs what its owner serves; what comes from Git or a URL was never in a registry that would take it down.",
    fix: "Write the lockfile again with the registry of your settings. Where the place is meant, name it in `dependencies.sources` or `dependencies.gitSources`.",
    references: [
      "https://snyk.io/blog/why-npm-lockfiles-can-be-a-security-blindspot-for-injecting-malicious-modules/",
      "https://github.com/lirantal/lockfile-lint",
    ],
  },
  subject: "dependency",
  needs: { change: "partial" },
  parameters: { policy: ({ dependencies }) => dependencies },
  applies: ({ change }) => originsOf(change).length > 0,
  looked: ({ change }) => ({ "fetched from": originsOf(change).map(placeOf).join(", ") }),
  *evaluate({ change, policy }) {
    for (const origin of originsOf(change)) {
      const said = faultOf(origin, change, policy);
      if (said === undefined) continue;
      yield dependencyFinding(id, change, {
        severity: "high",
        evidence: { "fetched from": origin.url, ...("revision" in origin ? { revision: origin.revision ?? "" } : {}) },
        ...said,
      });
      return;
    }
  },
};

/** Every place that an installer may take it from. */
function originsOf({ after }: DependencyChange): PackageOrigin[] {
  return [...(after?.fetchedFrom === undefined ? [] : [after.fetchedFrom]), ...(after?.otherOrigins ?? [])];
}

type Said = Pick<DependencySaid, "about" | "title" | "fix">;

function faultOf(origin: PackageOrigin, change: DependencyChange, policy: DependencyPolicy): Said | undefined {
  switch (origin.kind) {
    case "workspace":
    case "file":
      return undefined;
    case "git":
      return gitFault(origin.url, origin.revision, change, policy);
    case "registry":
    case "url":
      return urlFault(origin.url, origin.kind === "registry", change, policy);
  }
}

/** Ecosystems in which Git is the only way: without a commit nothing is pinned. */
const GIT_ALONE: ReadonlySet<string> = new Set(["swift", "cocoapods"]);

function gitFault(
  url: string,
  revision: string | undefined,
  { type }: DependencyChange,
  { gitSources }: DependencyPolicy,
): Said | undefined {
  const repository = gitRepository(url) ?? "";
  const place = repository === "" ? "a Git repository" : repository;
  if (revision === undefined || !/^[0-9a-f]{7,64}$/i.test(revision)) {
    if (GIT_ALONE.has(type)) return undefined;
    return {
      about: `git ${place} without a commit`,
      title: `is fetched from ${place} without a commit`,
      fix: "pin it to a full commit, or take it from the registry",
    };
  }
  if (GIT_ALONE.has(type) || gitSources.some((pattern) => compileGlob(pattern)(repository))) return undefined;
  return {
    about: `git ${place}`,
    title: `is fetched from Git (${place}), which the policy does not name`,
    fix: `take it from the registry, or add ${repository || "its repository"} to dependencies.gitSources`,
  };
}

function urlFault(
  written: string,
  isRegistry: boolean,
  change: DependencyChange,
  { sources, privateNames }: DependencyPolicy,
): Said | undefined {
  const url = URL.parse(written.replace(/^sparse\+|^registry\+/, ""));
  // A registry by its name alone (`crates-io`) is one of the package manager's own settings.
  if (url === null || url.hostname === "") return undefined;
  const place = url.host;
  const own = privateNames.filter(({ name }) => namedBy([name], change.type, change.name));
  const allowed = [...sources, ...own.map(({ registry }) => registry)];
  if (allowed.some((entry) => isFrom(entry, url))) return undefined;
  if (url.protocol !== "https:") {
    return {
      about: `${url.protocol}//${place}`,
      title: `is fetched from ${place} by ${url.protocol === "http:" ? "plain HTTP" : url.protocol}`,
      fix: "use https and write the lockfile again",
    };
  }
  const isKnown = isPublic(change.type, url) || isOfMakers(change.type, url) || cameFrom(change, url);
  if (sources.length === 0 && isKnown) return undefined;
  const what = isRegistry ? place : `a URL (${place})`;
  return {
    about: place,
    title: `is fetched from ${what}, ${sources.length === 0 ? "not a public registry" : "outside dependencies.sources"}`,
    fix: `write the lockfile again with your registry, or add ${place} to dependencies.sources`,
  };
}

function cameFrom({ before }: DependencyChange, url: URL): boolean {
  const origins = [...(before?.fetchedFrom === undefined ? [] : [before.fetchedFrom]), ...(before?.otherOrigins ?? [])];
  return origins.some(({ kind, url: other }) => {
    return (kind === "registry" || kind === "url") && URL.parse(other)?.origin === url.origin;
  });
}
