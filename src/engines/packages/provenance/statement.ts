/** What provenance of packages has in common: a bundle about one archive, verified, and whose build it says it was. */
import type { Digest } from "../../../core/digest.ts";
import type { Signer, Statement, TrustMaterial } from "../../trust/model.ts";
import { knownBuilders } from "../../trust/provenance/builders.ts";
import { certifiedSource, judgeProvenance } from "../../trust/provenance/judge.ts";
import { verifyBundle } from "../../trust/verify.ts";
import type { PublishedProvenance } from "../model.ts";

export type VerifiedStatement =
  | { readonly statement: Statement; readonly signer: Signer; readonly at?: string }
  | { readonly refused: string };

/**
 * The statement of a bundle, where it holds and is about this archive under this name.
 *
 * @param isSubject - whether a subject's name is that of the package
 */
export function verifiedStatement(
  bundle: unknown,
  digest: Digest,
  isSubject: (name: string) => boolean,
  material: TrustMaterial,
  now: Date,
): VerifiedStatement {
  const verdict = verifyBundle(Buffer.from(JSON.stringify(bundle ?? null)), { digest }, material, now);
  if (verdict.outcome === "refused") return { refused: verdict.refusal.reason };
  const { content, signers, times } = verdict;
  if (content.kind !== "statement") return { refused: "it signs an image, no statement" };
  // A statement about several archives could be taken from one package to another.
  const [subject, ...more] = content.subjects;
  if (subject?.name === undefined || more.length > 0 || !isSubject(subject.name)) {
    return { refused: `it is about ${JSON.stringify(subject?.name ?? "").slice(0, 200)}, another package` };
  }
  const at = times[0]?.at;
  return { statement: content, signer: signers[0], ...(at === undefined ? {} : { at }) };
}

/**
 * SLSA provenance as what checks compare. Whose source it ought to be nobody states for a package of a registry: what the
 * certificate says is taken, and two versions are held against each other.
 */
export function slsaProvenance(statement: Statement, signer: Signer): PublishedProvenance {
  const claimed = signer.kind === "identity" ? certifiedSource(signer.claims).repository : undefined;
  if (signer.kind !== "identity" || claimed === undefined || claimed === "") {
    return { kind: "refused", reason: "the certificate does not say of which source it is" };
  }
  const judged = judgeProvenance(statement, signer, { source: claimed }, knownBuilders);
  if (judged.outcome === "refused") return { kind: "refused", reason: judged.reason };
  const { workflow } = judged.source;
  return {
    kind: "verified",
    builder: withoutRef(judged.provenance.builder),
    source: judged.source.repository ?? claimed,
    ...(workflow === undefined ? {} : { workflow }),
    signer: withoutRef(signer.identity),
  };
}

/** A workflow's identity ends with the ref that it ran of, which is another for every version. */
export function withoutRef(identity: string): string {
  const at = identity.lastIndexOf("@refs/");
  return at < 0 ? identity : identity.slice(0, at);
}
