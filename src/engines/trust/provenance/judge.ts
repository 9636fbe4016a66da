/** Whether provenance is of a builder that its signer may speak for, and of the build that a rule asks for. Pure. */
import type { DecisionCode, DecisionRefusal } from "../decision-model.ts";
import { compileName } from "../identity.ts";
import type { CertificateClaims, Signer, Statement } from "../model.ts";
import { quoted } from "../predicates/fields.ts";
import type { AttestationRule, SlsaLevel } from "../rules-model.ts";
import type { BuilderTrust } from "./builders.ts";
import type { BuildSource, Provenance } from "./model.ts";
import { readProvenance } from "./read.ts";
import { parseSourceUri } from "./source-uri.ts";
import { writersTriggers } from "./triggers.ts";

export type ProvenanceRule = Pick<
  AttestationRule,
  "signedBy" | "level" | "source" | "sourceId" | "ref" | "triggers" | "workflow" | "commit" | "where"
>;

export type JudgedProvenance =
  | {
      readonly outcome: "holds";
      readonly provenance: Provenance;
      /** The highest that the builder may claim. */
      readonly level: SlsaLevel;
      /** Of the source, as certified and said. */
      readonly source: BuildSource;
    }
  | ({ readonly outcome: "refused" } & DecisionRefusal);

/**
 * The first thing that is wrong with it. What the certificate says of the build counts before what the predicate says, and where
 * both say something it must be the same.
 *
 * @param builders - rows of whom the signer may speak for, the policy's own first
 */
export function judgeProvenance(
  statement: Statement,
  signer: Signer,
  rule: ProvenanceRule,
  builders: readonly BuilderTrust[],
): JudgedProvenance {
  const provenance = readProvenance(statement);
  if ("fault" in provenance) return refused("trust.predicate", provenance.fault);
  const claims = signer.kind === "identity" ? signer.claims : {};

  const rows = builders.filter((one) => one.signs(signer));
  if (rows.length === 0) return refused("trust.builder", "no builder is known for which this signer may speak");
  const row = rows.find((one) => one.speaksFor(provenance.builder, signer));
  if (row === undefined) {
    return refused("trust.builder", `the signer may not speak for the builder ${quoted(provenance.builder)}`);
  }
  const saysWhose = rule.source !== undefined || rule.sourceId !== undefined;
  const isNamed = row.needsSource === "unless-named" && rule.signedBy !== undefined;
  if (row.needsSource !== "never" && !saysWhose && !isNamed) {
    return refused("trust.source", `anybody may build with ${row.name}, and the rule names no source`);
  }
  if (row.needsSource !== "never" && claims.sourceRepository === undefined) {
    return refused("trust.source", "the certificate does not say of which source it is");
  }
  const level = row.level(claims);
  if (rule.level !== undefined && level < rule.level) {
    return refused("trust.level", `level ${level} by ${quoted(provenance.builder)}, not ${rule.level}`);
  }

  // An expression of the rule's own judges parameters that nobody here knows.
  if (rule.where === undefined) {
    if (!provenance.isKnown) {
      return refused(
        "trust.predicate",
        `what ${quoted(provenance.buildType)} means is not known, and no expression judges it`,
      );
    }
    const [unknown] = provenance.unknownParameters;
    if (unknown !== undefined) {
      return refused(
        "trust.predicate",
        `the parameter ${quoted(unknown)} is not of its build type, and no expression judges it`,
      );
    }
  }
  if (provenance.runner !== undefined && claims.runner !== undefined && provenance.runner !== claims.runner) {
    return refused("trust.builder", differs("runner", provenance.runner, claims.runner));
  }
  return (
    sourceFault(provenance, claims, rule) ?? { outcome: "holds", provenance, level, source: merged(provenance, claims) }
  );
}

type Refused = Extract<JudgedProvenance, { outcome: "refused" }>;

