/**
 * A whole guard in this process, asked with the bytes that an API server sends: a policy file, images in a registry that counts
 * and fails as it is told, and a cluster that says what a test wants. Its time passes when it is told.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { readReview, writeAnswer } from "../../src/engines/admission/review.ts";
import { createGuard } from "../../src/guards/admission/decide.ts";
import { quietCluster } from "../../src/guards/admission/guard.fixture.ts";
import type { AssessorOptions } from "../../src/guards/admission/images/assessor.ts";
import {
  type CountingRegistry,
  countingRegistry,
  guardedImages,
  now,
  signer,
} from "../../src/guards/admission/images/guarded.fixture.ts";
import type { ClusterView, Decision, Webhook } from "../../src/guards/admission/model.ts";
import type { GuardOptions } from "../../src/guards/admission/options.ts";
import { openPolicies } from "../../src/guards/admission/policies.ts";
import { type Answer, answerIn, type Review } from "./reviews.ts";

export interface GuardedOptions {
  /** Keys of the policy file beside `apiVersion`, or what makes them of the registry's host. */
  readonly policy?: object | ((host: string) => object);
  readonly cluster?: Partial<ClusterView>;
  readonly images?: Partial<AssessorOptions>;
  readonly guard?: Partial<GuardOptions>;
}

export interface AskOptions {
  readonly webhook?: Webhook;
  readonly deadline?: AbortSignal;
}

export interface Guarded {
  readonly registry: CountingRegistry;
  /** `127.0.0.1:PORT/shop/web` */
  readonly name: string;
  ask(review: Review, options?: AskOptions): Promise<Answer>;
  decide(review: Review, options?: AskOptions): Promise<Decision>;
  /** Milliseconds. */
  pass(milliseconds: number): void;
}

/** Everything is denied, and images must be signed by `release`. */
export const strict = (host: string): object => ({
  enforcement: { admission: { default: "audit", checks: { "registry/*": "deny", "workload/privileged": "deny" } } },
  trust: {
    signers: { release: { key: "release.pub" } },
    images: [{ match: `${host}/**`, signedBy: { of: ["release"], atLeast: 1 } }],
  },
});

export async function guarded(t: TestContext, options: GuardedOptions = {}): Promise<Guarded> {
  const registry = await countingRegistry(t);
  const folder = mkdtempSync(join(tmpdir(), "bulkhead-guarded-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { policy = strict } = options;
  const keys = typeof policy === "function" ? policy(registry.host) : policy;
  const file = join(folder, "bulkhead.yaml");
  writeFileSync(file, JSON.stringify({ apiVersion: "bulkhead/v1", ...keys }));
  writeFileSync(join(folder, "release.pub"), signer.pem);
  const set = await openPolicies({ policy: file, root: folder, reviewed: false, roots: join(folder, "roots") });
  const images = guardedImages(t, registry, options.images);
  let passed = 0;
  const guard = createGuard({
    policies: () => set,
    images: images.assessor,
    cluster: { ...quietCluster, ...options.cluster },
    scope: "cluster",
    policyName: "bulkhead.yaml",
    ...options.guard,
  });

  async function decide(review: Review, { webhook = "validate", deadline }: AskOptions = {}): Promise<Decision> {
    const request = readReview(Buffer.from(JSON.stringify(review)));
    return await guard.decide(request, {
      webhook,
      now: new Date(now.getTime() + passed),
      deadline: deadline ?? new AbortController().signal,
    });
  }

  return {
    registry,
    name: registry.name,
    decide,
    async ask(review, more) {
      const { answer } = await decide(review, more);
      return answerIn(writeAnswer(answer).toString(), String(review.request.uid));
    },
    pass(milliseconds) {
      passed += milliseconds;
      images.pass(milliseconds);
    },
  };
}

/** Checks that refused it. */
export function deniedBy({ allowed, auditAnnotations = {} }: Answer): readonly string[] {
  return allowed ? [] : (auditAnnotations.denied ?? "").split(",").sort();
}
