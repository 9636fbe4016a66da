/** Attestations of packages, made whole by an instance of Sigstore for tests; tests change what they are about. */
import { createHash } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { keys, madeBundle, only, type Signing, sigstore } from "../../trust/made-signatures.fixture.ts";
import type { TrustMaterial } from "../../trust/model.ts";
import { COMMIT, githubStatement, type ToldBuild, WORKFLOW } from "../../trust/provenance/provenance.fixture.ts";
import { ISSUER, madeIdentity, madeRoot, SIGNED_AT, spkiOf } from "../../trust/sigstore/made-sigstore.fixture.ts";
import type { KeyPair } from "../../trust/x509/made-certificates.fixture.ts";
import { type RegistryKey, registryKey } from "./npm-keys.ts";

export const trust: TrustMaterial = only({ roots: [madeRoot(sigstore)] });
export const NAME = "@shop/left";
export const VERSION = "1.1.0";

export function digestOf(bytes: Uint8Array, algorithm: "sha256" | "sha512" = "sha512"): Digest {
  return `${algorithm}:${createHash(algorithm).update(bytes).digest("hex")}` as Digest;
}

export interface AttestationWish {
  readonly name?: string;
  readonly version?: string;
  readonly subject?: unknown;
  readonly build?: ToldBuild;
  readonly predicateType?: string;
  readonly predicate?: unknown;
  /** OID under Fulcio's arc to text, beside those of a workflow. */
  readonly claims?: Readonly<Record<number, string>>;
  readonly identity?: string;
}

/** Of a release workflow of github.com/shop/api. */
export function workflow(wish: Pick<AttestationWish, "claims" | "identity"> = {}): Signing {
  const { identity = WORKFLOW, claims = {} } = wish;
  const certificate = madeIdentity(sigstore, {
    identity,
    issuer: ISSUER,
    claims: {
      9: identity,
      11: "github-hosted",
      12: "https://github.com/shop/api",
      13: COMMIT,
      14: "refs/tags/v1",
      15: "123",
      18: identity,
      20: "push",
      ...claims,
    },
  });
  return { kind: "identity", certificate };
}

function payload(parts: object): Buffer {
  return Buffer.from(JSON.stringify({ _type: "https://in-toto.io/Statement/v1", ...parts }));
}

/** A member of `attestations` with the publisher's provenance. */
export function npmProvenance(archive: Uint8Array, wish: AttestationWish = {}): object {
  const { name = NAME, version = VERSION, build = {}, subject } = wish;
  const { predicateType, predicate } = githubStatement(build);
  const own = [
    { name: `pkg:npm/${name.replace("@", "%40")}@${version}`, digest: { sha512: digestOf(archive).slice(7) } },
  ];
  const bytes = payload({
    subject: subject ?? own,
    predicateType: wish.predicateType ?? predicateType,
    predicate: wish.predicate ?? predicate,
  });
  return {
    predicateType: "https://slsa.dev/provenance/v1",
    bundle: madeBundle({ payload: bytes, signing: workflow(wish) }),
  };
}

export const npmKey: RegistryKey = registryKey("SHA256:made", spkiOf(keys).toString("base64"));

/** A member of `attestations` with the registry's own word, by its key. */
export function npmPublish(archive: Uint8Array, wish: AttestationWish & { readonly by?: KeyPair } = {}): object {
  const { name = NAME, version = VERSION, by = keys } = wish;
  const predicateType = "https://github.com/npm/attestation/tree/main/specs/publish/v0.1";
  const bytes = payload({
    subject: [
      { name: `pkg:npm/${NAME.replace("@", "%40")}@${VERSION}`, digest: { sha512: digestOf(archive).slice(7) } },
    ],
    predicateType,
    predicate: { name, version, registry: "https://registry.npmjs.org" },
  });
  return {
    predicateType,
    bundle: madeBundle({ payload: bytes, signing: { kind: "key", keys: by }, entry: "dsse 0.0.1" }),
  };
}

export const SIGNED = SIGNED_AT.toISOString();

/** What PyPI serves of one file. */
export function pypiProvenance(
  file: string,
  archive: Uint8Array,
  wish: AttestationWish & { readonly publisher?: object } = {},
): object {
  const { publisher = { kind: "GitHub", repository: "shop/api", workflow: "release.yml" } } = wish;
  const bytes = payload({
    subject: wish.subject ?? [{ name: file, digest: { sha256: digestOf(archive, "sha256").slice(7) } }],
    predicateType: wish.predicateType ?? "https://docs.pypi.org/attestations/publish/v1",
    predicate: wish.predicate ?? null,
  });
  const { verificationMaterial, dsseEnvelope } = madeBundle({
    payload: bytes,
    signing: workflow(wish),
    entry: "dsse 0.0.1",
  });
  const { certificate, tlogEntries } = verificationMaterial as {
    certificate: { rawBytes: string };
    tlogEntries: readonly object[];
  };
  const attestation = {
    version: 1,
    verification_material: { certificate: certificate.rawBytes, transparency_entries: tlogEntries },
    envelope: { statement: dsseEnvelope.payload, signature: dsseEnvelope.signatures[0]?.sig },
  };
  return { version: 1, attestation_bundles: [{ publisher, attestations: [attestation] }] };
}
