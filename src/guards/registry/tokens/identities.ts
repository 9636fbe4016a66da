/** Workloads by the tokens that their own platform gives them, as the policy's `registry.identities` says. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readNamedByPolicy } from "../../../collect/policy/source.ts";
import { compileGlob } from "../../../core/glob.ts";
import { Problem } from "../../../core/problem.ts";
import { systemCause } from "../../../core/system-cause.ts";
import type { Untyped } from "../../../core/untyped.ts";
import { bounds as joseBounds } from "../../../engines/jose/bounds.ts";
import { isFor, timeFault } from "../../../engines/jose/claims.ts";
import { type CompactToken, parseCompact } from "../../../engines/jose/compact.ts";
import { type Issuer, openIssuer } from "../../../engines/jose/issuer.ts";
import { signatureFault } from "../../../engines/jose/verify.ts";
import type { IdentityRule } from "../../../engines/oci/distribution/access-model.ts";
import { createHttpClient, type HttpClient } from "../../../net/client.ts";
import type { Holder } from "./guard-tokens.ts";

export interface Identities {
  /**
   * @returns whom the token stands for; why for nobody, as a sentence's end; or the Problem for which that cannot be told
   */
  identify(token: string, now: Date): Promise<Holder | string | Problem>;
  /** Whether a rule that named somebody is still there. */
  knows(mark: string): boolean;
}

export interface IdentityOptions {
  /** Of the repository that files of a `git:` policy are read from. */
  readonly root: string;
  /** Where a pod's own service account is; absent: where Kubernetes puts it. */
  readonly podFolder?: string;
}

const POD_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Issuers are remembered from one policy to the next: what changed of it is seldom about them. */
export type OpenIdentities = (rules: readonly IdentityRule[]) => Promise<Identities>;

export function createIdentities({ root, podFolder = POD_FOLDER }: IdentityOptions): OpenIdentities {
  let kept = new Map<string, { readonly issuer: Issuer; readonly client: HttpClient }>();
  return async (rules) => {
    const used = new Map<string, { readonly issuer: Issuer; readonly client: HttpClient }>();
    const opened: OpenedRule[] = [];
    for (const rule of rules) {
      const authorities = rule.asPod ? readPodFile(podFolder, "ca.crt") : await readAuthorities(rule, root);
      const key = JSON.stringify([rule.issuer, rule.keys, rule.asPod, authorities]);
      const found = used.get(key) ?? kept.get(key) ?? open(rule, authorities);
      used.set(key, found);
      const conditions = Object.entries(rule.claims).map(([name, value]) => [name, compileGlob(value)] as const);
      opened.push({ rule, issuer: found.issuer, mark: markOf(rule), conditions });
    }
    for (const [key, { client }] of kept) if (!used.has(key)) client.close();
    kept = used;
    const marks = new Set(opened.map(({ mark }) => mark));
    return { identify: (token, now) => identify(token, opened, now), knows: (mark) => marks.has(mark) };
  };

  function open(rule: IdentityRule, authorities: string | undefined) {
    const { issuer, keys, asPod } = rule;
    const client = createHttpClient({
      stallMilliseconds: joseBounds.issuerMilliseconds,
      ...(authorities === undefined ? {} : { moreAuthorities: authorities }),
    });
    const place =
      keys === undefined || "url" in keys
        ? keys
        : { place: keys.written, read: async () => bounded(await readNamedByPolicy(keys.file, root), keys.written) };
    return {
      client,
      issuer: openIssuer({
        issuer,
        client,
        ...(place === undefined ? {} : { keys: place }),
        ...(asPod ? { authorization: () => `Bearer ${readPodFile(podFolder, "token").trim()}` } : {}),
      }),
    };
  }
}

interface OpenedRule {
  readonly rule: IdentityRule;
  readonly issuer: Issuer;
  readonly mark: string;
  readonly conditions: readonly (readonly [name: string, matches: (value: string) => boolean])[];
}

