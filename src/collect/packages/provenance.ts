/** What a registry holds of attestations and signatures of one version, verified. */
import { type Digest, parseDigest } from "../../core/digest.ts";
import { absent, type Evidence, type Gap, gapOf, present } from "../../core/evidence.ts";
import { isEvidenceProblem, Problem } from "../../core/problem.ts";
import type { PublishedProvenance, RegistrySignature } from "../../engines/packages/model.ts";
import { verifyNpmAttestations } from "../../engines/packages/provenance/npm.ts";
import { npmKeys, type RegistryKey, readRegistryKeys } from "../../engines/packages/provenance/npm-keys.ts";
import { verifyPypiProvenance } from "../../engines/packages/provenance/pypi.ts";
import { verifyRegistrySignature } from "../../engines/packages/provenance/registry-signature.ts";
import { bounds as registryBounds } from "../../engines/packages/registry/bounds.ts";
import { describeUrl } from "../../engines/packages/registry/client.ts";
import type { RegistryDocument, VersionEntry } from "../../engines/packages/registry/document.ts";
import { decoded, encoded } from "../../engines/packages/registry/fields.ts";
import type { TrustMaterial } from "../../engines/trust/model.ts";
import type { Asker } from "./ask.ts";
import { npmPath } from "./documents.ts";
import type { ChosenRegistry } from "./registry-of.ts";

export interface ProvenanceRequest {
  readonly asker: Asker;
  readonly registry: ChosenRegistry;
  readonly document: RegistryDocument;
  readonly version: string;
  readonly entry: VersionEntry;
  readonly authorizationFor: (url: URL) => string | undefined;
  /** The Sigstore instances whose word counts. */
  readonly material: TrustMaterial;
  /** Of npm's registry, instead of those that are carried. */
  readonly npmKeys?: readonly RegistryKey[];
  readonly now: Date;
}

export async function provenanceOf(request: ProvenanceRequest): Promise<Evidence<PublishedProvenance>> {
  const { attestations } = request.entry;
  const at = request.now.toISOString();
  if (attestations === undefined) return absent(notServed(request, "whether there are attestations"));
  if (attestations === "none") return present({ kind: "none" }, at);
  try {
    switch (request.document.type) {
      case "npm":
        return await npmProvenance(request, at);
      case "pypi":
        return await pypiProvenance(request, attestations, at);
      default:
        return absent(notServed(request, "whether there are attestations"));
    }
  } catch (error) {
    if (!isEvidenceProblem(error)) throw error;
    return absent({ ...gapOf(error), concerns: "provenance" });
  }
}

async function npmProvenance(request: ProvenanceRequest, at: string): Promise<Evidence<PublishedProvenance>> {
  const { asker, registry, document, version, entry, authorizationFor, material, now } = request;
  const { name } = document;
  const sha512 = entry.archives?.[0]?.hashes.sha512;
  const digest = parseDigest(`sha512:${sha512 ?? ""}`);
  if (digest === undefined) return absent(notServed(request, "the SHA-512 of its archive"));
  // Built here: a registry's document could lead to any other.
  const url = new URL(`-/npm/v1/attestations/${npmPath(name)}@${encoded(version)}`, registry.base);
  const told = await asker.ask({
    ...{ registry: registry.base, name, kind: `attestations ${version}`, url, immutable: true },
    accept: "application/json",
    authorization: authorizationFor(url),
    limit: registryBounds.attestationBytes,
    read: ({ body }) => body.toString("utf8"),
  });
  if (told === undefined) return absent(notServed(request, "the attestations that it lists"));
  const keys = await keysFor(request, []);
  return present(
    verifyNpmAttestations(
      Buffer.from(told.content),
      { name, version, digest },
      { material, keys },
      now,
      describeUrl(url),
    ),
    at,
  );
}

/** Files of one version whose provenance is verified: each is a request and some ten milliseconds. */
const PYPI_FILES = 8;

