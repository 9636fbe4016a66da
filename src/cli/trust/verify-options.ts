/** Who must have signed, as the options of a command say it: rules as a policy would state them. */
import { usageProblem } from "../../core/problem.ts";
import type { ImageRule, RootSource, SignerRule, TrustRules } from "../../engines/trust/rules-model.ts";

export interface SignerOptions {
  /** Files with public keys. */
  readonly key: readonly string[];
  readonly identity: readonly string[];
  readonly issuer?: string;
  /** Subjects of certificates of an own authority. */
  readonly subject: readonly string[];
  /** Files with an authority's certificates. */
  readonly ca: readonly string[];
  readonly tsaCa: readonly string[];
  /** `public-good`, `github`, or a file with a trusted root. */
  readonly root: readonly string[];
  readonly attestation: readonly string[];
  readonly atLeast?: string;
  readonly recursive: boolean;
}

/**
 * The rules that the options state: all that are named must have signed, or as many as are asked for. With attestations
 * asked for, each must be signed by them instead of the image.
 *
 * @returns undefined where no option names anybody
 * @throws Problem (usage) where the options say too little to trust anybody by
 */
export function rulesOfOptions(options: SignerOptions): TrustRules | undefined {
  const { key, identity, issuer, subject, ca, tsaCa, root, attestation, atLeast, recursive } = options;
  const names = [...key, ...identity, ...subject];
  if (names.length === 0) {
    const alone = [...ca.map(() => "--ca"), ...tsaCa.map(() => "--tsa-ca"), ...root.map(() => "--root")][0];
    if (issuer !== undefined || alone !== undefined) {
      // Whoever an authority certifies is anybody.
      throw usageProblem(
        issuer === undefined ? `${alone}` : "--issuer",
        "it names nobody who must have signed",
        issuer === undefined ? "add --identity with --issuer, or --subject" : "add --identity",
      );
    }
    if (attestation.length > 0 || atLeast !== undefined) {
      throw usageProblem(
        attestation.length > 0 ? "--attestation" : "--at-least",
        "no signer is named",
        "add --key, or --identity with --issuer",
      );
    }
    return undefined;
  }
  if (identity.length > 0 && issuer === undefined) {
    throw usageProblem(
      "--identity",
      "no issuer given",
      "add --issuer, such as https://token.actions.githubusercontent.com",
    );
  }
  if (issuer !== undefined && identity.length === 0)
    throw usageProblem("--issuer", "no identity given", "add --identity");
  if (subject.length > 0 && ca.length !== 1) {
    throw usageProblem("--subject", "it requires one --ca", "name the authority that issues for it: --ca FILE");
  }
  const signers = signersOf(options);
  const of = Object.keys(signers);
  const signedBy = { of, atLeast: atLeastOf(atLeast, of.length) };
  const image: ImageRule = {
    match: "**",
    ...(attestation.length === 0 ? { signedBy } : {}),
    attestations: attestation.map((type) => ({ type, signedBy: of })),
    eachImage: recursive,
  };
  return { roots: rootsOf(options), signers, builders: [], images: [image] };
}

/** Each is called as it was written. */
function signersOf({ key, identity, issuer = "", subject, ca: [ca = ""] }: SignerOptions): Record<string, SignerRule> {
  const signers: [string, SignerRule][] = [
    ...key.map((file): [string, SignerRule] => [file, { kind: "key", file }]),
    ...identity.map((name): [string, SignerRule] => [name, { kind: "identity", identity: name, issuer }]),
    ...subject.map((name): [string, SignerRule] => [name, { kind: "certificate", subject: name, ca }]),
  ];
  const named = new Map<string, SignerRule>();
  for (const [name, rule] of signers) {
    if (named.has(name)) throw usageProblem(name, "the same signer is named twice");
    named.set(name, rule);
  }
  return Object.fromEntries(named);
}

/** Sigstore's own root where nothing else vouches for an identity. */
function rootsOf({ identity, root, ca, tsaCa }: SignerOptions): RootSource[] {
  const stated = root.map(
    (name): RootSource =>
      name === "public-good" || name === "github" ? { kind: name } : { kind: "trusted-root", file: name },
  );
  const own = [
    ...ca.map((file): RootSource => ({ kind: "ca", file, purpose: "signing" })),
    ...tsaCa.map((file): RootSource => ({ kind: "ca", file, purpose: "timestamping" })),
  ];
  const usual: RootSource[] =
    identity.length > 0 && root.length === 0 && ca.length === 0 ? [{ kind: "public-good" }] : [];
  return [...stated, ...own, ...usual];
}

function atLeastOf(written: string | undefined, most: number): number {
  if (written === undefined) return most;
  const count = /^\d{1,3}$/.test(written) ? Number(written) : 0;
  if (count < 1 || count > most) {
    throw usageProblem(`--at-least ${written}`, `not a number from 1 to ${most}`, `${most} signers are named`);
  }
  return count;
}
