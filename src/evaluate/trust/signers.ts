/** Which of a policy's signers somebody is, and what keeps somebody from being one. */
import type { Digest } from "../../core/digest.ts";
import type { DecisionRules } from "../../engines/trust/decision-model.ts";
import { compileIdentity } from "../../engines/trust/identity.ts";
import { type Signer, signerId } from "../../engines/trust/model.ts";
import { quoted } from "../../engines/trust/predicates/fields.ts";
import type { SignerRule } from "../../engines/trust/rules-model.ts";

/** A named signer of the policy, ready to be held against many. */
export interface KnownSigner {
  readonly name: string;
  readonly rule: SignerRule;
  is(signer: Signer): boolean;
}

export function knownSigners({ trust, keys }: DecisionRules): ReadonlyMap<string, KnownSigner> {
  return new Map(
    Object.entries(trust.signers).map(([name, rule]) => [name, { name, rule, is: matcherOf(rule, keys) }]),
  );
}

function matcherOf(rule: SignerRule, keys: ReadonlyMap<string, Digest>): (signer: Signer) => boolean {
  switch (rule.kind) {
    case "identity": {
      const matches = compileIdentity(rule.identity);
      return (signer) =>
        signer.kind === "identity" &&
        signer.issuer === rule.issuer &&
        (rule.root === undefined || signer.root === rule.root) &&
        matches(signer.identity);
    }
    case "key": {
      const fingerprint = keys.get(rule.file);
      return (signer) => signer.kind === "key" && fingerprint !== undefined && signer.fingerprint === fingerprint;
    }
    case "certificate":
      return (signer) =>
        signer.kind === "certificate" && signer.authority === rule.ca && signer.subject === rule.subject;
  }
}

/** In one phrase: `https://… (issuer https://…)`, `key sha256:77c1…`. */
export function signerTitle(signer: Signer): string {
  switch (signer.kind) {
    case "identity":
      return `${quoted(signer.identity)} (issuer ${quoted(signer.issuer)})`;
    case "key":
      return `key ${signer.fingerprint}`;
    case "certificate":
      return `${quoted(signer.subject)} (${quoted(signer.authority)})`;
  }
}

/** Why these signers are none of those: of one that is wanted what differs, of several who it was. */
export function whyNobody(signers: readonly Signer[], wanted: readonly KnownSigner[]): string {
  const [only, ...others] = wanted;
  const [signer] = signers;
  if (signer === undefined) return "nobody signed it";
  const differences = wanted.flatMap(({ rule }) => differenceOf(signer, rule) ?? []);
  if (only !== undefined && others.length === 0 && differences[0] !== undefined) return differences[0].says;
  const near = differences.filter(({ isNear }) => isNear);
  if (near.length === 1 && near[0] !== undefined) return near[0].says;
  return `signed by ${signerTitle(signer)}, whom the rule does not name`;
}

/** What differs, where both are of one kind. */
function differenceOf(
  signer: Signer,
  rule: SignerRule,
): { readonly says: string; readonly isNear: boolean } | undefined {
  if (signer.kind !== rule.kind) return undefined;
  if (signer.kind === "identity" && rule.kind === "identity") {
    const { identity, issuer, root } = signer;
    if (!compileIdentity(rule.identity)(identity)) {
      const [before = "", ref] = split(identity);
      const [wantedBefore = "", wantedRef] = split(rule.identity);
      if (ref !== undefined && wantedRef !== undefined && compileIdentity(wantedBefore)(before)) {
        return { says: `ref differs: ${quoted(ref)}, not ${wantedRef}`, isNear: true };
      }
      return { says: `identity differs: ${quoted(identity)}, not ${rule.identity}`, isNear: false };
    }
    if (issuer !== rule.issuer) return { says: `issuer differs: ${quoted(issuer)}, not ${rule.issuer}`, isNear: true };
    return { says: `vouched for by ${quoted(root)}, not by ${rule.root}`, isNear: true };
  }
  if (signer.kind === "key") return { says: `key ${signer.fingerprint} is not the rule's`, isNear: false };
  if (signer.kind === "certificate" && rule.kind === "certificate") {
    return signer.subject === rule.subject
      ? { says: `authority differs: ${quoted(signer.authority)}, not ${rule.ca}`, isNear: true }
      : { says: `subject differs: ${quoted(signer.subject)}, not ${rule.subject}`, isNear: false };
  }
  return undefined;
}

function split(identity: string): [string, string?] {
  const at = identity.indexOf("@");
  return at < 0 ? [identity] : [identity.slice(0, at), identity.slice(at + 1)];
}

/**
 * How many of the named signers can be told apart: each name stands for one signer, and each signer for one name. Two names of
 * one key are one signer; two tags of one workflow are one name.
 *
 * @param made - name → who was there under it
 * @returns the names that count
 */
export function countedApart(made: ReadonlyMap<string, readonly Signer[]>): string[] {
  /** Signer → the name that it stands for. */
  const taken = new Map<string, string>();
  const place = (name: string, tried: Set<string>): boolean => {
    for (const signer of made.get(name) ?? []) {
      const id = signerId(signer);
      if (tried.has(id)) continue;
      tried.add(id);
      const held = taken.get(id);
      if (held === undefined || place(held, tried)) {
        taken.set(id, name);
        return true;
      }
    }
    return false;
  };
  return [...made.keys()].filter((name) => place(name, new Set()));
}
