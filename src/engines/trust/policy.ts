/** The policy's slice about who may have signed what. Files that it names are resolved, and read by whoever verifies. */
import { type Beside, setting } from "../../core/setting.ts";
import type { CertificateAuthority } from "./model.ts";
import { builderForm, imageForm, rootForm, signerForm, signerName } from "./policy-forms.ts";
import { fewerBuilders, fewerRoots, moreImages, moreSigners } from "./policy-tighten.ts";
import type { AttestationRule, BuilderRule, ImageRule, RootSource, SignerRule, TrustRules } from "./rules-model.ts";

declare module "../../core/policy.ts" {
  interface PolicySlices {
    readonly trust: TrustRules;
  }
}

/** What a policy file writes, once its form is checked. */
type WrittenRoot =
  | "public-good"
  | "github"
  | { readonly trustedRoot: string }
  | { readonly ca: string; readonly for?: CertificateAuthority["purpose"] };

type WrittenSigner =
  | { readonly identity: string; readonly issuer: string; readonly root?: string }
  | { readonly key: string }
  | { readonly certificate: string; readonly ca: string };

interface WrittenImage {
  readonly match: string;
  readonly signedBy?: { readonly of: readonly string[]; readonly atLeast?: number };
  readonly attestations?: readonly AttestationRule[];
  readonly eachImage?: boolean;
  readonly maxAgeDays?: number;
}

export const trustSettings = {
  "trust.roots": setting<readonly RootSource[]>({
    form: { kind: "list", of: rootForm },
    description:
      "What vouches for certificates, logs and times: public-good (Sigstore's), github (GitHub's own for private repositories), { trustedRoot: FILE }, { ca: FILE }. Files relative to this one. Default: public-good. Stricter: fewer.",
    group: "Who may have signed which image, and what must be attested of it.",
    initial: [{ kind: "public-good" }],
    tighten: fewerRoots,
    read: (written: readonly WrittenRoot[], beside) => written.map((root) => readRoot(root, beside)),
    show: (value) => (value.length === 0 ? "an empty list" : value.map(shownRoot).join(", ")),
  }),
  "trust.signers": setting<Readonly<Record<string, SignerRule>>>({
    form: { kind: "named", name: signerName, of: signerForm },
    description:
      "Signers by name: { identity, issuer } of a certificate, exact but for * and **; { key: FILE }, a public key in PEM; { certificate, ca }, a subject and the authority that issues for it. Of a file that may only tighten they never make a pass. Default: none. Stricter: nothing.",
    initial: {},
    tighten: moreSigners,
    read: (written: Readonly<Record<string, WrittenSigner>>, beside, at) =>
      Object.fromEntries(
        Object.entries(written).map(([name, signer]) => [
          name,
          { ...readSigner(signer, beside), statedAt: at([name]) },
        ]),
      ),
    show: (value) =>
      Object.entries(value)
        .map(([name, signer]) => `${name}: ${shownSigner(signer)}`)
        .join("; ") || "none",
  }),
  "trust.builders": setting<readonly BuilderRule[]>({
    form: { kind: "list", of: builderForm },
    description:
      "Builders whose provenance counts, beside those that Bulkhead knows: which ids a signer may speak for, and the SLSA build level that they reach. Default: none. Stricter: fewer, or lower levels.",
    initial: [],
    tighten: fewerBuilders,
    show: (value) =>
      value.length === 0
        ? "an empty list"
        : value.map(({ signer, ids, level }) => `${signer}: ${ids.join(", ")} (level ${level})`).join("; "),
  }),
  "trust.images": setting<readonly ImageRule[]>({
    form: { kind: "list", of: imageForm },
    description:
      "What images need, by their repositories: signers, and attestations. Every rule that matches an image applies to it. Of an untrusted policy they never make a pass. Default: none, and who may sign is unknown. Stricter: more.",
    initial: [],
    tighten: moreImages,
    read: (written: readonly WrittenImage[], _beside: Beside, at) =>
      written.map((rule, index) => ({ ...readImage(rule), statedAt: at([index]) })),
    show: (value) => (value.length === 0 ? "an empty list" : value.map(shownImage).join("; ")),
  }),
};

function readRoot(written: WrittenRoot, beside: Beside): RootSource {
  if (written === "public-good" || written === "github") return { kind: written };
  if ("ca" in written) {
    return { kind: "ca", file: beside(written.ca), purpose: written.for ?? "signing", written: written.ca };
  }
  return { kind: "trusted-root", file: beside(written.trustedRoot), written: written.trustedRoot };
}

function readSigner(written: WrittenSigner, beside: Beside): SignerRule {
  if ("identity" in written) return { kind: "identity", ...written };
  if ("key" in written) return { kind: "key", file: beside(written.key), written: written.key };
  return { kind: "certificate", subject: written.certificate, ca: beside(written.ca), written: written.ca };
}

function readImage({ match, signedBy, attestations = [], eachImage = false, maxAgeDays }: WrittenImage): ImageRule {
  return {
    match,
    ...(signedBy === undefined ? {} : { signedBy: { of: [...new Set(signedBy.of)], atLeast: signedBy.atLeast ?? 1 } }),
    attestations,
    eachImage,
    ...(maxAgeDays === undefined ? {} : { maxAgeDays }),
  };
}

function shownRoot(root: RootSource): string {
  return "file" in root ? (root.written ?? root.file) : root.kind;
}

function shownSigner(signer: SignerRule): string {
  switch (signer.kind) {
    case "identity":
      return `${signer.identity} (${signer.issuer})`;
    case "key":
      return `key ${signer.written ?? signer.file}`;
    case "certificate":
      return `${signer.subject} (${signer.written ?? signer.ca})`;
  }
}

function shownImage({ match, signedBy, attestations }: ImageRule): string {
  const parts = [
    ...(signedBy === undefined ? [] : [`${signedBy.atLeast} of ${signedBy.of.join(", ")}`]),
    ...attestations.map(({ type }) => type),
  ];
  return `${match}: ${parts.join(", ")}`;
}