/** In the order of what says most: the repository, the ref, the trigger, the workflow, the commit. */
function sourceFault(
  { source, trigger }: Provenance,
  claims: CertificateClaims,
  rule: ProvenanceRule,
): Refused | undefined {
  const certified = certifiedSource(claims);
  return (
    contradiction("trust.source", "repository", source.repository, certified.repository) ??
    contradiction("trust.source", "repository's number", source.repositoryId, certified.repositoryId) ??
    contradiction("trust.ref", "ref", source.ref, certified.ref) ??
    contradiction("trust.trigger", "trigger", trigger, claims.trigger) ??
    contradiction("trust.workflow", "workflow", source.workflow, certified.workflow) ??
    contradiction("trust.commit", "commit", source.commit, certified.commit) ??
    demanded("trust.source", "source", certified.repository ?? source.repository, rule.source) ??
    demanded("trust.source", "source's number", certified.repositoryId ?? source.repositoryId, rule.sourceId) ??
    demanded("trust.ref", "ref", certified.ref ?? source.ref, rule.ref) ??
    triggerFault(claims.trigger ?? trigger, rule.triggers) ??
    demanded("trust.workflow", "workflow", certified.workflow ?? source.workflow, rule.workflow) ??
    demanded("trust.commit", "commit", certified.commit ?? source.commit, rule.commit)
  );
}

/** What a certificate says of the source, in the words of provenance. */
export function certifiedSource(claims: CertificateClaims): BuildSource {
  const { sourceRepository, sourceRepositoryId, sourceRef, sourceDigest, buildConfigUri } = claims;
  // A claim that cannot be read is one that no rule fits, and no absent one.
  const repository = sourceRepository === undefined ? undefined : (parseSourceUri(sourceRepository)?.repository ?? "");
  const workflow = workflowIn(buildConfigUri, sourceRepository);
  return {
    ...(repository === undefined ? {} : { repository }),
    ...(sourceRepositoryId === undefined ? {} : { repositoryId: sourceRepositoryId }),
    ...(sourceRef === undefined ? {} : { ref: sourceRef }),
    ...(sourceDigest === undefined ? {} : { commit: sourceDigest }),
    ...(workflow === undefined ? {} : { workflow }),
  };
}

/** `https://github.com/shop/api/.github/workflows/release.yml@refs/tags/v1`, GitLab's with two slashes before the file. */
function workflowIn(uri: string | undefined, repository: string | undefined): string | undefined {
  if (uri === undefined) return undefined;
  if (repository === undefined || !uri.startsWith(`${repository}/`)) return "";
  const rest = uri.slice(repository.length + 1).replace(/^\//, "");
  const at = rest.indexOf("@");
  return at < 0 ? rest : rest.slice(0, at);
}

function merged({ source }: Provenance, claims: CertificateClaims): BuildSource {
  return { ...source, ...certifiedSource(claims) };
}

function contradiction(
  code: DecisionCode,
  what: string,
  said: string | undefined,
  certified: string | undefined,
): Refused | undefined {
  if (said === undefined || certified === undefined || said === certified) return undefined;
  return refused(code, differs(what, said, certified));
}

function differs(what: string, said: string, certified: string): string {
  return `the predicate's ${what} is ${quoted(said)}, the certificate's ${quoted(certified) || "unreadable"}`;
}

function demanded(
  code: DecisionCode,
  what: string,
  found: string | undefined,
  wanted: string | undefined,
): Refused | undefined {
  if (wanted === undefined) return undefined;
  if (found === undefined) return refused(code, `no ${what} is stated, ${wanted} is needed`);
  if (compileName(wanted)(found)) return undefined;
  return refused(code, `${what} differs: ${quoted(found) || "unreadable"}, not ${wanted}`);
}

function triggerFault(trigger: string | undefined, allowed: readonly string[] | undefined): Refused | undefined {
  if (allowed !== undefined) {
    if (trigger !== undefined && allowed.includes(trigger)) return undefined;
    return refused(
      "trust.trigger",
      `trigger differs: ${trigger === undefined ? "none stated" : quoted(trigger)}, not ${allowed.join(", ")}`,
    );
  }
  if (trigger === undefined || writersTriggers.has(trigger)) return undefined;
  return refused("trust.trigger", `started by ${quoted(trigger)}, which strangers may cause`);
}

function refused(code: DecisionCode, reason: string): Refused {
  return { outcome: "refused", code, reason };
}
