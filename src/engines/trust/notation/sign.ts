/**
 * Signatures of the Notary Project, made: a JWS envelope of the scheme `notary.x509` by a key and its certificate chain
 * (signature specification; signature-envelope-jws.md).
 */
import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { refusalOf } from "../refusal.ts";
import { readPublicKey } from "../x509/public-key.ts";
import type { Certificate } from "../x509/read.ts";
import { isoTime, validityFault } from "../x509/rules.ts";
import { algorithmOf, hashOf, nodeOptions } from "./algorithm.ts";
import { certificateFault, readChain } from "./chain.ts";
import { headers, PAYLOAD_TYPE } from "./envelope.ts";

/** What is signed: the descriptor of an image's manifest or index. */
export interface NotationTarget {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** The signer's own; keys of `io.cncf.notary` are the specification's. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NotationSigner {
  readonly key: KeyObject;
  /** DER: the signing certificate first, each with its issuer behind it, a root at the end. */
  readonly chain: readonly Buffer[];
}

export interface NotationSignature {
  /** The envelope: a layer of media type `application/jose+json`. */
  readonly envelope: Buffer;
  /** sha256 of each certificate's DER in lower-case hex, the signing one first: the manifest that holds it names them. */
  readonly thumbprints: readonly string[];
}

const RESERVED = "io.cncf.notary";

/**
 * @param expiry - until when the artifact is good; forever where nothing is said
 * @throws Problem `signing.notation` (usage) where a verifier would refuse what came of it
 */
export function signNotation(
  target: NotationTarget,
  { key, chain: ders }: NotationSigner,
  { now, expiry, agent }: { readonly now: Date; readonly expiry?: Date; readonly agent: string },
): NotationSignature {
  const chain = chainOf(ders, now);
  const [signing] = chain;
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  if (!spki.equals(signing.publicKey)) throw wrong("key", "the key is not the certificate's");
  const algorithm = algorithmOf(readPublicKey(signing.publicKey));
  if (algorithm === undefined) {
    throw wrong(
      "key",
      "the key is of a kind or size that notation lacks",
      "use RSA of 2048, 3072 or 4096 bits or P-256, P-384 or P-521",
    );
  }
  if (expiry !== undefined && wholeSecond(expiry) <= wholeSecond(now))
    throw wrong("expiry", "the signature expires before it is made");
  const reserved = Object.keys(target.annotations ?? {}).find((name) => name.startsWith(RESERVED));
  if (reserved !== undefined) throw wrong(reserved, `annotations of ${RESERVED} are reserved`);

  const critical = [headers.scheme, ...(expiry === undefined ? [] : [headers.expiry])];
  const protectedHeader = base64Url({
    alg: algorithm,
    crit: critical,
    cty: PAYLOAD_TYPE,
    [headers.scheme]: "notary.x509",
    [headers.signingTime]: wholeSecond(now),
    ...(expiry === undefined ? {} : { [headers.expiry]: wholeSecond(expiry) }),
  });
  const payload = base64Url({ targetArtifact: target });
  const signed = Buffer.from(`${protectedHeader}.${payload}`, "latin1");
  const signature = sign(hashOf(algorithm), signed, { key, ...nodeOptions(algorithm) });
  const envelope = {
    payload,
    protected: protectedHeader,
    header: { x5c: ders.map((der) => der.toString("base64")), [headers.signingAgent]: agent },
    signature: signature.toString("base64url"),
  };
  const thumbprints = ders.map((der) => createHash("sha256").update(der).digest("hex"));
  return { envelope: Buffer.from(JSON.stringify(envelope)), thumbprints };
}

/** The chain as a verifier will see it: what that would refuse is not signed with. */
function chainOf(ders: readonly Buffer[], now: Date): readonly [Certificate, ...Certificate[]] {
  try {
    const chain = readChain(ders);
    for (const [index, certificate] of chain.entries()) {
      const fault = validityFault(certificate, now.getTime(), now.getTime());
      if (fault !== undefined) throw certificateFault(chain, index, fault);
    }
    return chain;
  } catch (error) {
    throw wrong("certificate chain", refusalOf(error, "trust.certificate").reason);
  }
}

function wholeSecond(time: Date): string {
  return isoTime(time.getTime());
}

function base64Url(json: unknown): string {
  return Buffer.from(JSON.stringify(json), "utf8").toString("base64url");
}

function wrong(place: string, cause: string, remedy?: string): Problem {
  return new Problem({
    kind: "usage",
    code: "signing.notation",
    place,
    cause,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