/** The first rule that all holds of names the principal. A rule that cannot be told about is none that holds. */
async function identify(text: string, rules: readonly OpenedRule[], now: Date): Promise<Holder | string | Problem> {
  const token = parseCompact(text);
  if (token === undefined) return "is not a token";
  const ofIssuer = rules.filter(({ rule }) => rule.issuer === token.claims.iss);
  if (ofIssuer.length === 0) return "is of an issuer that registry.identities does not name";
  const late = timeFault(token.claims, now);
  if (late !== undefined) return late;
  const meant = ofIssuer.filter(({ rule }) => isFor(token.claims, rule.audience));
  if (meant.length === 0) return "is for another audience";
  let fault: string | Problem = "has claims that no rule of registry.identities matches";
  for (const each of meant) {
    const found = await identifyBy(each, token, now);
    if (typeof found === "object" && !(found instanceof Problem)) return found;
    // That a rule could not be told about weighs more than that others do not match.
    if (found instanceof Problem || (found !== undefined && !(fault instanceof Problem))) fault = found;
  }
  return fault;
}

async function identifyBy(
  { rule, issuer, mark, conditions }: OpenedRule,
  token: CompactToken,
  now: Date,
): Promise<Holder | string | Problem | undefined> {
  const { kid } = token.header;
  try {
    const wrong = signatureFault(token, await issuer.keys(typeof kid === "string" ? kid : undefined, now));
    if (wrong !== undefined) return wrong;
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  const claims = rule.provider === "kubernetes" ? serviceAccountClaims(token.claims) : token.claims;
  if (!conditions.every(([name, matches]) => matchesText(claims, name, matches))) return undefined;
  const name = nameOf(rule.name, claims);
  if (name === undefined) return "has claims that no principal can be named by";
  return { name, kind: "workload", mark, endsAt: new Date(Number(token.claims.exp) * 1_000) };
}

function matchesText(claims: Untyped, name: string, matches: (value: string) => boolean): boolean {
  const value = textOf(claims, name);
  return value !== undefined && matches(value);
}

/** Lists and mappings match nothing: which of their values would count is not said. */
function textOf(claims: Untyped, name: string): string | undefined {
  const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** `system:serviceaccount:NAMESPACE:NAME` is its subject; what else the token says of itself is not needed. */
function serviceAccountClaims(claims: Untyped): Untyped {
  const { namespace: _, serviceAccount: __, ...rest } = claims;
  const [, namespace, serviceAccount] =
    /^system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})$/.exec(String(claims.sub)) ?? [];
  return namespace === undefined ? rest : { ...rest, namespace, serviceAccount };
}

/** Values that could be read as more than a name of their own make none. */
function nameOf(template: string, claims: Untyped): string | undefined {
  let isWhole = true;
  const name = template.replace(/\{([^{}]+)\}/g, (_, claim: string) => {
    const value = textOf(claims, claim) ?? "";
    if (!/^[A-Za-z0-9._@+/-]{1,255}$/.test(value)) isWhole = false;
    return value;
  });
  return isWhole && name.length <= 255 ? name : undefined;
}

function markOf(rule: IdentityRule): string {
  return createHash("sha256").update(JSON.stringify(rule)).digest("base64url").slice(0, 16);
}

async function readAuthorities({ authorities }: IdentityRule, root: string): Promise<string | undefined> {
  return authorities === undefined ? undefined : await readNamedByPolicy(authorities.file, root);
}

function readPodFile(folder: string, name: string): string {
  const path = `${folder}/${name}`;
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const cause = systemCause(error);
    throw new Problem({
      kind: "unavailable",
      code: "jose.issuer",
      place: path,
      cause,
      remedy: "asPod needs the service account of a pod: mount its token",
    });
  }
}

function bounded(text: string, place: string): string {
  if (text.length <= joseBounds.documentBytes) return text;
  const cause = `larger than ${joseBounds.documentBytes} bytes`;
  throw new Problem({ kind: "input", code: "jose.keys", place, cause });
}
