/** A pull gate over an engine in this process, images in it, and a policy, for tests. */
import type { TestContext } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { type TestSigner, testSigner } from "../../../collect/trust/signed.fixture.ts";
import { unopenedImage } from "../../../core/asset.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Evaluation } from "../../../core/evaluation.ts";
import { denyAtGate, type GateEnforcement } from "../../../core/gate-enforcement.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import type { Severity } from "../../../core/severity.ts";
import type { PullSettings } from "../../../engines/oci/distribution/pull-model.ts";
import {
  type HeldDescriptor,
  type HeldRegistry,
  heldRegistry,
} from "../../../engines/oci/referrers/registry.fixture.ts";
import { annotations, mediaTypes } from "../../../engines/trust/forms.ts";
import type { ImageRule } from "../../../engines/trust/rules-model.ts";
import { readyTrust } from "../../../scan/trust.ts";
import { type MemoryStore, memoryStore } from "../../../store/memory.fixture.ts";
import type { ScannedImage } from "../../../store/model.ts";
import type { Decision, Engine, Principal, PullAsked, RegistryPolicy, StoredManifest } from "../model.ts";
import { policyUnder } from "../policies.ts";
import { engineRepositories } from "./engine-repository.ts";
import { createPullGate, type RunningPullGate } from "./gate.ts";

export const now = new Date("2026-11-28T12:00:00Z");
export const HOST = "registry.example.com";
export const REPOSITORY = "shop/web";
export const signer = testSigner();
export const stranger = testSigner();

export const node: Principal = { name: "kubernetes:shop/web", kind: "workload", isExempt: false };
export const scanner: Principal = { name: "robot:scanner", kind: "robot", isExempt: true };

export interface Wish {
  readonly rules?: readonly Partial<ImageRule>[];
  readonly pull?: Partial<PullSettings>;
  readonly gate?: Partial<GateEnforcement>;
  readonly breakGlass?: Policy["registry"]["breakGlass"];
  readonly policy?: Partial<Policy>;
  readonly environment?: string;
}

/** Without rules nobody is asked for signatures. */
export function pullPolicy({ rules = [], pull = {}, gate = {}, breakGlass = [], policy = {}, environment }: Wish = {}) {
  const [key] = signer.material.keys;
  if (key === undefined) throw new Error("no key");
  const images = rules.map((own) => ({
    match: "**",
    signedBy: { of: ["release"], atLeast: 1 },
    attestations: [],
    eachImage: false,
    ...own,
  }));
  const trust = { roots: [], signers: { release: { kind: "key", file: key.name } }, builders: [], images } as const;
  const keys = new Map([[key.name, key.fingerprint]]);
  const opened = readyTrust({ trust, vouched: true, keys }, { material: signer.material, known: [] });
  const { registry, enforcement } = defaultPolicy;
  const stated: Policy = {
    ...defaultPolicy,
    trust,
    enforcement: { ...enforcement, registry: { ...enforcement.registry, pull: { ...denyAtGate, ...gate } } },
    registry: { ...registry, breakGlass, pull: { ...registry.pull, ...pull } },
    ...policy,
  };
  const places = new Map([
    ["thresholds.vulnerabilities.severity", { path: "bulkhead.yaml", line: 4, column: 1 }],
  ] as const);
  return policyUnder({ policy: stated, places }, opened, environment);
}

export interface Guarded {
  readonly registry: HeldRegistry;
  readonly store: MemoryStore;
  readonly gate: RunningPullGate;
  policy: RegistryPolicy;
  /** Of each environment beside it. */
  readonly environments: Map<string, RegistryPolicy>;
  /** Answers in the engine's place. */
  engineFault: ((reference: string) => Promise<StoredManifest | undefined | Problem> | undefined) | undefined;
  readonly askedEngine: string[];
  readonly faults: unknown[];
  /** Milliseconds. */
  pass(milliseconds: number): void;
  asked(more?: Partial<PullAsked>): PullAsked;
  pull(reference: string, more?: Partial<PullAsked>): ReturnType<RunningPullGate["manifest"]>;
  blob(digest: Digest, more?: Partial<PullAsked>): Promise<Decision>;
  referrers(digest: Digest, more?: Partial<PullAsked>): Promise<Decision>;
}

export async function guarded(t: TestContext, policy: RegistryPolicy = pullPolicy()): Promise<Guarded> {
  const registry = await heldRegistry(t);
  const store = memoryStore(() => now);
  let time = 0;
  const engine: Pick<Engine, "manifest"> = {
    async manifest(repository, reference) {
      const name = "tag" in reference ? reference.tag : reference.digest;
      held.askedEngine.push(name);
      const instead = held.engineFault?.(name);
      if (instead !== undefined) return await instead;
      const found = repository === REPOSITORY ? registry.manifests.get(name) : undefined;
      if (found === undefined) return undefined;
      return { digest: digestIn(registry, found.bytes), mediaType: found.mediaType, bytes: found.bytes };
    },
  };
  const environments = new Map<string, RegistryPolicy>();
  const faults: unknown[] = [];
  const gate = createPullGate({
    policies: () => ({
      digest: held.policy.digest,
      trustFaults: [],
      forEnvironment: (name) => environments.get(name ?? "") ?? held.policy,
    }),
    engine,
    store,
    open: engineRepositories({ url: new URL(`http://${registry.host}`) }),
    host: HOST,
    clock: () => time,
    onFault: (error) => faults.push(error),
  });
  t.after(() => gate.close());
  const asked = (more: Partial<PullAsked> = {}): PullAsked => ({
    repository: REPOSITORY,
    principal: node,
    now: new Date(now.getTime() + time),
    deadline: new AbortController().signal,
    ...more,
  });
  const held: Guarded = {
    registry,
    store,
    gate,
    policy,
    environments,
    engineFault: undefined,
    askedEngine: [],
    faults,
    pass(milliseconds) {
      time += milliseconds;
    },
    asked,
    pull(reference, more) {
      const of = reference.startsWith("sha256:") ? { digest: reference as Digest } : { tag: reference };
      return gate.manifest({ ...asked(more), reference: of });
    },
    blob: (digest, more) => gate.blob({ ...asked(more), digest }),
    referrers: (digest, more) => gate.referrers({ ...asked(more), digest }),
  };
  return held;
}

