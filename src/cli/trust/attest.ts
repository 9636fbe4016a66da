import { collectMaterials, distinct, statedBase } from "../../collect/trust/materials.ts";
import { readClock } from "../../core/clock.ts";
import { printable } from "../../core/printable.ts";
import { Problem, usageProblem } from "../../core/problem.ts";
import type { ExitCode } from "../../core/report.ts";
import { attestForms } from "../../engines/trust/signing/make.ts";
import { PROVENANCE_V1, UNVERIFIED_BUILDER } from "../../engines/trust/signing/provenance/build-types.ts";
import { makeProvenance } from "../../engines/trust/signing/provenance/make.ts";
import type { MadeProvenance } from "../../engines/trust/signing/provenance/model.ts";
import type { Content } from "../../engines/trust/signing/sign-image.ts";
import { KNOWN_ISSUERS, type VerifiedToken, verifyToken } from "../../engines/trust/signing/token-issuer.ts";
import { DEFAULT_AUDIENCE } from "../../engines/trust/signing/token-source.ts";
import { readPredicate } from "./predicates.ts";
import { formsOf, runSigning } from "./run-signing.ts";
import { type SigningOptions, type SigningSetup, signingSetup } from "./signing-options.ts";

interface AttestOptions extends SigningOptions {
  readonly type: string;
  readonly predicate?: string;
  /** What was built. */
  readonly source: string;
  readonly dockerfile: readonly string[];
  readonly oidcIssuer: readonly string[];
}

/** `bulkhead attest REFERENCE... --type TYPE` */
export async function attest(references: readonly string[], options: AttestOptions): Promise<ExitCode> {
  const { type, predicate: file } = options;
  if (type === "slsa" && file !== undefined) {
    const remedy = "give its predicate type: --type https://slsa.dev/provenance/v1";
    throw usageProblem("--predicate", "--type slsa makes the provenance itself", remedy);
  }
  if (type !== "slsa" && file === undefined)
    throw usageProblem(`--type ${type}`, "no predicate given", "use --predicate FILE");
  const source = file === undefined ? undefined : readPredicate(type, file);
  const setup = signingSetup(options);
  const forms = formsOf(options, attestForms, setup);
  if (source !== undefined) {
    const content: Content = async (target) => ({ kind: "attestation", ...source(target) });
    return await runSigning({ references, options, setup, forms, content });
  }
  const { content, level } = await provenanceContent(options, setup);
  return await runSigning({ references, options, setup, forms, content, level });
}

async function provenanceContent(
  { source, dockerfile, oidcIssuer, dryRun }: AttestOptions,
  setup: SigningSetup,
): Promise<{ readonly content: Content; readonly level: { readonly level: number; readonly reason: string } }> {
  const { resources, notes, remote, commit } = await collectMaterials(source, dockerfile);
  const { signer, services } = setup;
  const now = readClock();
  const found = await setup.token();
  const issuers = [...KNOWN_ISSUERS, ...oidcIssuer];
  const token: VerifiedToken | undefined =
    found === undefined ? undefined : await verifyToken(found, { issuers, audience: DEFAULT_AUDIENCE, services, now });
  const made = (materials: typeof resources): MadeProvenance =>
    makeProvenance({
      ...{ signer: signer.kind, materials, now },
      ...(token === undefined ? {} : { token }),
      ...(remote === undefined ? {} : { remote }),
      ...(commit === undefined ? {} : { commit }),
    });
  const { predicate, level, reason } = made(resources);
  const built = predicate.buildDefinition.resolvedDependencies[0]?.digest.gitCommit;
  const { id } = predicate.runDetails.builder;
  const told = [...notes];
  if (token !== undefined && commit !== undefined && built !== undefined && built !== commit) {
    told.push(`the checkout is at ${commit}, and the token is for ${built}: both are listed`);
  }
  if (signer.kind === "identity" && !dryRun) await requireSameBuilder(setup, id);
  for (const note of told) process.stderr.write(`bulkhead: ${printable(note)}\n`);
  return {
    level: { level, reason },
    async content({ annotations }) {
      const base = statedBase(annotations);
      const all = distinct([...(base === undefined ? [] : [base]), ...resources]);
      return { kind: "attestation", predicateType: PROVENANCE_V1, predicate: made(all).predicate };
    },
  };
}

/** Verifiers compare the builder with the certificate's: provenance that cannot hold is not made. */
async function requireSameBuilder({ signer }: SigningSetup, id: string): Promise<void> {
  const { certificate } = await signer.credential();
  const uri = certificate?.claims.buildSignerUri;
  if (uri === undefined || id === uri || id === UNVERIFIED_BUILDER) return;
  const cause = `the certificate is for the builder ${uri}, the token for ${id}`;
  throw new Problem({ kind: "input", code: "signing.token", place: "builder", cause });
}
