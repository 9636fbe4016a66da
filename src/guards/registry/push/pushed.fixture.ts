/** A gate over an engine and a store in memory, and manifests to push through it. */
import assert from "node:assert/strict";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import type { Digest } from "../../../core/digest.ts";
import type { Action } from "../../../core/enforcement.ts";
import { Problem } from "../../../core/problem.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import type { PushPolicy } from "../../../engines/oci/distribution/push-model.ts";
import { mediaTypes } from "../../../engines/oci/document.ts";
import { sha256 } from "../../../engines/oci/image.fixture.ts";
import { type MemoryStore, memoryStore } from "../../../store/memory.fixture.ts";
import type { Decision, Engine, Principal, PushAsked, RegistryPolicy, StoredManifest } from "../model.ts";
import { createPushGate, type PushGateOptions } from "./gate.ts";

export const LAYER = "application/vnd.oci.image.layer.v1.tar+gzip";
export const SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json";

export const pusher: Principal = { name: "robot:ci", kind: "robot", isExempt: false };

export function blob(text: string, mediaType: string = LAYER, size: number = text.length) {
  return { mediaType, digest: sha256(Buffer.from(text)), size };
}

export function stored(document: object, mediaType: string = mediaTypes.ociManifest): StoredManifest {
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, ...document }));
  return { digest: sha256(bytes), mediaType, bytes };
}

/** An image that differs from others by its name. */
export function image(name: string, more: object = {}): StoredManifest {
  return stored({
    config: blob(`config of ${name}`, mediaTypes.ociConfig),
    layers: [blob(`layer of ${name}`)],
    ...more,
  });
}

export function signatureOf(name: string, more: object = {}): StoredManifest {
  return stored({
    config: blob(`{"of":"${name}"}`, mediaTypes.ociConfig),
    layers: [blob(`signature of ${name}`, SIMPLE_SIGNING)],
    ...more,
  });
}

export function indexOf(manifests: readonly StoredManifest[], more: object = {}): StoredManifest {
  const entries = manifests.map(({ mediaType, digest, bytes }) => ({ mediaType, digest, size: bytes.length }));
  return stored({ manifests: entries, ...more }, mediaTypes.ociIndex);
}

export interface FakeEngine extends Pick<Engine, "manifest" | "tags" | "repositories"> {
  put(repository: string, reference: ManifestReference, manifest: StoredManifest): void;
  /** As whoever reaches the engine directly may. */
  remove(repository: string, reference: ManifestReference): void;
  fail(isFailing: boolean): void;
  tagged(repository: string, tag: string): Digest | undefined;
}

export function fakeEngine(): FakeEngine {
  const manifests = new Map<string, StoredManifest>();
  const tags = new Map<string, Digest>();
  let isFailing = false;
  const down = () =>
    new Problem({ kind: "unavailable", code: "registry.engine", place: "engine", cause: "it is down" });
  return {
    async manifest(repository, reference) {
      if (isFailing) return down();
      const digest = "tag" in reference ? tags.get(`${repository}:${reference.tag}`) : reference.digest;
      return manifests.get(`${repository}@${digest}`);
    },
    async tags(repository) {
      if (isFailing) return down();
      return [...tags.keys()].flatMap((name) =>
        name.startsWith(`${repository}:`) ? [name.slice(repository.length + 1)] : [],
      );
    },
    async repositories() {
      if (isFailing) return down();
      return [...new Set([...manifests.keys()].map((name) => name.slice(0, name.indexOf("@"))))];
    },
    put(repository, reference, manifest) {
      manifests.set(`${repository}@${manifest.digest}`, manifest);
      if ("tag" in reference) tags.set(`${repository}:${reference.tag}`, manifest.digest);
    },
    remove(repository, reference) {
      if ("tag" in reference) tags.delete(`${repository}:${reference.tag}`);
      else manifests.delete(`${repository}@${reference.digest}`);
    },
    fail: (to) => {
      isFailing = to;
    },
    tagged: (repository, tag) => tags.get(`${repository}:${tag}`),
  };
}

export interface World extends Partial<Omit<PushGateOptions, "store" | "engine" | "policies">> {
  readonly rules?: Partial<PushPolicy>;
  readonly push?: Action;
  readonly unknown?: Action;
  readonly store?: MemoryStore;
  readonly engine?: FakeEngine;
  /** What happens between the gate's word and the engine's storing; absent: others come in between. */
  readonly pause?: () => Promise<unknown>;
}

/** Gates of one world share its store and engine, as replicas do. */
export function world(options: World = {}) {
  const { rules = {}, push = "deny", unknown = push, store = memoryStore(), engine = fakeEngine(), ...rest } = options;
  const pause = options.pause ?? (() => new Promise((resolve) => setImmediate(resolve)));
  const problems: Problem[] = [];
  const policy: RegistryPolicy = {
    policy: { ...defaultPolicy, registry: { ...defaultPolicy.registry, ...rules } },
    digest: sha256(Buffer.from("policy")),
    trust: new Problem({ kind: "input", code: "test", place: "trust", cause: "not opened" }),
    pullAction: () => "deny",
    pushAction: ({ verdict }) => (verdict === "unknown" ? unknown : push),
    placeOf: () => "bulkhead.yaml:7",
  };
  const replica = () =>
    createPushGate({
      store,
      engine,
      policies: () => ({ digest: policy.digest, trustFaults: [], forEnvironment: () => policy }),
      pull: { blob: async () => ({ action: "refuse", basis: "policy", reason: "no", outcomes: [], warnings: [] }) },
      now: () => new Date("2026-11-28T12:00:00Z"),
      onProblem: (problem) => void problems.push(problem),
      busyMilliseconds: 200,
      ...rest,
    });
  const gate = replica();
  const asked = (repository: string): PushAsked => ({
    repository,
    principal: pusher,
    grants: [{ repository, actions: ["pull", "push"] }],
    now: new Date("2026-11-28T12:00:00Z"),
  });
  /** As the proxy does it: judged, stored, ended. */
  async function through(
    repository: string,
    reference: ManifestReference,
    manifest: StoredManifest,
    by = gate,
    fails = false,
  ): Promise<Decision> {
    const decision = await by.manifest({ ...asked(repository), reference, manifest });
    if (decision.action === "refuse") {
      assert.equal(decision.end, undefined, "what is refused ends at once");
      return decision;
    }
    await pause();
    if (!fails) engine.put(repository, reference, manifest);
    await decision.end?.(fails ? "failed" : "stored");
    return decision;
  }
  return { gate, replica, store, engine, policy, problems, asked, through };
}
