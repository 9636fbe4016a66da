/** A registry in this process, images in it with what is signed of them, and policies over them, for tests and benchmarks. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { TestContext } from "node:test";
import { defaultPolicy } from "../../../collect/policy/default.ts";
import { type TestSigner, testSigner } from "../../../collect/trust/signed.fixture.ts";
import type { Digest } from "../../../core/digest.ts";
import { parseDigest } from "../../../core/digest.ts";
import type { Policy } from "../../../core/policy.ts";
import { Problem } from "../../../core/problem.ts";
import {
  type HeldDescriptor,
  type HeldRegistry,
  heldRegistry,
} from "../../../engines/oci/referrers/registry.fixture.ts";
import { annotations, mediaTypes } from "../../../engines/trust/forms.ts";
import type { ImageRule } from "../../../engines/trust/rules-model.ts";
import { readyTrust } from "../../../scan/trust.ts";
import type { AssessedImage, GuardPolicy, ImageAsking, ImageAssessor } from "../model.ts";
import { type AssessorOptions, createImageAssessor } from "./assessor.ts";

export const now = new Date("2026-11-27T12:00:00Z");
export const noDatabase = new Problem({
  kind: "unavailable",
  code: "database.missing",
  place: "advisories.db",
  cause: "no advisory database found",
});

/** A registry that counts what it is asked, and fails as it is told. */
export interface CountingRegistry extends HeldRegistry {
  /** `GET /v2/shop/web/manifests/1`, in order. */
  readonly asked: string[];
  /** Answers in the registry's place. */
  fault: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
}

export async function countingRegistry(t: Pick<TestContext, "after">): Promise<CountingRegistry> {
  const asked: string[] = [];
  let held: CountingRegistry | undefined;
  const registry = await heldRegistry(t as TestContext, {
    instead(request, response) {
      asked.push(`${request.method} ${request.url}`);
      return held?.fault?.(request, response) ?? false;
    },
  });
  held = { ...registry, asked, fault: undefined };
  return held;
}

export const signer = testSigner();
export const stranger = testSigner();

/** An image that is other for every text. */
export function pushImage(registry: HeldRegistry, text: string, tag?: string): HeldDescriptor {
  const config = registry.blob("application/vnd.oci.image.config.v1+json", JSON.stringify({ text }));
  return registry.manifest({ config, layers: [] }, tag);
}

export function signImage(registry: HeldRegistry, digest: Digest, by: TestSigner = signer): void {
  const { payload, signature } = by.simpleSigning(digest);
  const layer = {
    ...registry.blob(mediaTypes.simpleSigning, payload),
    annotations: { [annotations.signature]: signature },
  };
  putAside(registry, digest, "sig", layer);
}

export function attestImage(
  registry: HeldRegistry,
  digest: Digest,
  predicateType: string,
  predicate: unknown,
  by: TestSigner = signer,
): void {
  putAside(registry, digest, "att", registry.blob(mediaTypes.dsse, by.attestation(digest, predicateType, predicate)));
}

function putAside(registry: HeldRegistry, digest: Digest, suffix: string, layer: object): void {
  const config = registry.blob("application/vnd.oci.image.config.v1+json", "{}");
  registry.manifest({ config, layers: [layer] }, `${digest.replace(":", "-")}.${suffix}`);
}

/** Signed, with a scan report that found nothing. */
export function releaseImage(registry: HeldRegistry, text: string, tag?: string): HeldDescriptor {
  const image = pushImage(registry, text, tag);
  signImage(registry, image.digest);
  attestImage(registry, image.digest, "https://cosign.sigstore.dev/attestation/vuln/v1", report());
  return image;
}

export function report(vulnerabilities: readonly object[] = [], at = "2026-11-26T10:00:00Z") {
  return {
    scanner: { uri: "pkg:generic/scanner@1", result: { complete: true, vulnerabilities, gaps: [] } },
    metadata: { scanFinishedOn: at },
  };
}

export interface PolicyWish {
  readonly rules?: readonly Partial<ImageRule>[];
  readonly by?: TestSigner;
  readonly policy?: Partial<Policy>;
  readonly admission?: Partial<Policy["admission"]>;
  readonly trust?: Problem;
  /** One hexadecimal digit: another for each policy. */
  readonly digest?: string;
}

export function guardPolicy({
  rules = [{}],
  by = signer,
  policy = {},
  admission = {},
  trust,
  digest = "0",
}: PolicyWish = {}): GuardPolicy {
  const [key] = by.material.keys;
  if (key === undefined) throw new Error("no key");
  const images = rules.map((own) => ({
    match: "**",
    signedBy: { of: ["release"], atLeast: 1 },
    attestations: [],
    eachImage: false,
    ...own,
  }));
  const stated = { roots: [], signers: { release: { kind: "key", file: key.name } }, builders: [], images } as const;
  const keys = new Map([[key.name, key.fingerprint]]);
  const opened = readyTrust({ trust: stated, vouched: true, keys }, { material: by.material, known: [] });
  return {
    policy: { ...defaultPolicy, trust: stated, ...policy, admission: { ...defaultPolicy.admission, ...admission } },
    digest: parseDigest(`sha256:${digest.repeat(64)}`) as Digest,
    trust: trust ?? opened,
    actionOf: () => "deny",
    placeOf: () => undefined,
  };
}

/** A guard's assessor over one registry, whose time passes when it is told. */
export interface GuardedImages {
  readonly assessor: ImageAssessor;
  /** Milliseconds. */
  pass(milliseconds: number): void;
  assess(reference: string, asking?: Partial<ImageAsking>): Promise<AssessedImage>;
}

export function guardedImages(
  t: Pick<TestContext, "after">,
  registry: Pick<CountingRegistry, "options">,
  options: Partial<AssessorOptions> = {},
): GuardedImages {
  let time = 0;
  const assessor = createImageAssessor({
    advisories: () => noDatabase,
    registry: { ...registry.options, plainHttp: true },
    clock: () => time,
    // A busy machine is no registry that does not answer: those who try that say how long they wait.
    graceMilliseconds: 60_000,
    ...options,
  });
  t.after(() => assessor.close());
  return {
    assessor,
    pass(milliseconds) {
      time += milliseconds;
    },
    assess: (reference, asking = {}) =>
      assessor.assess(reference, {
        policy: guardPolicy(),
        now: new Date(now.getTime() + time),
        deadline: new AbortController().signal,
        ...asking,
      }),
  };
}

/** `registry/unsigned-image fail`: what does not pass, sorted, with the codes of what is unknown. */
export function told({ evaluations }: Pick<AssessedImage, "evaluations">): string[] {
  return evaluations
    .filter(({ verdict }) => verdict !== "pass")
    .map(({ check, verdict, gaps }) => [check, verdict, ...new Set(gaps.map(({ code }) => code))].join(" "))
    .sort();
}
