/** What may be pushed, and deleted: the policy's rules, and tags that never move over all replicas. */
import { Problem } from "../../../core/problem.ts";
import { type ManifestContent, readManifestContent } from "../../../engines/oci/distribution/content.ts";
import { immutableTagsOf } from "../../../engines/oci/distribution/push-model.ts";
import type { Store } from "../../../store/model.ts";
import type {
  Engine,
  PullGate,
  PushAsked,
  PushGate,
  Refusal,
  RegistryPolicy,
  RegistryPolicySet,
  StoredManifest,
  Upstreams,
} from "../model.ts";
import { announce } from "./announced.ts";
import { answerOf } from "./asking.ts";
import { isAttachment } from "./attachments.ts";
import { claimTag, type TagClaim } from "./claims.ts";
import { contentFaults, repositoryFaults } from "./content-rules.ts";
import { judgeDelete } from "./deletes.ts";
import { recordPush } from "./record.ts";
import { judgeUpload } from "./uploads.ts";
import { decide, type Fault, refuse } from "./verdict.ts";

export interface PushGateOptions {
  readonly store: Pick<Store, "images" | "jobs" | "locks">;
  readonly engine: Pick<Engine, "manifest" | "tags">;
  /** Undefined: none is in force yet, and nothing is let through. */
  policies(): RegistryPolicySet | undefined;
  /** Says whether a blob may be mounted from where it is. */
  readonly pull: Pick<PullGate, "blob">;
  /** Namespaces that stand for other registries: nobody but the guard writes there. */
  readonly upstreams?: Pick<Upstreams, "of">;
  readonly now: () => Date;
  /** What could not be stored of a push that was let through. */
  onProblem(problem: Problem): void;
  /** Instead of the bound, for tests. */
  readonly busyMilliseconds?: number;
}

export function createPushGate(options: PushGateOptions): PushGate {
  const { upstreams } = options;

  /**
   * Who pushes has no environment: where it will run, nobody knows yet. So the policy outside of environments holds, for
   * everybody alike.
   */
  function policyFor({ repository }: PushAsked): RegistryPolicy | Refusal {
    const policy = options.policies()?.forEnvironment(undefined);
    if (policy === undefined) return { status: 503, code: "UNAVAILABLE", message: "no policy is in force yet" };
    const upstream = upstreams?.of(repository);
    if (upstream === undefined) return policy;
    const message = `${repository} mirrors ${upstream.name}: nothing is pushed or deleted there but by the guard`;
    return { status: 403, code: "DENIED", message };
  }

  return {
    async manifest(asked) {
      const policy = policyFor(asked);
      if ("status" in policy) return refuse("guard", policy);
      const { repository, reference, manifest } = asked;
      const content = contentOf(manifest, repository);
      if (content instanceof Problem) {
        const message = `the manifest is refused: ${content.message}`;
        return refuse("content", { status: 400, code: "MANIFEST_INVALID", message });
      }
      const { registry } = policy.policy;
      const tag = "tag" in reference ? reference.tag : undefined;
      const subject = { ...asked, reference: tag ?? manifest.digest };
      const faults = [
        ...repositoryFaults(repository, registry.push),
        ...contentFaults(content, manifest, registry.push),
      ];
      const byContent = decide(faults, policy, subject);
      // What is refused anyway claims no tag.
      if (byContent.action === "refuse") return { ...byContent, digest: manifest.digest };
      const claim =
        tag !== undefined && immutableTagsOf(registry, repository)?.(tag) === true
          ? await claimed({ repository, tag, manifest, content }, options)
          : undefined;
      const decision = decide([...faults, ...claimFaults(claim, subject)], policy, subject);
      if (decision.action === "refuse") {
        if (claim?.state === "free") await quietly(() => claim.end("failed"), options);
        return { ...decision, digest: manifest.digest };
      }
      const pushed = { repository, digest: manifest.digest, ...(tag === undefined ? {} : { tag }) };
      const announced = await answerOf(() => announce(pushed, options.store.locks), `${repository}, push`);
      return {
        ...decision,
        digest: manifest.digest,
        async end(outcome) {
          if (claim !== undefined) await quietly(() => claim.end(outcome), options);
          if (outcome === "stored") {
            const stored = { ...pushed, mediaType: manifest.mediaType, content, at: options.now() };
            const isRecorded = await quietly(() => recordPush(stored, options.store), options);
            // What is announced and not recorded, a comparison with the catalogue finds as the guard's own.
            if (!isRecorded) return;
          }
          if (!(announced instanceof Problem)) await quietly(announced, options);
        },
      };
    },
    async upload(asked) {
      const policy = policyFor(asked);
      if ("status" in policy) return { ...refuse("guard", policy), mounts: false, mostBytes: 0 };
      return await judgeUpload(asked, policy, options.pull);
    },
    async remove(asked) {
      const policy = policyFor(asked);
      if ("status" in policy) return refuse("guard", policy);
      const { decision, removes } = await judgeDelete(asked, policy, options);
      if (removes === undefined) return decision;
      return {
        ...decision,
        async end(outcome) {
          if (outcome === "removed") await quietly(() => options.store.images.gone(removes), options);
        },
      };
    },
  };
}

function contentOf({ bytes }: StoredManifest, repository: string): ManifestContent | Problem {
  try {
    return readManifestContent(bytes, repository);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

interface TaggedPush {
  readonly repository: string;
  readonly tag: string;
  readonly manifest: StoredManifest;
  readonly content: ManifestContent;
}

/** Undefined: what is pushed is nothing that the tag would be immutable for. */
async function claimed(
  { repository, tag, manifest, content }: TaggedPush,
  { store, engine, now, busyMilliseconds }: PushGateOptions,
): Promise<TagClaim | undefined> {
  if (await isAttachment(content, { repository, tag }, engine)) return undefined;
  return await claimTag(
    { repository, tag, digest: manifest.digest },
    { locks: store.locks, engine, now, ...(busyMilliseconds === undefined ? {} : { busyMilliseconds }) },
  );
}

function claimFaults(
  claim: TagClaim | undefined,
  { repository, reference }: { readonly repository: string; readonly reference: string },
): Fault[] {
  const name = `${repository}:${reference}`;
  const moved = { check: "registry/immutable-tag-moved", verdict: "fail" } as const;
  switch (claim?.state) {
    case "other":
      return [{ ...moved, message: `${name} is immutable and holds ${claim.holds}`, fix: "push under another tag" }];
    case "busy": {
      const what = claim.holds === undefined ? "" : ` of ${claim.holds}`;
      const message = `${name} is immutable, and another push${what} is under way`;
      return [{ ...moved, message, fix: "push under another tag, or again later" }];
    }
    case "unknown": {
      const cause = claim.problem === undefined ? "" : ` (${claim.problem.message})`;
      const message = `whether ${name} is taken is unknown${cause}, and the tag is immutable`;
      return [{ ...moved, verdict: "unknown", message, fix: "push again later" }];
    }
    default:
      return [];
  }
}

/** @returns false: a Problem was told */
async function quietly(act: () => Promise<void>, { onProblem }: PushGateOptions): Promise<boolean> {
  try {
    await act();
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    onProblem(error);
    return false;
  }
}
