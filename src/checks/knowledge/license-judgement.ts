import { compileGlob } from "../../core/glob.ts";
import type { LicensePolicy, LicenseTerm } from "../../engines/contents/model.ts";

/** What the policy says of one licence term. */
export type LicenseVerdict =
  | { readonly state: "allowed" }
  | { readonly state: "denied" | "unknown"; readonly faults: readonly LicenseFault[] };

/** One licence, or alternatives of which none will do. */
export interface LicenseFault {
  readonly state: "denied" | "unknown";
  /** `GPL-3.0-only`, `GPL-2.0-only OR (Acme AND GPL-3.0-only)`. */
  readonly licenses: string;
  /** The end of a sentence: of a denied one about the policy, of an unknown one about the licence. */
  readonly because: string;
}

/**
 * Compiles a policy. Of `or` one branch has to be allowed, of `and` all. Of a single licence:
 *
 * 1. An entry with `WITH` that names it and its exception decides, `deny` first: it is the more precise.
 * 2. `deny` decides, whatever the exception.
 * 3. With an empty `allow` everything else is allowed, else what `allow` names. Who may choose a later version may
 *    choose this one: `GPL-2.0-or-later` is allowed where `GPL-2.0-only` is, and denied where it is named itself.
 *
 * What SPDX does not list is unknown unless an entry names its text.
 */
export function licenseJudge({ allow, deny }: LicensePolicy): (term: LicenseTerm) => LicenseVerdict {
  const allowed = allow.map(entryOf);
  const denied = deny.map(entryOf);

  /** Packages share the terms of the texts that they share. */
  const known = new Map<LicenseTerm, LicenseVerdict>();

  const judgeOne = (term: Exclude<LicenseTerm, { kind: "and" | "or" }>): LicenseVerdict => {
    const licenses = licenseName(term);
    const names = namesOf(term);
    const precise = names.filter((name) => name.includes(WITH));
    const plain = names.filter((name) => !name.includes(WITH));
    const fault = (state: LicenseFault["state"], because: string): LicenseVerdict => ({
      state,
      faults: [{ state, licenses, because }],
    });
    const no = (because: string): LicenseVerdict => fault("denied", because);

    const deniedPrecisely = find(denied.filter(isPrecise), precise);
    if (deniedPrecisely !== undefined) return no(`denies ${deniedPrecisely}`);
    if (find(allowed.filter(isPrecise), precise) !== undefined) return { state: "allowed" };
    const deniedBy = find(denied, plain);
    if (deniedBy !== undefined) return no(`denies ${deniedBy}`);
    if (find(allowed, plain) !== undefined) return { state: "allowed" };
    if (term.kind === "unlisted") return fault("unknown", "is no license that SPDX lists");
    if (allowed.length === 0) return { state: "allowed" };
    const earlier = (term.orLaterThan ?? []).map((id) => id.toLowerCase());
    if (find(allowed, earlier) !== undefined && find(denied, earlier) === undefined) return { state: "allowed" };
    return no("does not allow it");
  };

  return function judge(term: LicenseTerm): LicenseVerdict {
    if (term.kind === "license" || term.kind === "unlisted") {
      const verdict = known.get(term) ?? judgeOne(term);
      known.set(term, verdict);
      return verdict;
    }
    const faults: LicenseFault[][] = [];
    for (const part of term.parts) {
      const verdict = judge(part);
      if (verdict.state !== "allowed") faults.push([...verdict.faults]);
      else if (term.kind === "or") return verdict;
    }
    if (faults.length === 0) return { state: "allowed" };
    if (term.kind === "and") {
      const own = faults.flat();
      return { state: own.some(({ state }) => state === "denied") ? "denied" : "unknown", faults: own };
    }
    // A branch that is only unknown may yet turn out to be allowed.
    const open = faults.find((branch) => branch.every(({ state }) => state === "unknown"));
    const state = open === undefined ? "denied" : "unknown";
    const because = (open ?? faults.flat()).find((fault) => fault.state === state)?.because ?? "";
    return { state, faults: [{ state, licenses: faults.map(branchName).join(" OR "), because }] };
  };
}

function branchName(branch: readonly LicenseFault[]): string {
  const names = branch.map(({ licenses }) => licenses);
  return names.length === 1 ? (names[0] as string) : `(${names.join(" AND ")})`;
}

const WITH = " with ";

interface Entry {
  readonly text: string;
  readonly matches: (name: string) => boolean;
}

function entryOf(text: string): Entry {
  return { text, matches: compileGlob(text.trim().toLowerCase()) };
}

/** It names an exception too, and not by a wildcard that happens to run over it. */
function isPrecise({ text }: Entry): boolean {
  return text.toLowerCase().includes(WITH);
}

/** The first entry that names one of the names. */
function find(entries: readonly Entry[], names: readonly string[]): string | undefined {
  return entries.find(({ matches }) => names.some(matches))?.text;
}

/** All that a policy may call it, in lower case. */
function namesOf(term: Exclude<LicenseTerm, { kind: "and" | "or" }>): string[] {
  if (term.kind === "unlisted") return [term.text.toLowerCase()];
  const { id, formerly, exception } = term;
  const names = [id, ...(formerly === undefined ? [] : [formerly])];
  return [...names, ...(exception === undefined ? [] : [`${id} WITH ${exception}`])].map((name) => name.toLowerCase());
}

function licenseName(term: Exclude<LicenseTerm, { kind: "and" | "or" }>): string {
  if (term.kind === "unlisted") return term.text;
  return term.exception === undefined ? term.id : `${term.id} WITH ${term.exception}`;
}

/** A policy that says nothing of licences asks for no judgement of them. */
export function speaksOfLicenses({ allow, deny, unknown }: LicensePolicy): boolean {
  return allow.length > 0 || deny.length > 0 || unknown !== "allow";
}
