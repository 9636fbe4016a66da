/** Signatures that hold, with what the rules make of their signers. */
import type { Gap } from "../../core/evidence.ts";
import type { Signer, Statement } from "../../engines/trust/model.ts";
import type { FactState, KnownSignature, TraceSources } from "./model.ts";

/** Of the digest that was asked for, then of each image of an index, in the order in which they were tried. */
export function knownSignatures({ decision, vouches }: Pick<TraceSources, "decision" | "vouches">): KnownSignature[] {
  const isIndex = decision.children.length > 0;
  const subjects = [
    { beside: isIndex ? "index" : "image", ...decision.subject },
    ...decision.children.map((child, nth) => ({ ...child, beside: child.platform ?? `image ${nth + 1}` })),
  ];
  return subjects.flatMap(({ beside, tried }) =>
    tried.flatMap(({ signature, signers }) =>
      signature.outcome === "verified" ? [{ signature, signers: signers.filter(vouches), beside }] : [],
    ),
  );
}

/** Why there may be more of them. */
export function signatureGaps({ decision }: Pick<TraceSources, "decision">): Gap[] {
  return [...decision.subject.gaps, ...decision.children.flatMap(({ gaps }) => gaps)];
}

/** Those that say something of the image by a statement whose type is wanted. */
export function statements(
  sources: Pick<TraceSources, "decision" | "vouches">,
  isWanted: (predicateType: string) => boolean,
): (KnownSignature & { readonly statement: Statement })[] {
  return knownSignatures(sources).flatMap((known) => {
    const { content } = known.signature;
    return content.kind === "statement" && isWanted(content.predicateType) ? [{ ...known, statement: content }] : [];
  });
}

export function stateOfSignature({ signers }: KnownSignature): FactState {
  return signers.length > 0 ? "verified" : "claimed";
}

/** Who says so, and when, as evidence. */
export function signatureEvidence({ signature, signers, beside }: KnownSignature): Record<string, string> {
  const [time] = [...signature.times].sort((a, b) => (a.at < b.at ? -1 : 1));
  return {
    ...(signers.length > 0 ? { by: signers.join(", ") } : {}),
    signer: signature.signers.map(signerText).join(", "),
    ...(time === undefined ? {} : { at: time.at }),
    ...(beside === "image" ? {} : { of: `${beside} ${signature.subject}` }),
    in: signature.place.manifest ?? signature.place.name,
  };
}

export function signerText(signer: Signer): string {
  switch (signer.kind) {
    case "identity":
      return `${signer.identity} (${signer.issuer})`;
    case "key":
      return `key ${signer.fingerprint}`;
    case "certificate":
      return `${signer.subject} (${signer.authority})`;
  }
}
