/** Forms of what a policy file says of trust: for its schema, and for what reads it. */
import type { Field, Form, TextForm } from "../../core/setting.ts";
import { expressionFault } from "../cel/parse.ts";
import { isIdentityPattern, isNamePattern } from "./identity.ts";
import { attestationTypes } from "./rules-model.ts";

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export const signerName: TextForm = {
  says: "a name of letters, digits, dots, underscores and hyphens: release",
  is: (text) => name.test(text),
};

const file: Form = {
  kind: "text",
  each: { says: "a file, not an environment variable", is: (text) => !text.startsWith("env://") },
};

function exactly(fields: readonly string[], written: Readonly<Record<string, unknown>>): boolean {
  return fields.filter((field) => written[field] !== undefined).length === 1;
}

export const rootForm: Form = {
  kind: "any",
  of: [
    { kind: "choice", of: ["public-good", "github"] },
    {
      kind: "mapping",
      fields: {
        trustedRoot: { form: file, description: "File with a Sigstore trusted root (JSON)." },
        ca: { form: file, description: "File with the certificates of an own authority (PEM)." },
        for: {
          form: { kind: "choice", of: ["signing", "timestamping", "signing-authority"] },
          description:
            "Of ca: what its certificates do; signing-authority: sign and state when, as notation has it. Default: signing.",
        },
      },
      rules: [
        {
          fault: "does not say where the root is",
          allowed: "one of trustedRoot, ca",
          holds: (written) => exactly(["trustedRoot", "ca"], written),
        },
        {
          fault: "has `for` without `ca`",
          allowed: "`for` beside `ca` alone",
          holds: ({ for: purpose, ca }) => purpose === undefined || ca !== undefined,
        },
      ],
    },
  ],
};

const identity: TextForm = {
  says: "an identity, exact but for * within a part and ** across parts: https://github.com/shop/api/.github/workflows/release.yml@refs/tags/*",
  is: isIdentityPattern,
};

const issuer: TextForm = {
  says: "the exact URL of an issuer: https://token.actions.githubusercontent.com",
  is: (text) => /^https?:\/\/[\x21-\x29\x2b-\x7e]+$/.test(text),
};

/** `CN=shop release,O=Shop`; what it means is compared as a text. */
const distinguished: TextForm = {
  says: "a subject as RFC 4514 writes it: CN=shop release,O=Shop",
  is: (text) => /^[A-Za-z0-9.]+=[^\p{Cc}]+$/u.test(text),
};

export const signerForm: Form = {
  kind: "mapping",
  fields: {
    identity: {
      form: { kind: "text", each: identity },
      description:
        "Identity of the certificate (its subject alternative name). * stands for any run within a part between slashes, ** for any run.",
    },
    issuer: {
      form: { kind: "text", each: issuer },
      description: "Exact issuer of the identity token: https://token.actions.githubusercontent.com.",
    },
    root: {
      form: file,
      description:
        "Root that must vouch for the certificate: public-good, github, or a file of trust.roots. Default: any of them.",
    },
    key: { form: file, description: "File with a public key (PEM)." },
    certificate: {
      form: { kind: "text", each: distinguished },
      description: "Subject of a certificate without an identity token's issuer, exact: CN=shop release,O=Shop.",
    },
    ca: { form: file, description: "Of certificate: file of the authority that issues it, one of trust.roots." },
  },
  rules: [
    {
      fault: "does not say who it is",
      allowed: "identity with issuer, key, or certificate with ca",
      holds: (written) => exactly(["identity", "key", "certificate"], written),
    },
    {
      fault: "needs identity and issuer together",
      allowed: "both, or neither",
      holds: (written) => (written.identity === undefined) === (written.issuer === undefined),
    },
    {
      fault: "needs certificate and ca together",
      allowed: "both, or neither",
      holds: (written) => (written.certificate === undefined) === (written.ca === undefined),
    },
    {
      fault: "has root without identity",
      allowed: "root beside identity alone",
      holds: (written) => written.root === undefined || written.identity !== undefined,
    },
  ],
};

const pattern: TextForm = {
  says: "a text, exact but for * and **, without ? and blanks: refs/tags/*",
  is: isNamePattern,
};

