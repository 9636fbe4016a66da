/** What is in a package's archive: bytes go in, facts come out. Nothing of it is run or written. */
import { absent, type Evidence, type Gap, gapOf, present } from "../../../core/evidence.ts";
import { isEvidenceProblem } from "../../../core/problem.ts";
import { normalizedName } from "../../contents/packages/pypi/name.ts";
import { createFaults, type PackageFile, type PackageFiles } from "../archive/files.ts";
import { type ArchiveKind, readArchive } from "../archive/read.ts";
import type { Capability, CapabilityKind, PackageContents } from "../model.ts";
import { type ExpectedManifest, type Manifest, mismatches } from "./manifest.ts";
import { npmManifest } from "./npm-manifest.ts";
import { crateManifest, gemManifest } from "./other-manifest.ts";
import { pythonManifest } from "./python-manifest.ts";
import { scoreFiles } from "./score.ts";

export { type ArchiveKind, archiveKindOf } from "../archive/read.ts";
export type { ExpectedManifest } from "./manifest.ts";

export interface ReadPackageOptions {
  /** As gaps show it: `npm:left-pad@1.3.0`. */
  readonly place: string;
  /** ISO 8601. */
  readonly observedAt: string;
  /** What the registry or the lockfile says of it. */
  readonly expected?: ExpectedManifest;
}

/** Never throws for what the bytes are; absent where nothing of them can be read. */
export function readPackageArchive(
  bytes: Buffer,
  kind: ArchiveKind,
  options: ReadPackageOptions,
): Evidence<PackageContents> {
  try {
    return readPackageFiles(readArchive(bytes, kind, options.place), kind, options);
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return absent(gapOf(error));
  }
}

/** The same of files that were read elsewhere. */
export function readPackageFiles(
  { files, gaps }: PackageFiles,
  kind: ArchiveKind,
  { place, observedAt, expected }: ReadPackageOptions,
): Evidence<PackageContents> {
  const faults = createFaults(place, "packages.file-not-read");
  const manifest = manifestOf(files, kind);
  const found: Gap[] = [...gaps];
  if (manifest === undefined) {
    found.push({
      code: "packages.manifest",
      reason: `${place}: no ${kind === "npm" ? "package.json" : "metadata"} that can be read, so scripts and entry points are unknown`,
      concerns: place,
    });
  }
  const scored = scoreFiles(files, manifest, kind, faults);
  let bytes = 0;
  for (const file of files.values()) bytes += file.bytes.length;
  const { name, version, license } = manifest ?? {};
  const contents: PackageContents = {
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
    ...(license === undefined ? {} : { license }),
    files: files.size,
    bytes,
    codeLines: scored.codeLines,
    installScripts: manifest?.installScripts ?? [],
    capabilities: scored.capabilities,
    threats: scored.threats,
    mismatches:
      manifest === undefined || expected === undefined
        ? []
        : mismatches(manifest, expected, kind === "npm" ? (each) => each : normalizedName),
    dependencies: manifest?.dependencies ?? [],
  };
  return present(contents, observedAt, { gaps: [...found, ...faults.gaps()] });
}

function manifestOf(files: ReadonlyMap<string, PackageFile>, kind: ArchiveKind): Manifest | undefined {
  switch (kind) {
    case "npm":
      return npmManifest(files);
    case "sdist":
    case "wheel":
      return pythonManifest(files);
    case "crate":
      return crateManifest(files);
    case "gem":
      return gemManifest(files);
  }
}

/** The first capability of each kind that the earlier version does not have; where both have it, one that newly runs at installation. */
export function newCapabilities(previous: PackageContents, next: PackageContents): readonly Capability[] {
  const known = new Map<CapabilityKind, boolean>();
  for (const { kind, atInstall } of previous.capabilities) known.set(kind, (known.get(kind) ?? false) || atInstall);
  const found = new Map<CapabilityKind, Capability>();
  for (const capability of next.capabilities) {
    const before = known.get(capability.kind);
    if (before === undefined || (!before && capability.atInstall)) {
      const there = found.get(capability.kind);
      if (there === undefined || (!there.atInstall && capability.atInstall)) found.set(capability.kind, capability);
    }
  }
  return [...found.values()];
}
