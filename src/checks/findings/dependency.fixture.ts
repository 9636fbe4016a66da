/** Changes for the tests of what evaluates them. */
import type { LicensedPackage, Package } from "../../engines/contents/model.ts";
import type {
  Capability,
  DependencyChange,
  LockedDependency,
  PackageContents,
  Threat,
} from "../../engines/packages/model.ts";
import type { ScopeMatches, VulnerabilityMatch } from "../../engines/vulnerability/model.ts";

export function locked(more: Partial<LockedDependency> = {}): LockedDependency {
  return {
    type: "npm",
    name: "left",
    version: "1.0.0",
    hashes: {},
    usage: "runtime",
    direct: true,
    through: [],
    lockfile: "package-lock.json",
    line: 12,
    ...more,
  };
}

export function added(more: Partial<LockedDependency> = {}): DependencyChange {
  const after = locked(more);
  return { kind: "added", type: after.type, name: after.name, lockfile: after.lockfile, after };
}

export function upgraded(more: Partial<LockedDependency> = {}): DependencyChange {
  const after = locked({ version: "1.1.0", ...more });
  return { ...added(more), kind: "upgraded", before: { ...after, version: "1.0.0" }, after };
}

export function packageOf({ after }: DependencyChange): Package {
  const { type, name, version, lockfile: path } = after as LockedDependency;
  return { type, name, version, licenses: [], purl: `pkg:${type}/${name}@${version}`, path };
}

export function licensed(change: DependencyChange, id: string): LicensedPackage {
  return { package: { ...packageOf(change), licenses: [id] }, license: { kind: "license", id } };
}

export function flaw(change: DependencyChange, more: Partial<VulnerabilityMatch> = {}): VulnerabilityMatch {
  return {
    id: "CVE-2026-0001",
    ids: ["CVE-2026-0001"],
    advisories: [{ id: "GHSA-1", source: "made", fixedVersions: ["2.0.0"], references: [] }],
    package: packageOf(change),
    severity: "critical",
    fixedVersion: "2.0.0",
    summary: "Code is run",
    ...more,
  };
}

export function matched(...matches: readonly VulnerabilityMatch[]): ScopeMatches {
  return { scope: "npm", packageTypes: ["npm"], packages: 1, matches, settled: [], coverage: [], gaps: [] };
}

export function contentsOf(more: Partial<PackageContents> = {}): PackageContents {
  return {
    files: 3,
    bytes: 4_000,
    codeLines: 400,
    installScripts: [],
    capabilities: [],
    threats: [],
    mismatches: [],
    dependencies: [],
    ...more,
  };
}

export function capability(kind: Capability["kind"], more: Partial<Capability> = {}): Capability {
  return { kind, path: "index.js", line: 3, excerpt: `${kind}()`, atInstall: false, ...more };
}

export function threat(more: Partial<Threat> = {}): Threat {
  return {
    rule: "encoded-exec",
    severity: "high",
    title: "encoded text is executed",
    path: "lib/index.js",
    line: 7,
    excerpt: "run(decode(text))",
    capabilities: ["eval", "obfuscated"],
    ...more,
  };
}
