import type { Capability, CapabilityKind, PackageContents } from "../../engines/packages/model.ts";
import { dependencyFinding } from "../findings/dependency-finding.ts";
import { clip } from "../findings/one-line.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-capability";

/** What a package can do since an upgrade that it could not before. */
export const dependencyCapability: DependencyCheck<"change" | "contents" | "previousContents"> = {
  id,
  title: "Capabilities that an upgrade adds",
  layer: "build",
  category: "configuration",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Compares the archives of both versions of each npm and PyPI package that a change upgrades: whether the new one reaches the network, starts processes, evaluates code, brings native code or binaries, reads the environment, or hides its code, and the old one did not, or not when it is installed. Not reported: what both do, and packages that are new, for which a capability alone says little. Severity: medium.",
    why: "A package that was taken over looks like a patch release. What gives it away is that a library for text suddenly starts processes.",
    fix: "Read the places that the finding names and the release's changes in the package's repository. Upgrade where they explain the capability, else stay on the version before.",
    references: ["https://slsa.dev/spec/v1.1/threats-overview"],
  },
  subject: "dependency",
  needs: { change: "partial", contents: "complete", previousContents: "complete" },
  *evaluate({ change, contents, previousContents }) {
    const before = kindsOf(previousContents);
    const added = new Map<CapabilityKind, Capability>();
    for (const capability of contents.capabilities) {
      const { kind, atInstall } = capability;
      // Nearly every package reads files.
      if (kind === "files" || before.has(atInstall ? `${kind} at installation` : kind)) continue;
      // What runs with the installation tells more than what is called later.
      if (!added.has(kind) || (atInstall && added.get(kind)?.atInstall !== true)) added.set(kind, capability);
    }
    if (added.size === 0) return;
    const kinds = [...added.keys()].sort();
    const places = kinds.map((kind) => {
      const { path, line, excerpt } = added.get(kind) as Capability;
      return [kind, `${clip(path)}:${line}: ${clip(excerpt)}`] as const;
    });
    const [first] = places as [(typeof places)[number], ...typeof places];
    yield dependencyFinding(id, change, {
      about: kinds.join(", "),
      severity: "medium",
      title: `${kinds.map((kind) => saidOf(added.get(kind) as Capability)).join(", ")}, which ${change.before?.version ?? "the version before"} did not`,
      fix: `read ${first[1].split(": ", 1)[0]} in the archive; stay on ${change.before?.version ?? "the version before"} unless the release explains it`,
      evidence: Object.fromEntries(places),
    });
  },
};

function saidOf({ kind, atInstall }: Capability): string {
  return atInstall ? `${WORDS[kind]} when it is installed` : WORDS[kind];
}

/** What it can do, and what of it when it is installed. */
function kindsOf({ capabilities }: PackageContents): ReadonlySet<string> {
  return new Set(
    capabilities.flatMap(({ kind, atInstall }) => (atInstall ? [kind, `${kind} at installation`] : [kind])),
  );
}

const WORDS: Readonly<Record<CapabilityKind, string>> = {
  network: "reaches the network",
  process: "starts processes",
  eval: "evaluates code from text",
  native: "brings native code",
  environment: "reads the environment",
  files: "reads files",
  obfuscated: "has obfuscated code",
  binary: "brings binaries",
};
