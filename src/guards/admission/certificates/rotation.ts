/**
 * Which step of a rotation comes next. Clients are told of a new authority first, then what it signed is shown, then the old
 * authority goes: at no time does one of the replicas show what one of the API servers does not trust. Pure: all of it is read
 * off the certificates' own times, so that replicas agree without talking to each other.
 */
import { issueCertificate, makeAuthority } from "../../../engines/certificates/make.ts";
import type { CertificateFacts, CertificatePair } from "../../../engines/certificates/model.ts";
import { nameFault, readCertificates, readServerCertificate, trustFault } from "../../../engines/certificates/read.ts";
import type { Authority, CertificateState, RotationSettings } from "./model.ts";

/** What a clock of another machine may be behind. */
const SKEW_MILLISECONDS = 5 * 60 * 1000;

export interface RotationStep {
  readonly state: CertificateState;
  /** What was done, each a sentence without a full stop. */
  readonly done: readonly [string, ...string[]];
}

export interface RotationView {
  readonly now: Date;
  /** Fingerprints of the authorities that every webhook trusts already; undefined: nobody could say, or there are none. */
  readonly anchored: ReadonlySet<string> | undefined;
  /** True: nobody keeps webhooks, and time alone decides. */
  readonly unanchored?: boolean;
}

interface ReadAuthority extends Authority {
  readonly facts: CertificateFacts;
}

/** The next state, where something is to be done. What is kept and cannot be read is made anew. */
export function nextStep(
  kept: CertificateState | undefined,
  settings: RotationSettings,
  view: RotationView,
): RotationStep | undefined {
  const { now } = view;
  const read = kept === undefined ? undefined : readState(kept);
  if (read === undefined)
    return begin(settings, now, kept === undefined ? "made" : "made anew: the kept one is unusable");
  const done: string[] = [];
  let authorities = read.authorities;
  let leaf = read.leaf;

  const live = authorities.filter(({ facts }) => facts.notAfter > now);
  if (live.length < authorities.length) done.push("dropped an expired authority");
  authorities = live;
  const newest = authorities.at(-1);
  if (newest === undefined) return begin(settings, now, "made anew: the authority expired");
  if (newest.key === undefined) return begin(settings, now, "made anew: the authority's key is gone");
  if (isDue(newest.facts, now)) {
    authorities = [...authorities, authorityOf(settings, now)];
    done.push("added an authority");
  }

  const signer = signerOf(authorities, leaf, settings, view);
  const why = reissueReason(leaf, signer, settings, now);
  if (why !== undefined) {
    leaf = leafOf(signer, settings, now);
    done.push(`issued a certificate: ${why}`);
  }

  const isNewest = isBy(leaf, authorities.at(-1) as ReadAuthority);
  const [leafFacts] = readServerCertificate(leaf, "certificate");
  if (authorities.length > 1 && isNewest && isOlder(leafFacts, settings.overlapMilliseconds, now)) {
    authorities = authorities.slice(-1);
    done.push("dropped the old authority");
  }
  const [first, ...rest] = done;
  if (first === undefined) return undefined;
  return { state: { authorities: authorities.map(withoutFacts), leaf }, done: [first, ...rest] };
}

/** The authorities of a state, in PEM: what webhooks are to trust. */
export function bundleOf({ authorities }: CertificateState): string {
  return authorities.map(({ certificate }) => certificate).join("");
}

function begin(settings: RotationSettings, now: Date, done: string): RotationStep {
  const authority = authorityOf(settings, now);
  return { state: { authorities: [withoutFacts(authority)], leaf: leafOf(authority, settings, now) }, done: [done] };
}

function authorityOf({ authorityMilliseconds }: RotationSettings, now: Date): ReadAuthority {
  return readAuthority(makeAuthority("bulkhead admission", validity(now, authorityMilliseconds)));
}

function leafOf(signer: ReadAuthority, { names, leafMilliseconds }: RotationSettings, now: Date): CertificatePair {
  return issueCertificate(signer as CertificatePair, names, validity(now, leafMilliseconds));
}

/** Certificates have no fractions of a second. */
function validity(now: Date, milliseconds: number) {
  return { from: new Date(now.getTime() - SKEW_MILLISECONDS), until: new Date(now.getTime() + milliseconds) };
}

/** The newest that clients have had time to be told of, and none older than whose certificate is shown already. */
function signerOf(
  authorities: readonly ReadAuthority[],
  leaf: CertificatePair,
  { overlapMilliseconds }: RotationSettings,
  { now, anchored, unanchored = false }: RotationView,
): ReadAuthority {
  const isKnown = ({ facts }: ReadAuthority) =>
    (unanchored || anchored?.has(facts.fingerprint) === true) && isOlder(facts, overlapMilliseconds, now);
  const ready = authorities.findLastIndex((each) => each.key !== undefined && (isBy(leaf, each) || isKnown(each)));
  return (authorities[ready] ?? authorities.find(({ key }) => key !== undefined)) as ReadAuthority;
}

function reissueReason(
  leaf: CertificatePair,
  signer: ReadAuthority,
  { names }: RotationSettings,
  now: Date,
): string | undefined {
  const [facts] = readServerCertificate(leaf, "certificate");
  if (facts.names.length !== names.length || names.some((name) => nameFault([facts], name) !== undefined)) {
    return "it is for other names";
  }
  if (!isBy(leaf, signer)) return "by the new authority";
  return isDue(facts, now) ? "the old one is due" : undefined;
}

function isBy({ certificate }: CertificatePair, { facts }: ReadAuthority): boolean {
  const shown = readCertificates(certificate, "certificate");
  const [leaf] = shown;
  // Of its times something else decides.
  return (
    leaf !== undefined && trustFault(shown, [facts], { name: leaf.names[0] ?? "", now: leaf.notBefore }) === undefined
  );
}

/** Two thirds of its life are over. */
function isDue(facts: CertificateFacts, now: Date): boolean {
  const from = facts.notBefore.getTime() + SKEW_MILLISECONDS;
  return now.getTime() >= from + ((facts.notAfter.getTime() - from) * 2) / 3;
}

function isOlder(facts: CertificateFacts, milliseconds: number, now: Date): boolean {
  return now.getTime() - (facts.notBefore.getTime() + SKEW_MILLISECONDS) >= milliseconds;
}

function readState({ authorities, leaf }: CertificateState) {
  try {
    readServerCertificate(leaf, "certificate");
    return { authorities: authorities.map(readAuthority), leaf };
  } catch {
    return undefined;
  }
}

function readAuthority({ certificate, key }: Authority): ReadAuthority {
  const [facts] =
    key === undefined
      ? readCertificates(certificate, "authority")
      : readServerCertificate({ certificate, key }, "authority");
  if (facts?.isAuthority !== true) throw new TypeError("no authority");
  return { certificate: facts.pem, ...(key === undefined ? {} : { key }), facts };
}

function withoutFacts({ certificate, key }: ReadAuthority): Authority {
  return { certificate, ...(key === undefined ? {} : { key }) };
}