function digestIn({ manifests }: HeldRegistry, bytes: Buffer): Digest {
  for (const [name, { bytes: own }] of manifests)
    if (name.startsWith("sha256:") && own.equals(bytes)) return name as Digest;
  throw new Error("a manifest without a digest");
}

const CONFIG = "application/vnd.oci.image.config.v1+json";
const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";

export interface PushedImage extends HeldDescriptor {
  readonly layer: Digest;
  readonly config: Digest;
}

/** An image that is other for every text. */
export function pushImage({ registry }: Guarded, text: string, tag?: string): PushedImage {
  const config = registry.blob(CONFIG, JSON.stringify({ text }));
  const layer = registry.blob(LAYER, `layer of ${text}`);
  return { ...registry.manifest({ config, layers: [layer] }, tag), layer: layer.digest, config: config.digest };
}

export function pushIndex({ registry }: Guarded, children: readonly object[], tag?: string): HeldDescriptor {
  return registry.manifest({ manifests: children }, tag);
}

/** An entry of an index for a platform. */
export function entryOf({ mediaType, digest, size }: HeldDescriptor, architecture = "amd64"): object {
  return { mediaType, digest, size, platform: { os: "linux", architecture } };
}

/** As cosign keeps it: `sha256-HEX.sig`. */
export function signImage({ registry }: Guarded, digest: Digest, by: TestSigner = signer): HeldDescriptor {
  const { payload, signature } = by.simpleSigning(digest);
  const layer = {
    ...registry.blob(mediaTypes.simpleSigning, payload),
    annotations: { [annotations.signature]: signature },
  };
  const config = registry.blob(CONFIG, "{}");
  return registry.manifest({ config, layers: [layer] }, `${digest.replace(":", "-")}.sig`);
}

/** A finding of a severity for each; without any it passes. */
export function evaluated(digest: Digest, found: readonly Severity[] = []): Evaluation {
  const name = `${HOST}/${REPOSITORY}@${digest}`;
  const check = "image/known-vulnerabilities";
  const findings = found.map((severity, i) => ({
    check,
    subject: `CVE-2026-${i} pkg:npm/form-data`,
    severity,
    title: `CVE-2026-${i} in form-data 4.0.0`,
    locations: [{ kind: "config", field: "packages" }] as const,
    matches: { ids: [`CVE-2026-${i}`], package: "form-data" },
    fix: { kind: "upgrade", version: "4.0.4", text: "upgrade to 4.0.4" } as const,
    evidence: {},
    fingerprint: `f${i}`,
    overThreshold: severity === "critical",
  }));
  const isOver = findings.some(({ overThreshold }) => overThreshold);
  return {
    check,
    asset: unopenedImage(name, { lineage: `${HOST}/${REPOSITORY}` }),
    verdict: isOver ? "fail" : "pass",
    reason: isOver ? "1 finding" : "no findings",
    findings,
    excepted: [],
    evidence: {},
    gaps: [],
    observedAt: now.toISOString(),
  };
}

/** As the worker leaves it. */
export async function saveScan(
  { store, registry }: Guarded,
  digest: Digest,
  more: Partial<ScannedImage> = {},
): Promise<void> {
  const { mediaType = "", bytes = "{}" } = registry.manifests.get(digest) ?? {};
  const { config, layers = [] } = JSON.parse(String(bytes));
  const blobs = [config, ...layers].flatMap((one) => one?.digest ?? []);
  const key = { repository: REPOSITORY, digest };
  await store.images.saw({ ...key, mediaType, at: now });
  await store.images.saveBlobs(key, blobs, []);
  await store.images.save({
    repository: REPOSITORY,
    digest,
    scannedAt: now,
    databaseDigest: "d",
    policyDigest: "p",
    evaluations: [evaluated(digest)],
    relations: [],
    ...more,
  });
}

export async function saveFound(
  held: Guarded,
  digest: Digest,
  found: readonly Severity[] = ["critical"],
): Promise<void> {
  await saveScan(held, digest, { evaluations: [evaluated(digest, found)] });
}

/** `allow policy`, `refuse 403 DENIED`: what came of it, with what is wrong. */
export function told({ action, basis, outcomes, refusal }: Decision): string {
  const checks = [...new Set(outcomes.map(({ check, verdict, action: own }) => `${check} ${verdict} ${own}`))];
  const head = action === "allow" ? `allow ${basis}` : `refuse ${refusal?.status} ${refusal?.code}`;
  return [head, ...checks].join("; ");
}

export function down(): Problem {
  return new Problem({ kind: "unavailable", code: "registry.engine", place: "engine", cause: "connection refused" });
}