const level: Form = { kind: "number", from: 1, to: 3 };

const names: Form = { kind: "list", of: { kind: "text", each: signerName }, atLeast: 1 };

export const builderForm: Form = {
  kind: "mapping",
  fields: {
    signer: { form: { kind: "text", each: signerName }, description: "Name of a signer.", required: true },
    ids: {
      form: { kind: "list", of: { kind: "text", each: pattern }, atLeast: 1 },
      description: "Values of builder.id, exact but for * and **.",
      required: true,
    },
    level: { form: level, description: "SLSA build level that the builder reaches: 1 to 3.", required: true },
  },
};

const ageInDays: Form = { kind: "number", from: 0, to: 3650 };

/** Which attestation types a field is about; absent: all. */
type AttestationField = Field & { readonly of?: readonly string[] };

const attestationFields = {
  type: {
    form: {
      kind: "text",
      each: {
        says: `${attestationTypes.join(", ")}, or the URI of a predicate type`,
        is: (text) =>
          (attestationTypes as readonly string[]).includes(text) || /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/.test(text),
      },
    },
    description:
      "slsa (provenance), vsa (verification summary), sbom (SPDX or CycloneDX), vuln (scan report), vex (OpenVEX), test (test results), or the URI of a predicate type.",
    required: true,
  },
  signedBy: {
    form: names,
    description:
      "Names of signers, any of them. Default: those of the image's rule; with `source` also builders that Bulkhead knows.",
  },
  maxAgeDays: {
    form: ageInDays,
    description:
      "Maximum days since the scan, the build or the verification where the attestation says when, else since it was signed.",
  },
  where: {
    form: {
      kind: "text",
      each: {
        says: "an expression (CEL): predicate.result == 'PASSED'",
        is: (text) => expressionFault(text) === undefined,
      },
    },
    description: "Expression (CEL) over predicate, predicateType and subject that must be true.",
  },
  level: { form: level, description: "Of slsa and vsa: minimum SLSA build level.", of: ["slsa", "vsa"] },
  source: {
    form: {
      kind: "text",
      each: {
        says: "a repository with its host and without a scheme: github.com/shop/api",
        is: (text) => /^[a-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~-]+)+$/.test(text) && !text.endsWith(".git"),
      },
    },
    description: "Of slsa: repository of the source: github.com/shop/api.",
    of: ["slsa"],
  },
  sourceId: {
    form: { kind: "text", each: { says: "the repository's number: 123456789", is: (text) => /^\d{1,20}$/.test(text) } },
    description: "Of slsa: number of the source repository, in quotes; it survives renames and is not given again.",
    of: ["slsa"],
  },
  ref: { form: { kind: "text", each: pattern }, description: "Of slsa: ref of the source: refs/tags/*.", of: ["slsa"] },
  triggers: {
    form: {
      kind: "list",
      of: { kind: "text", each: { says: "an event: push", is: (text) => /^[a-z][a-z_]*$/.test(text) } },
      atLeast: 1,
    },
    description:
      "Of slsa: events that may start the build. Default: any but those that strangers start (pull_request, pull_request_target, issue_comment and the like).",
    of: ["slsa"],
  },
  workflow: {
    form: { kind: "text", each: pattern },
    description: "Of slsa: path of the workflow that was run: .github/workflows/release.yml.",
    of: ["slsa"],
  },
  commit: {
    form: {
      kind: "text",
      each: { says: "a commit, 40 or 64 hex digits", is: (text) => /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) },
    },
    description: "Of slsa: commit of the source.",
    of: ["slsa"],
  },
  verifier: {
    form: { kind: "text", each: { says: "a URI", is: (text) => /^[a-z][a-z0-9+.-]*:[\x21-\x7e]+$/.test(text) } },
    description: "Of vsa: exact verifier.id.",
    of: ["vsa"],
  },
  noneFrom: {
    form: { kind: "choice", of: ["critical", "high", "medium", "low"] },
    description: "Of vuln: no vulnerability of this severity or above in the report.",
    of: ["vuln"],
  },
  fixableOnly: {
    form: { kind: "flag" },
    description: "Of vuln, with noneFrom: count only those with a fixed version. Default: false.",
    of: ["vuln"],
  },
  formats: {
    form: { kind: "choices", of: ["spdx", "cyclonedx"] },
    description: "Of sbom: accepted formats. Default: both.",
    of: ["sbom"],
  },
} satisfies Readonly<Record<string, AttestationField>>;