async function pypiProvenance(
  request: ProvenanceRequest,
  urls: readonly string[],
  at: string,
): Promise<Evidence<PublishedProvenance>> {
  const { registry, entry } = request;
  const origin = new URL(registry.base).origin;
  const files = urls.flatMap((text) => {
    const url = new URL(text);
    // …/FILE/provenance
    const name = decoded(url.pathname.split("/").at(-2) ?? "");
    const archive = entry.archives?.find((one) => fileName(one.url) === name);
    const digest = parseDigest(`sha256:${archive?.hashes.sha256 ?? ""}`);
    return digest === undefined || url.origin !== origin ? [] : [{ url, name, digest }];
  });
  if (files.length === 0) return absent(notServed(request, "the provenance that it lists"));
  const results = await Promise.all(files.slice(0, PYPI_FILES).map((file) => pypiFile(request, file)));
  const missing = results.filter((result) => result === undefined).length;
  const known = results.filter((result) => result !== undefined);
  const [first] = known;
  if (first === undefined) return absent(notServed(request, "the provenance that it lists"));
  const left = urls.length - files.slice(0, PYPI_FILES).length + missing;
  const gaps: Gap[] =
    left === 0
      ? []
      : [
          {
            code: "packages.not-verified",
            reason: `the provenance of ${left} files was not verified`,
            concerns: "provenance",
          },
        ];
  const result = known.find(({ kind }) => kind === "refused") ?? known.find(({ kind }) => kind === "none") ?? first;
  return present(result, at, { gaps });
}

async function pypiFile(
  { asker, registry, document, authorizationFor, material, now }: ProvenanceRequest,
  { url, name, digest }: { readonly url: URL; readonly name: string; readonly digest: Digest },
): Promise<PublishedProvenance | undefined> {
  const told = await asker.ask({
    ...{ registry: registry.base, name: document.name, kind: `provenance ${name}`, url, immutable: true },
    accept: "application/vnd.pypi.integrity.v1+json",
    authorization: authorizationFor(url),
    limit: registryBounds.attestationBytes,
    read: ({ body }) => body.toString("utf8"),
  });
  if (told === undefined) return undefined;
  return verifyPypiProvenance(Buffer.from(told.content), { name, digest }, material, now, describeUrl(url));
}

function fileName(url: string): string {
  return decoded(new URL(url).pathname.split("/").at(-1) ?? "");
}

/** What the registry's key says of this version; undefined where it signs nothing, or by keys that nobody knows. */
export async function signatureOf(request: ProvenanceRequest): Promise<RegistrySignature | undefined> {
  const { document, entry, version } = request;
  const { signatures, integrity, published } = entry;
  if (document.type !== "npm" || signatures === undefined || integrity === undefined) return undefined;
  const keys = await keysFor(
    request,
    signatures.map(({ keyid }) => keyid),
  );
  const signed = { name: document.name, version, integrity, ...(published === undefined ? {} : { published }) };
  return verifyRegistrySignature(signed, signatures, keys);
}

/** Those that are carried, and for names that are not among them those that the registry serves of itself. */
async function keysFor(
  { asker, registry, authorizationFor, npmKeys: own = npmKeys }: ProvenanceRequest,
  wanted: readonly string[],
): Promise<readonly RegistryKey[]> {
  const known = new Set(own.map(({ keyid }) => keyid));
  const needsServed = wanted.some((keyid) => !known.has(keyid)) || (wanted.length === 0 && registry.by !== "default");
  if (!needsServed) return own;
  const url = new URL("-/npm/v1/keys", registry.base);
  try {
    const told = await asker.ask({
      ...{ registry: registry.base, name: "", kind: "keys", url },
      accept: "application/json",
      authorization: authorizationFor(url),
      read: ({ body }) => body.toString("utf8"),
    });
    const served = told === undefined ? [] : readRegistryKeys(Buffer.from(told.content), describeUrl(url));
    // A key that is carried is not replaced by another of its name.
    return [...own, ...served.filter(({ keyid }) => !known.has(keyid))];
  } catch (error) {
    if (error instanceof Problem) return own;
    throw error;
  }
}

function notServed({ registry }: ProvenanceRequest, what: string): Gap {
  return {
    code: "packages.not-served",
    reason: `${new URL(registry.base).host} does not serve ${what}`,
    concerns: "provenance",
  };
}
