/**
 * The keys that the guard signs with, as one file that all replicas read. Each generation has two: one for tokens of clients,
 * which the guard alone accepts, and one for tokens to the engine, whose certificate the file's authority signs. So the engine
 * trusts one certificate while keys change, and no client's token is signed by a key that the engine knows.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { parseJson } from "../../../core/parse-json.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import { isObject } from "../../../core/untyped.ts";
import { issueCertificate, makeAuthority } from "../../../engines/certificates/make.ts";
import type { CertificatePair } from "../../../engines/certificates/model.ts";
import { jwkOf, thumbprint } from "../../../engines/jose/key-set.ts";
import { bounds } from "./bounds.ts";

/** As the file has it. */
export interface KeyFile {
  readonly authority: CertificatePair;
  /** The oldest first. */
  readonly generations: readonly Generation[];
}

export interface Generation {
  readonly created: Date;
  /** PKCS #8, P-256. */
  readonly guard: string;
  readonly engine: CertificatePair;
}

export interface SigningKey {
  readonly kid: string;
  readonly key: KeyObject;
}

export interface KeyRing {
  /** The youngest that every replica has had the time to read. */
  signer(now: Date): { readonly guard: SigningKey; readonly engine: SigningKey & { readonly x5c: readonly string[] } };
  /** Of clients' tokens. */
  verifier(kid: string): KeyObject | undefined;
  /** What the engine is to trust, in PEM: `auth.token.rootcertbundle`. */
  readonly engineRoot: string;
  /** The same as JSON Web Keys. */
  readonly engineKeySet: string;
  /** When the engine takes no more tokens, unless keys are changed before. */
  readonly endsAt: Date;
}

const VERSION = "bulkhead/v1";
const DAY = 86_400_000;
const AUTHORITY_DAYS = 3_650;
const LEAF_DAYS = 730;
/** Replicas do not see a new file at the same time. */
const SPREAD_MILLISECONDS = 120_000;
/** Clocks of guard and engine are apart. */
const BEFORE_MILLISECONDS = 300_000;

/** A new authority with one generation. */
export function makeKeys(now: Date): KeyFile {
  const authority = makeAuthority("bulkhead registry", validity(now, AUTHORITY_DAYS));
  return { authority, generations: [makeGeneration(authority, now)] };
}

/** With a further generation; those after whose successor nothing that they signed counts any more are left out. */
export function rotateKeys({ authority, generations }: KeyFile, now: Date): KeyFile {
  const lasts = (bounds.refreshSeconds + bounds.tokenSeconds) * 1_000 + SPREAD_MILLISECONDS;
  const kept = generations.filter((_, index) => {
    const successor = generations[index + 1];
    return successor === undefined || now.getTime() - successor.created.getTime() < lasts;
  });
  return { authority, generations: [...kept, makeGeneration(authority, now)] };
}

export function youngest({ generations }: KeyFile): Date {
  return generations.at(-1)?.created ?? new Date(0);
}

function makeGeneration(authority: CertificatePair, now: Date): Generation {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return {
    created: now,
    guard: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
    engine: issueCertificate(authority, ["bulkhead-registry"], validity(now, LEAF_DAYS)),
  };
}

function validity(now: Date, days: number) {
  return { from: new Date(now.getTime() - BEFORE_MILLISECONDS), until: new Date(now.getTime() + days * DAY) };
}

/** @throws Problem (usage) `registry.keys` */
export function openKeyRing({ authority, generations }: KeyFile, place: string): KeyRing {
  const opened = generations.map((generation) => openGeneration(generation, place));
  const [oldest] = opened;
  if (oldest === undefined) throw refused(place, "no signing keys");
  const verifiers = new Map(opened.map(({ guard }) => [guard.kid, createPublicKey(guard.key)]));
  const last = opened.at(-1) ?? oldest;
  const root = certificateOf(authority.certificate, place);
  return {
    signer(now) {
      const ready = now.getTime() - SPREAD_MILLISECONDS;
      return opened.findLast(({ created }) => created.getTime() <= ready) ?? oldest;
    },
    verifier: (kid) => verifiers.get(kid),
    engineRoot: authority.certificate,
    engineKeySet: `${JSON.stringify({ keys: opened.map(({ engine }) => jwkOf(createPublicKey(engine.key), engine.kid)) })}\n`,
    endsAt: new Date(Math.min(root.validToDate.getTime(), last.endsAt.getTime())),
  };
}

function openGeneration({ created, guard, engine }: Generation, place: string) {
  const certificate = certificateOf(engine.certificate, place);
  return {
    created,
    guard: signingKey(guard, place),
    engine: { ...signingKey(engine.key, place), x5c: [certificate.raw.toString("base64")] },
    endsAt: certificate.validToDate,
  };
}

function signingKey(pem: string, place: string): SigningKey {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve !== "prime256v1") throw refused(place, "a key that is not of P-256");
    return { kid: thumbprint(createPublicKey(key)), key };
  } catch (error) {
    throw error instanceof Problem ? error : refused(place, "a private key that cannot be read");
  }
}

function certificateOf(pem: string, place: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw refused(place, "a certificate that cannot be read");
  }
}

export function writtenKeys({ authority, generations }: KeyFile): string {
  const file = { apiVersion: VERSION, authority, generations };
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** @throws Problem (usage) `registry.keys` */
export function readKeys(path: string): KeyFile {
  let text: string;
  try {
    if (statSync(path).size > bounds.keysBytes) throw refused(path, `larger than ${bounds.keysBytes} bytes`);
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw refused(path, systemCause(error), "make it: bulkhead registry keys DIRECTORY");
  }
  return parseKeys(text, path);
}

function parseKeys(text: string, path: string): KeyFile {
  let document: unknown;
  try {
    document = parseJson(text);
  } catch {
    // What stands there is secret: the parser's message would show some of it.
    throw refused(path, "not JSON");
  }
  if (!isObject(document) || document.apiVersion !== VERSION || !Array.isArray(document.generations)) {
    throw refused(path, "not a file of signing keys");
  }
  const generations = document.generations.map((one: unknown, index): Generation => {
    const place = `${path}: generations[${index}]`;
    const { created, guard, engine } = isObject(one) ? one : {};
    const time = new Date(typeof created === "string" ? created : Number.NaN);
    if (Number.isNaN(time.getTime()) || typeof guard !== "string") throw refused(place, "not a generation of keys");
    return { created: time, guard, engine: pairOf(engine, place) };
  });
  return {
    authority: pairOf(document.authority, path),
    generations: generations.sort((a, b) => a.created.getTime() - b.created.getTime()),
  };
}

function pairOf(value: unknown, place: string): CertificatePair {
  const { certificate, key } = isObject(value) ? value : {};
  if (typeof certificate !== "string" || typeof key !== "string") {
    throw refused(place, "no certificate with its key");
  }
  return { certificate, key };
}

function refused(place: string, cause: string, remedy?: string): Problem {
  const code = "registry.keys";
  return new Problem({ kind: "usage", code, place, cause, ...(remedy === undefined ? {} : { remedy }) });
}
