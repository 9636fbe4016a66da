/** What `verify` and `trace` go by: the rules of a policy, or those that the options state. */
import { loadPolicy } from "../../collect/policy/load.ts";
import { readClock } from "../../core/clock.ts";
import type { Policy } from "../../core/policy.ts";
import { isEvidenceProblem, usageProblem } from "../../core/problem.ts";
import { clientFor } from "../../engines/trust/roots/client.ts";
import { type Instance, knownRoot, updateInstance } from "../../engines/trust/roots/instances.ts";
import type { TrustRules } from "../../engines/trust/rules-model.ts";
import { policyText } from "../../report/wording.ts";
import { type OpenedTrust, openTrust } from "../../scan/trust.ts";
import { parseNow } from "../evaluation.ts";
import { defaultRoots } from "../paths.ts";
import type { ReachingOptions } from "../reaching.ts";
import { isOldRoot } from "./root-parts.ts";
import { agoText } from "./signature-view.ts";
import { rulesOfOptions, type SignerOptions } from "./verify-options.ts";

export interface TrustingOptions extends SignerOptions, ReachingOptions {
  readonly policy?: string;
  readonly environment?: string;
  readonly offline: boolean;
  readonly platform?: string;
  readonly format: readonly string[];
  readonly all: boolean;
  readonly quiet: boolean;
  readonly now?: string;
}

export interface OpenedRules {
  /** The one in force, for whatever else is evaluated. */
  readonly policy: Policy;
  readonly opened: OpenedTrust;
  /** Whose rules they are, for people. */
  readonly origin: string;
  readonly now: Date;
  /** One sentence each, without a full stop. */
  readonly notes: readonly string[];
}

/** @throws Problem (usage) where the options go together badly, or a file that they or the policy name cannot be read */
export async function openRules(options: TrustingOptions): Promise<OpenedRules> {
  const now = parseNow(options.now);
  const stated = rulesOfOptions(options);
  const { policy: flag, environment } = options;
  if (stated !== undefined && (flag !== undefined || environment !== undefined)) {
    throw usageProblem(
      flag === undefined ? "--environment" : "--policy",
      "the options name signers already",
      "use one of both",
    );
  }
  const root = process.cwd();
  const policy = await loadPolicy({ flag, root, environment });
  if (stated !== undefined) {
    const refreshed = await refreshRoots(stated, options.offline);
    const opened = await openTrust(stated, true, { roots: defaultRoots(), environment: process.env });
    return {
      policy,
      opened,
      origin: "the options of this command",
      now,
      notes: [...refreshed, ...rootNotes(opened, now)],
    };
  }
  const rules = options.recursive ? ofEachImage(policy.trust) : policy.trust;
  const refreshed = await refreshRoots(rules, options.offline);
  const opened = await openTrust(rules, policy.origin.kind === "trusted", { tree: root, roots: defaultRoots() });
  return { policy, opened, origin: policyText(policy.origin), now, notes: [...refreshed, ...rootNotes(opened, now)] };
}

function ofEachImage(rules: TrustRules): TrustRules {
  return { ...rules, images: rules.images.map((rule) => ({ ...rule, eachImage: true })) };
}

const DAY = 24 * 60 * 60 * 1000;

/**
 * Trusted roots that are older than a day are asked for anew, where the rules need them. What cannot be had leaves those that
 * are known in force: they are as trustworthy as they were.
 */
export async function refreshRoots({ roots, signers }: TrustRules, offline: boolean): Promise<string[]> {
  if (offline || !Object.values(signers).some(({ kind }) => kind === "identity")) return [];
  const folder = defaultRoots();
  const instances = roots.flatMap(({ kind }): Instance[] =>
    kind === "public-good" || kind === "github" ? [kind] : [],
  );
  const notes: string[] = [];
  for (const instance of new Set(instances)) {
    const { from, asOf } = knownRoot(instance, folder);
    const now = readClock();
    if (from === "cache" && now.getTime() - Date.parse(asOf) < DAY) continue;
    try {
      await updateInstance(instance, { folder, now, client: clientFor(undefined) });
    } catch (error) {
      if (!isEvidenceProblem(error)) throw error;
      notes.push(`the trusted root of ${instance} was not updated: ${error.line()}`);
    }
  }
  return notes;
}

function rootNotes({ collected, rules }: OpenedTrust, now: Date): string[] {
  if (!Object.values(rules.trust.signers).some(({ kind }) => kind === "identity")) return [];
  return collected.known.flatMap(({ name, asOf, from, discarded }) => [
    `trusted root ${name} ${from === "carried" ? "included in this program" : "downloaded"}, as of ${asOf.slice(0, 10)} (${agoText(asOf, now)})${isOldRoot(asOf, now) ? "; `bulkhead trust update` checks for a newer one" : ""}`,
    ...(discarded === undefined ? [] : [`the downloaded root of ${name} was not used: ${discarded.line()}`]),
  ]);
}
