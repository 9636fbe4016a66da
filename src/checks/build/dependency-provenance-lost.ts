import type { PublishedProvenance } from "../../engines/packages/model.ts";
import { type DependencySaid, dependencyFinding } from "../findings/dependency-finding.ts";
import type { DependencyCheck } from "../subjects/dependencies.ts";

const id = "build/dependency-provenance-lost";

type Verified = Extract<PublishedProvenance, { kind: "verified" }>;

/** A version whose provenance is gone, is not what it says, or is of another build than the version before. */
export const dependencyProvenanceLost: DependencyCheck<"change" | "provenance"> = {
  id,
  title: "Provenance lost, refused or of another builder",
  layer: "build",
  category: "trust",
  controls: [],
  severity: "medium",
  documentation: {
    what: "Verifies the attestations that npm and PyPI hold of the version that comes and of the one that goes: Sigstore bundles against the public instance's trusted root, npm's publish attestations by its registry's keys, each about this archive under this name. Reported: provenance that does not hold, that the version before had and this one has not, and another builder, source repository, workflow or signer. Not reported: packages that never had provenance. Severity: medium.",
    why: "Whoever takes over a publisher's account or token publishes from another machine, and the provenance of the project's own workflow is missing or another. That is how several takeovers could be told from the project's own releases. Provenance does not say that a version is harmless.",
    fix: "Look in the project's repository for the release and for why its workflow changed, and stay on the version before until that is known.",
    references: [
      "https://docs.npmjs.com/generating-provenance-statements",
      "https://docs.pypi.org/attestations/",
      "https://slsa.dev/spec/v1.1/verifying-artifacts",
    ],
  },
  subject: "dependency",
  needs: { change: "partial", provenance: "partial" },
  applies: ({ provenance: { after, before } }) => after.kind !== "none" || before !== undefined,
  looked: ({ provenance: { after } }) => ({
    provenance: after.kind === "verified" ? `${after.source} by ${after.signer}` : after.kind,
  }),
  *evaluate({ change, provenance: { after, before } }) {
    const said = differenceOf(after, before);
    if (said === undefined) return;
    const goes = change.before?.version;
    yield dependencyFinding(id, change, {
      severity: "medium",
      fix: `find this release in the project's repository first${goes === undefined ? "" : `, and stay on ${goes} until then`}`,
      ...said,
    });
  },
};

function differenceOf(
  after: PublishedProvenance,
  before: PublishedProvenance | undefined,
): Pick<DependencySaid, "about" | "title" | "evidence"> | undefined {
  if (after.kind === "refused") {
    return { about: "refused", title: `has provenance that does not hold: ${after.reason}`, evidence: {} };
  }
  if (before?.kind !== "verified") return undefined;
  if (after.kind === "none") {
    return {
      about: "lost",
      title: "has no provenance, and the version before had",
      evidence: { "provenance before": `${before.source} by ${before.signer}` },
    };
  }
  const changed = parts.filter((part) => (after[part] ?? "") !== (before[part] ?? ""));
  const [first] = changed;
  if (first === undefined) return undefined;
  return {
    // Another source than before is another finding than another workflow of the same one.
    about: `${first} ${after[first] ?? "none"}`,
    title: `was built by another ${names[first]} than the version before`,
    evidence: Object.fromEntries(
      changed.map((part) => [names[part], `${before[part] ?? "none"} → ${after[part] ?? "none"}`]),
    ),
  };
}

/** In the order of what says most. */
const parts = ["source", "builder", "workflow", "signer"] as const satisfies readonly (keyof Verified)[];
const names: Readonly<Record<(typeof parts)[number], string>> = {
  source: "source repository",
  builder: "builder",
  workflow: "workflow",
  signer: "signer",
};
