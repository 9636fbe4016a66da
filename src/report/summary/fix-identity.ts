/** What fixes a finding: findings with one identity go with one change. */
import type { CheckDescription } from "../../core/check.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Finding } from "../../core/finding.ts";
import type { Report } from "../../core/report.ts";

export type FixIdentity =
  /** Another base image, or the same one built anew: for every image on it. */
  | { readonly kind: "base" /** Absent where it is not known what the image is built on. */; readonly base?: string }
  /** One layer built again, with the distribution's packages of the day. */
  | { readonly kind: "layer"; readonly release: string }
  /** One package upgraded, in every image and lockfile. */
  | { readonly kind: "upgrade"; readonly ecosystem: string; readonly package: string }
  /** A vulnerable package that no version fixes yet. */
  | { readonly kind: "unfixed"; readonly ecosystem: string; readonly package: string }
  /** One secret revoked, wherever it stands. */
  | { readonly kind: "secret" }
  /** One field or instruction that a check names, wherever it stands. */
  | { readonly kind: "setting" };

export interface KeyedIdentity {
  readonly identity: FixIdentity;
  /** Equal where one change fixes both. */
  readonly key: string;
}

export type Identify = (finding: Finding, evaluation: Evaluation) => KeyedIdentity;

/**
 * How findings of a report go together:
 *
 * - what the base image brought, and what the controls about base images (1, 9) find: the base, by its name, over all images;
 * - a vulnerable package of a distribution in another layer of an image: that layer, by its digest;
 * - any other vulnerable package: its ecosystem and name, over images, lockfiles and SBOMs;
 * - a secret that a rule found: the rule and the fingerprint, over all files;
 * - what the network's checks find: what is to be done, in their words, which one set of policies does for several of them;
 * - all else: the check, and of a workload or namespace the field.
 */
export function identifier({ relations, checks }: Pick<Report, "relations" | "checks">): Identify {
  const bases = new Map<string, string>();
  for (const { type, from, to } of relations) {
    if (type === "builtFrom" && from.kind === "image" && to.kind === "image") bases.set(from.id, to.name);
  }
  const byId = new Map(checks.map((check) => [check.id, check]));
  return (finding, evaluation) => {
    const check = byId.get(evaluation.check);
    return (
      baseOf(finding, evaluation, check, bases) ??
      packageFix(finding, evaluation, check) ??
      policyFix(finding, check) ??
      rest(finding, evaluation)
    );
  };
}

function keyed(identity: FixIdentity, ...more: readonly string[]): KeyedIdentity {
  return { identity, key: JSON.stringify([identity.kind, ...more]) };
}

function baseOf(
  finding: Finding,
  { asset }: Evaluation,
  check: CheckDescription | undefined,
  bases: ReadonlyMap<string, string>,
): KeyedIdentity | undefined {
  const isOfBase = finding.origin === "base" && finding.fix !== undefined;
  const isAboutBase = check?.layer === "image" && check.controls.some((number) => number === 1 || number === 9);
  if (!isOfBase && !isAboutBase) return undefined;
  const base = bases.get(asset.id);
  return base === undefined ? keyed({ kind: "base" }, "asset", asset.id) : keyed({ kind: "base", base }, "base", base);
}

function packageFix(
  finding: Finding,
  { scope }: Evaluation,
  check: CheckDescription | undefined,
): KeyedIdentity | undefined {
  const name = finding.matches.package;
  const isVulnerable = finding.fix?.kind === "upgrade" || check?.category === "vulnerability";
  if (name === undefined || !isVulnerable) return undefined;
  const packages = scope?.kind === "packages" ? scope : undefined;
  const ecosystem = packages?.ecosystem ?? /^pkg:([^/]+)\//.exec(finding.matches.purl ?? "")?.[1] ?? "";
  const release = packages?.release;
  if (finding.fix === undefined)
    return keyed({ kind: "unfixed", ecosystem, package: name }, ecosystem, release ?? "", name);
  const [location] = finding.locations;
  if (release !== undefined && location.kind === "image") {
    return keyed({ kind: "layer", release: `${ecosystem} ${release}` }, location.layer.diffId, ecosystem, release);
  }
  return keyed({ kind: "upgrade", ecosystem, package: name }, ecosystem, release ?? "", name);
}

function policyFix({ fix }: Finding, check: CheckDescription | undefined): KeyedIdentity | undefined {
  if (check?.layer !== "network" || fix?.kind !== "instruction") return undefined;
  return keyed({ kind: "setting" }, "network", fix.text);
}

/** The subject of a secret that a rule found: `RULE FINGERPRINT in PATH`. */
const FOUND_SECRET = /^(\S+) (\S+) in ./;

/** The subject within a workload: `container web: securityContext.privileged`. */
const CONTAINER = /^(?:(?:init |ephemeral )?container [^:]*: )?(\S+)/;

function rest({ subject, matches, check }: Finding, { asset }: Evaluation): KeyedIdentity {
  const [id = check] = matches.ids;
  const [, rule, fingerprint] = FOUND_SECRET.exec(subject) ?? [];
  if (rule === id && fingerprint !== undefined) return keyed({ kind: "secret" }, rule, fingerprint);
  if (matches.package !== undefined) return keyed({ kind: "setting" }, id, "package", matches.package);
  const isObject = asset.kind === "workload" || asset.kind === "namespace";
  return keyed({ kind: "setting" }, id, isObject ? (CONTAINER.exec(subject)?.[1] ?? "") : "");
}
