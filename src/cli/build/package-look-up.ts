/** Who is asked about packages that change: registries, unless the caller says otherwise. */
import { readFileSync } from "node:fs";
import { type DependencyLookUp, dependencyLookUp } from "../../collect/dependencies/look-up.ts";
import { openMetadataCache } from "../../collect/packages/cache.ts";
import { openRegistries } from "../../collect/packages/registries.ts";
import { readRegistrySettings } from "../../collect/packages/settings.ts";
import { usageProblem } from "../../core/problem.ts";
import { systemCause } from "../../core/system-cause.ts";
import type { PackageType } from "../../engines/contents/model.ts";
import type { ScanContext } from "../../scan/context.ts";
import { packagesCache } from "../paths.ts";

export interface LookUpOptions {
  /** Nobody is asked: what the cache holds counts. */
  readonly offline?: boolean;
  /** False for --no-contents. */
  readonly contents?: boolean;
  /** `npm=https://registry.example.com/`, one an ecosystem. */
  readonly registry?: readonly string[];
  readonly caFile?: string;
  /** False for --no-cache, a path for --cache FILE, true for neither. */
  readonly cache: boolean | string;
}

export interface OpenLookUp extends DependencyLookUp {
  close(): void;
}

const TYPES: ReadonlySet<string> = new Set<PackageType>([
  "npm",
  "pypi",
  "cargo",
  "gem",
  "golang",
  "composer",
  "nuget",
  "maven",
]);

/** @throws Problem (usage) where an option says what cannot be */
export function openPackageLookUp(
  options: LookUpOptions,
  { policy, now }: Pick<ScanContext, "policy" | "now">,
): OpenLookUp {
  const { offline = false, contents = true, registry = [], caFile, cache: cached } = options;
  const cache =
    cached === false
      ? undefined
      : openMetadataCache(packagesCache(typeof cached === "string" ? cached : undefined), now);
  const moreAuthorities = caFile === undefined ? undefined : readAuthorities(caFile);
  const registries = openRegistries({
    offline,
    now,
    settings: readRegistrySettings(),
    overrides: overridesOf(registry),
    // Whoever writes the tree would choose whom this machine talks to.
    ...(policy.origin.kind === "trusted" ? { allowed: policy.dependencies.sources } : {}),
    ...(cache === undefined ? {} : { cache }),
    ...(moreAuthorities === undefined ? {} : { client: { moreAuthorities } }),
  });
  return {
    ...dependencyLookUp({ registries, contents, policy: policy.dependencies, now }),
    close() {
      registries.close();
      cache?.close();
    },
  };
}

function overridesOf(written: readonly string[]): Partial<Record<PackageType, string>> {
  const overrides: Partial<Record<PackageType, string>> = {};
  for (const one of written) {
    const equals = one.indexOf("=");
    const [type, url] = [one.slice(0, equals), one.slice(equals + 1)];
    if (!TYPES.has(type) || !/^https?:\/\//i.test(url) || !URL.canParse(url)) {
      throw usageProblem(`--registry ${one}`, "not a registry", "use TYPE=URL: npm=https://registry.example.com/");
    }
    overrides[type as PackageType] = url;
  }
  return overrides;
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw usageProblem(`--ca-file ${file}`, systemCause(error));
  }
}