export const attestationForm: Form = {
  kind: "mapping",
  fields: attestationFields,
  rules: [
    {
      fault: "has a key that is of another type",
      allowed:
        "of slsa level, source, sourceId, ref, triggers, workflow, commit; of vsa level, verifier; of vuln noneFrom, fixableOnly; of sbom formats",
      holds: (written) =>
        Object.entries(attestationFields as Readonly<Record<string, AttestationField>>).every(
          ([key, { of }]) =>
            // It may be anything: the mapping's fields are not all right where its rules are asked.
            written[key] === undefined || of === undefined || of.some((type) => type === written.type),
        ),
    },
    {
      fault: "does not say whose provenance counts",
      allowed: "of slsa source, sourceId or signedBy",
      holds: ({ type, source, sourceId, signedBy }) =>
        type !== "slsa" || source !== undefined || sourceId !== undefined || signedBy !== undefined,
    },
    {
      fault: "does not say whose verification counts",
      allowed: "of vsa verifier",
      holds: ({ type, verifier }) => type !== "vsa" || verifier !== undefined,
    },
    {
      fault: "has fixableOnly without noneFrom",
      allowed: "both, or noneFrom alone",
      holds: ({ fixableOnly, noneFrom }) => fixableOnly === undefined || noneFrom !== undefined,
    },
  ],
};

export const imageForm: Form = {
  kind: "mapping",
  fields: {
    match: {
      form: {
        kind: "text",
        each: {
          says: "a pattern over repositories with their registry, without tag and digest: registry.example.com/shop/**",
          is: (text) => /^[a-z0-9*?./:_-]+$/.test(text) && !lastPart(text).includes(":"),
        },
      },
      description:
        "Repositories with their registry, a pattern: registry.example.com/shop/**; docker.io/library/nginx for nginx.",
      required: true,
    },
    signedBy: {
      form: {
        kind: "mapping",
        fields: {
          of: { form: names, description: "Names of signers.", required: true },
          atLeast: {
            form: { kind: "number", from: 1, to: 100 },
            description: "How many of them, each counted once over all forms of signatures. Default: 1.",
          },
        },
        rules: [
          {
            fault: "asks for more signers than it names",
            allowed: "atLeast up to the number of different names in of",
            holds: ({ of, atLeast }) =>
              !Array.isArray(of) || typeof atLeast !== "number" || atLeast <= new Set(of).size,
          },
        ],
      },
      description: "Who must have signed the image.",
    },
    attestations: {
      form: { kind: "list", of: attestationForm },
      description: "What must be attested of the image, each by at least one attestation.",
    },
    eachImage: {
      form: { kind: "flag" },
      description: "Of an index, whether each image in it must meet the rule by its own digest too. Default: false.",
    },
    maxAgeDays: {
      form: ageInDays,
      description: "Maximum days since the signatures that count, by a time that is vouched for.",
    },
  },
  rules: [
    {
      fault: "asks for nothing",
      allowed: "signedBy, attestations or both",
      holds: ({ signedBy, attestations }) =>
        signedBy !== undefined || (Array.isArray(attestations) && attestations.length > 0),
    },
    {
      fault: "does not say who signs an attestation",
      allowed: "signedBy for the images, or for each attestation; of slsa source or sourceId do",
      holds: ({ signedBy, attestations }) =>
        signedBy !== undefined ||
        !Array.isArray(attestations) ||
        attestations.every(
          (one: Readonly<Record<string, unknown>>) =>
            one.signedBy !== undefined || (one.type === "slsa" && (one.source ?? one.sourceId) !== undefined),
        ),
    },
  ],
};

/** Of a repository, without the registry, which may have a port. */
function lastPart(repository: string): string {
  const slash = repository.lastIndexOf("/");
  return slash < 0 ? "" : repository.slice(slash);
}
