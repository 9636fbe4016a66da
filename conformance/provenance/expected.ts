/** What each file of slsa-verifier's test data must come to, by its place and its name there. */
import type { BuilderTrust } from "../../src/engines/trust/provenance/builders.ts";

export type Expected =
  | {
      readonly outcome: "accepted";
      readonly builder: string;
      readonly source: string;
      /** The highest that the builder may claim. */
      readonly level: 2 | 3;
      /** Whether its certificate has claims of the source; those of before 2023 have them in a form that is not read. */
      readonly certified: boolean;
      /** Rows beside those that are known. */
      readonly builders?: readonly BuilderTrust[];
    }
  | {
      readonly outcome: "refused";
      /** `root`: the chain holds its root, which Sigstore's conformance tests refuse and slsa-verifier takes. */
      readonly why: "signature" | "builder" | "root";
    }
  /** Google Cloud Build's own form, and summaries without a certificate. */
  | { readonly outcome: "unsupported" };

const GENERATOR = "https://github.com/slsa-framework/slsa-github-generator/.github/workflows";
const TRW = "https://github.com/slsa-framework/example-trw/.github/workflows/builder_high-perms_slsa3.yml";
const EXAMPLE = "github.com/slsa-framework/example-package";

/** Folder → workflow of the builder. */
const builders: Readonly<Record<string, string>> = {
  gha_generic: `${GENERATOR}/generator_generic_slsa3.yml`,
  gha_go: `${GENERATOR}/builder_go_slsa3.yml`,
  "gha_container-based": `${GENERATOR}/builder_container-based_slsa3.yml`,
  gha_generic_container: `${GENERATOR}/generator_container_slsa3.yml`,
  gha_maven: `${GENERATOR}/builder_maven_slsa3.yml`,
  gha_gradle: `${GENERATOR}/builder_gradle_slsa3.yml`,
  gha_delegator: TRW,
};

/** The reusable workflow of another repository that calls the generator's delegator: nobody knows it, a policy would state it. */
const calledWorkflow: BuilderTrust = {
  name: "example-trw",
  signs: ({ kind, ...signer }) =>
    kind === "identity" && "identity" in signer && signer.identity.startsWith(`${GENERATOR}/delegator_`),
  speaksFor: (builder) => builder.startsWith(`${TRW}@refs/tags/v`),
  level: () => 3,
  needsSource: "always",
};

const ATTESTATION = /(?:\.intoto\.jsonl|\.build\.slsa|\.tgz\.json|\.digest)$/;

/** Undefined of what is no attestation. */
export function expectedOf(path: string): Expected | undefined {
  const [folder = "", version = ""] = path.split("/");
  const file = path.slice(path.lastIndexOf("/") + 1);
  if (folder === "gcb_container") return file.endsWith(".json") ? { outcome: "unsupported" } : undefined;
  if (folder === "vsa") return file.endsWith(".intoto.jsonl") ? { outcome: "unsupported" } : undefined;
  if (!ATTESTATION.test(file)) return undefined;
  if (/wrong-signer/.test(file)) return { outcome: "refused", why: "builder" };
  if (/invalidsigprov|no-tlog-upload|expired-cert|untrusted-builder/.test(file))
    return { outcome: "refused", why: "signature" };
  if (folder === "npm") return npm(file);
  if (folder === "bcr") return bcr(file);
  const workflow = builders[folder];
  // Files beside the folders are of builders of old.
  if (workflow === undefined || !isRelease(version)) return undefined;
  return {
    outcome: "accepted",
    builder: `${workflow}@refs/tags/${version}`,
    source: EXAMPLE,
    level: 3,
    certified: hasClaims(version),
    ...(folder === "gha_delegator" ? { builders: [calledWorkflow] } : {}),
  };
}

/** The ids of those before v1.2 name a branch. */
function isRelease(version: string): boolean {
  const [, major = "0", minor = "0"] = /^v(\d+)\.(\d+)\.\d+$/.exec(version) ?? [];
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= 2);
}

function hasClaims(version: string): boolean {
  const [, major = "0", minor = "0"] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  return Number(major) > 1 || Number(minor) >= 6;
}

/** The samples hold the attestation of another package under one of the names. */
const npmSources: readonly (readonly [RegExp, string])[] = [
  [/^gundam-visor/, "github.com/ramonpetgrave64/gundam-visor"],
  [/^provenance-npm-test-cli-v1/, "github.com/sigstore/sigstore-js"],
];

function npm(file: string): Expected | undefined {
  if (file.startsWith("supreme-googles")) return { outcome: "refused", why: "root" };
  const source = npmSources.find(([name]) => name.test(file))?.[1];
  // Publish attestations are npm's own; which of the two is broken, the name says.
  if (source === undefined) return undefined;
  const builder = `https://github.com/actions/runner${file.includes("v02") ? "" : "/github-hosted"}`;
  return { outcome: "accepted", builder, source, level: 2, certified: true };
}

function bcr(file: string): Expected {
  const workflow = file.startsWith("MODULE")
    ? "publish-to-bcr/.github/workflows/publish.yaml@refs/tags/v0.0.1"
    : ".github/.github/workflows/release_ruleset.yaml@refs/tags/v7.1.0";
  return {
    outcome: "accepted",
    builder: `https://github.com/bazel-contrib/${workflow}`,
    source: "github.com/aspect-build/rules_lint",
    level: 2,
    certified: true,
  };
}

/** Why an envelope cannot be verified by itself: it is no bundle, and names no entry of a log. */
export function bareEnvelopeFault(bytes: Buffer | undefined): string | undefined {
  const start = bytes?.toString("utf8", 0, 64) ?? "";
  return start.startsWith('{"payloadType"') ? "no log entry" : undefined;
}
