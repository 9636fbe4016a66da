/** Thousands of requests, judged by the guard and by the oracle: the answers are the same. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { readClock } from "../../src/core/clock.ts";
import type { Evaluation } from "../../src/core/evaluation.ts";
import { readReview, writeAnswer } from "../../src/engines/admission/review.ts";
import { createGuard } from "../../src/guards/admission/decide.ts";
import { calmAssessor, quietCluster } from "../../src/guards/admission/guard.fixture.ts";
import type { AssessedImage, Guard } from "../../src/guards/admission/model.ts";
import { openPolicies } from "../../src/guards/admission/policies.ts";
import { policyText } from "./oracle/policy-text.ts";
import { randomAsked, randomIntent, type Universe } from "./oracle/random-requests.ts";
import { type Expected, expected, type Intent, type Truth } from "./oracle/verdict.ts";
import { type Answer, answerIn, reviewOfAsked, uidOf } from "./reviews.ts";

const POLICIES = 40;
const REQUESTS = 60;

const truths: Readonly<Record<string, Truth>> = {
  "registry.test/shop/api:1": "signed",
  "registry.test/shop/web:2.1": "unsigned",
  "registry.test/shop/web": "unsigned",
  "ghcr.io/example/tool:latest": "stranger",
  [`registry.test/shop/api@sha256:${"1".repeat(64)}`]: "signed",
  [`ghcr.io/example/tool:1@sha256:${"2".repeat(64)}`]: "stranger",
  "down.test/team/job:1": "unreachable",
  nginx: "unsigned",
  "library/redis:7": "signed",
};
const universe: Universe = {
  images: Object.keys(truths),
  places: ["registry.test/shop", "docker.io", "ghcr.io", "ghcr.io/example", "down.test"],
};
const truthOf = (reference: string): Truth => truths[reference] ?? "unsigned";

describe("the guard and the oracle", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "bulkhead-verdicts-"));
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    writeFileSync(join(folder, "release.pub"), publicKey.export({ type: "spki", format: "pem" }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function guardOf(intent: Intent): Promise<Guard> {
    const policy = join(folder, "bulkhead.yaml");
    writeFileSync(policy, policyText(intent));
    const set = await openPolicies({ policy, root: folder, reviewed: false, roots: join(folder, "roots") });
    return createGuard({
      policies: () => set,
      images: { ...calmAssessor(), assess: async (reference) => assessed(reference, intent) },
      cluster: quietCluster,
      scope: "cluster",
      policyName: "bulkhead.yaml",
    });
  }

  it(`agree on ${POLICIES * REQUESTS} requests`, async () => {
    const disagreements: object[] = [];
    for (let seed = 0; seed < POLICIES; seed++) {
      const intent = randomIntent(seed, universe);
      const guard = await guardOf(intent);
      for (let at = 0; at < REQUESTS; at++) {
        const asked = randomAsked(seed * REQUESTS + at, universe);
        const wanted = expected(asked, intent, truthOf);
        const uid = uidOf(seed, at);
        const request = readReview(Buffer.from(JSON.stringify(reviewOfAsked(asked, uid))));
        const deadline = new AbortController().signal;
        const { answer } = await guard.decide(request, { webhook: "validate", now: readClock(), deadline });
        const got = answerIn(writeAnswer(answer).toString(), uid);
        const faults = compare(got, wanted);
        if (faults.length > 0) disagreements.push({ seed, at, faults, asked: JSON.stringify(asked) });
      }
    }
    assert.deepEqual(disagreements.slice(0, 3), []);
  });
});

/** Where the answer is another than the oracle's. */
function compare(got: Answer, { allowed, denied, warned, open }: Expected): string[] {
  const told = { denied: named(got, "denied"), warned: named(got, "warned") };
  const beyond = (one: readonly string[], other: readonly string[]) => one.filter((each) => !other.includes(each));
  return [
    ...(allowed === undefined || allowed === got.allowed ? [] : [`${got.allowed ? "admitted" : "refused"}`]),
    ...beyond(denied, told.denied).map((check) => `not denied: ${check}`),
    ...beyond(warned, [...told.warned, ...told.denied]).map((check) => `not warned of: ${check}`),
    ...beyond(told.denied, [...denied, ...open]).map((check) => `denied: ${check}`),
    ...beyond(told.warned, [...warned, ...open]).map((check) => `warned of: ${check}`),
  ];
}

/** Checks that the answer names, whatever it does with them. */
function named({ auditAnnotations = {} }: Answer, action: string): readonly string[] {
  return (auditAnnotations[action] ?? "")
    .split(",")
    .filter((each) => each !== "")
    .sort();
}

/** What a verification of the image would have come to, for rules that are about it. */
function assessed(reference: string, intent: Intent): AssessedImage {
  const truth = truthOf(reference);
  const digest = "sha256:" as never;
  const about = expectedToBeSigned(reference, intent);
  if (!about || truth === "signed") return { reference, evaluations: [], cached: false };
  const check = truth === "stranger" ? "registry/untrusted-signer" : "registry/unsigned-image";
  return { reference, digest, evaluations: [evaluationOf(check, truth)], cached: false };
}

function evaluationOf(check: string, truth: Truth): Evaluation {
  const isUnknown = truth === "unreachable" || truth === "absent";
  const finding = {
    check,
    subject: "image",
    severity: "high",
    title: truth,
    locations: [{ kind: "image" }],
    evidence: {},
    overThreshold: true,
  };
  return {
    check,
    asset: { kind: "image", id: "image", name: "image" },
    verdict: isUnknown ? "unknown" : "fail",
    reason: truth,
    findings: isUnknown ? [] : [finding],
    excepted: [],
    evidence: {},
    gaps: isUnknown ? [{ code: "registry.unreachable", reason: truth }] : [],
    observedAt: new Date(0).toISOString(),
  } as unknown as Evaluation;
}

/** By the words of the universe: its places are told from each other without reading a reference. */
function expectedToBeSigned(reference: string, { signed }: Intent): boolean {
  const whole = reference === "nginx" || reference.startsWith("library/") ? `docker.io/${reference}` : reference;
  return signed.some((place) => whole.startsWith(`${place}/`));
}
