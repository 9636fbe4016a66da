/** One or more whole signatures of every form of Sigstore's, with what they are verified against: what mutations start from. */
import {
  attestationLayer,
  foundBundle,
  IMAGE_SIGNATURE,
  keys,
  madeBundle,
  material,
  NOW,
  shopRoot,
  shopSigner,
  signatureLayer,
  sigstore,
  statement,
} from "./made-signatures.fixture.ts";
import type { FoundSignature, SignatureForm, TrustMaterial } from "./model.ts";

export interface WholeForm {
  readonly name: string;
  readonly found: FoundSignature;
  readonly material: TrustMaterial;
  readonly now: Date;
}

export type SigstoreForm = Exclude<SignatureForm, `notation-${string}`>;

const byKey = { kind: "key", keys } as const;
const byShop = { kind: "identity", certificate: shopSigner } as const;
const imageStatement = () => statement({ predicateType: IMAGE_SIGNATURE, predicate: {} });
const chain = [sigstore.intermediate, sigstore.root];
const V1 = "application/vnd.dev.sigstore.bundle+json;version=0.1";

function asReferrer(found: FoundSignature): FoundSignature {
  return { ...found, form: "cosign-referrer", place: { by: "referrers", name: found.subject } };
}

/** The first of each form is the richest. */
export function wholeForms(): Readonly<Record<SigstoreForm, readonly [WholeForm, ...WholeForm[]]>> {
  const of = (name: string, found: FoundSignature): WholeForm => ({ name, found, material, now: NOW });
  return {
    "cosign-sig": [
      of("keyless with its chain, log entry and timestamp", signatureLayer({ chain, timestamp: true })),
      of("own authority", signatureLayer({ signing: byShop, entry: null, chain: [shopRoot] })),
      of("key", signatureLayer({ signing: byKey, entry: null })),
    ],
    "cosign-att": [
      of("keyless, intoto 0.0.1", attestationLayer({ entry: "intoto 0.0.1" })),
      of("keyless, dsse 0.0.1", attestationLayer()),
      of("key", attestationLayer({ signing: byKey, entry: null })),
    ],
    "cosign-referrer": [
      of("keyless", asReferrer(signatureLayer())),
      of("key", asReferrer(signatureLayer({ signing: byKey, entry: null }))),
    ],
    "bundle-attestation": [
      of("keyless, second log with a timestamp", foundBundle(madeBundle())),
      of("keyless, first log", foundBundle(madeBundle({ entry: "dsse 0.0.1" }))),
      of(
        "v0.1 with its chain",
        foundBundle(madeBundle({ entry: "intoto 0.0.2", mediaType: V1, chain: [sigstore.intermediate] })),
      ),
    ],
    "bundle-signature": [
      of(
        "keyless",
        foundBundle(
          madeBundle({ payload: imageStatement(), entry: "dsse 0.0.1", timestamp: true }),
          "bundle-signature",
        ),
      ),
      of(
        "key",
        foundBundle(madeBundle({ payload: imageStatement(), signing: byKey, entry: null }), "bundle-signature"),
      ),
    ],
  };
}
