/** Who signs in one run: a key that was given, or one for the run with certificates for an identity. */
import { Problem } from "../../../core/problem.ts";
import { requestCertificate, type SigningCertificate } from "./certificate.ts";
import { ephemeralKey, type SigningKey } from "./key.ts";
import type { EnvelopeEntry } from "./rekor.ts";
import type { Services } from "./service.ts";
import { type IdentityToken, requireUsable } from "./token.ts";

export interface SigningLog {
  readonly url: URL;
  /** Of Rekor's API: the second takes a signature's digest alone, and vouches for no time. */
  readonly version: 1 | 2;
  readonly envelopeEntry: EnvelopeEntry;
}

/** What vouches for a signature's time, and shows it to others. */
export interface Witnesses {
  readonly log?: SigningLog;
  /** Whole URL of a timestamp authority. */
  readonly timestamp?: URL;
}

export interface Credential {
  readonly key: SigningKey;
  /** Absent where a key signs without one. */
  readonly certificate?: SigningCertificate;
}

export interface RunSigner {
  readonly kind: "key" | "identity";
  /** The key that was given; absent of an identity, whose keys are for the run. */
  readonly key?: SigningKey;
  /** What to sign with now: a certificate is renewed before it runs out. */
  credential(): Promise<Credential>;
}

/** @param certificate - of an own authority */
export function keySigner(key: SigningKey, certificate?: SigningCertificate): RunSigner {
  const credential = { key, ...(certificate === undefined ? {} : { certificate }) };
  return { kind: "key", key, credential: async () => credential };
}

export interface IdentitySignerOptions {
  readonly fulcio: URL;
  readonly audience: string;
  /** Asked again where a certificate has to be renewed. @throws Problem `signing.token` */
  token(): Promise<IdentityToken>;
  readonly services: Services;
  /** Of now; certificates are dated by it. */
  now(): Date;
}

/** Milliseconds that a certificate must still hold when something is signed: log and authority take their time. */
const MARGIN = 120_000;

export function identitySigner({ fulcio, audience, token, services, now }: IdentitySignerOptions): RunSigner {
  let kept: (Credential & { readonly certificate: SigningCertificate }) | undefined;
  return {
    kind: "identity",
    async credential() {
      if (kept !== undefined && kept.certificate.notAfter.getTime() - MARGIN > now().getTime()) return kept;
      const fresh = await token();
      requireUsable(fresh, audience, now());
      const key = ephemeralKey();
      const certificate = await requestCertificate(fulcio, fresh, key, services, now());
      if (kept !== undefined && kept.certificate.identity !== certificate.identity) {
        const cause = `the identity changed to ${certificate.identity} during the run`;
        throw new Problem({ kind: "input", code: "signing.token", place: fresh.source, cause });
      }
      kept = { key, certificate };
      return kept;
    },
  };
}
