/** What may be deleted: nothing that an immutable tag holds, and by the policy's word nothing that runs. */
import { append } from "../../../core/append.ts";
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { readManifestContent } from "../../../engines/oci/distribution/content.ts";
import type { ManifestReference } from "../../../engines/oci/distribution/model.ts";
import { immutableTagsOf } from "../../../engines/oci/distribution/push-model.ts";
import type { ImageKey, Store } from "../../../store/model.ts";
import type { Decision, Engine, PushGate, RegistryPolicy, StoredManifest } from "../model.ts";
import { answerOf, eachOf } from "./asking.ts";
import { isAttachment } from "./attachments.ts";
import { bounds } from "./bounds.ts";
import { decide, type Fault } from "./verdict.ts";

export interface DeleteOptions {
  readonly store: Pick<Store, "images">;
  readonly engine: Pick<Engine, "manifest" | "tags">;
}

type DeleteAsked = Parameters<PushGate["remove"]>[0];

export interface JudgedDelete {
  readonly decision: Decision;
  /** What is not there any more once it is done; absent: nothing that is kept. */
  readonly removes?: ImageKey & { readonly tag?: string };
}

export async function judgeDelete(
  asked: DeleteAsked,
  policy: RegistryPolicy,
  options: DeleteOptions,
): Promise<JudgedDelete> {
  const { repository, target } = asked;
  const reference = "blob" in target ? target.blob : "tag" in target ? target.tag : target.digest;
  const subject = { ...asked, reference };
  const { deletes } = policy.policy.registry;
  if (deletes === "deny") {
    return { decision: decide([fault("fail", `nothing is deleted from ${repository}`)], policy, subject) };
  }
  const isImmutable = immutableTagsOf(policy.policy.registry, repository);
  const { store, engine } = options;
  const staysWhileRunning = deletes === "unused";
  const look: Look = { repository, isImmutable, staysWhileRunning, now: asked.now, store, engine };
  const stored = "blob" in target ? undefined : await manifestAt(target, look);
  const found = "blob" in target ? await blobFault(target.blob, look) : await faultOf(target, stored, look);
  const faults = found === undefined ? [] : [found instanceof Problem ? unknown(reference, look, found) : found];
  const decision = decide(faults, policy, subject);
  if (decision.action === "refuse" || stored === undefined || stored instanceof Problem) return { decision };
  const { digest } = stored;
  return { decision, removes: { repository, digest, ...("tag" in target ? { tag: target.tag } : {}) } };
}

interface Look extends DeleteOptions {
  readonly repository: string;
  /** Undefined: no tag here is. */
  readonly isImmutable: ((tag: string) => boolean) | undefined;
  readonly staysWhileRunning: boolean;
  readonly now: Date;
}

async function faultOf(
  target: ManifestReference,
  stored: StoredManifest | undefined | Problem,
  look: Look,
): Promise<Fault | undefined | Problem> {
  if (stored === undefined || stored instanceof Problem) return stored;
  const { repository, isImmutable } = look;
  if ("digest" in target) return await manifestFault(target.digest, look);
  const { tag } = target;
  if (isImmutable?.(tag) !== true) return await runningFault(stored.digest, `${repository}:${tag}`, look);
  return (await holdsAttachment(stored, tag, look))
    ? undefined
    : fault("fail", `${repository}:${tag} is immutable, and is not deleted`);
}

/** Deleted by its digest, a manifest goes from under all its tags and out of all indexes that name it. */
async function manifestFault(digest: Digest, look: Look): Promise<Fault | undefined | Problem> {
  let around: readonly Digest[] = [digest];
  const met = new Set<Digest>(around);
  for (let depth = 0; depth <= bounds.parentDepth && around.length > 0; depth += 1) {
    for (const each of around) {
      const name = each === digest ? `${look.repository}@${digest}` : `${look.repository}@${each}, which names it,`;
      const found = (await immutableFault(each, name, look)) ?? (await runningFault(each, name, look));
      if (found !== undefined) return found;
    }
    const parents = await parentsOf(around, look);
    if (parents instanceof Problem) return parents;
    around = [...new Set(parents)].filter((each) => !met.has(each));
    for (const each of around) met.add(each);
    if (met.size > bounds.deleteLooks) return tooMany("indexes name it", look);
  }
  return undefined;
}

async function parentsOf(children: readonly Digest[], look: Look): Promise<readonly Digest[] | Problem> {
  const { repository, store } = look;
  const all: Digest[] = [];
  for (const child of children) {
    const parents = await answerOf(() => store.images.parentsOf(repository, child), repository);
    if (parents instanceof Problem) return parents;
    append(all, parents);
  }
  return all;
}

/** What the engine says now counts; the store only knows sooner. */
async function immutableFault(digest: Digest, name: string, look: Look): Promise<Fault | undefined | Problem> {
  const { repository, isImmutable, engine } = look;
  if (isImmutable === undefined) return undefined;
  const tags = await answerOf(() => engine.tags(repository), repository);
  if (tags instanceof Problem) return tags;
  const immutable = tags.filter(isImmutable);
  const known = await answerOf(() => look.store.images.find({ repository, digest }), repository);
  const isKnown = (tag: string) => !(known instanceof Problem) && known?.tags.includes(tag) === true;
  const inOrder = [...immutable.filter(isKnown), ...immutable.filter((tag) => !isKnown(tag))];
  let found: Fault | Problem | undefined;
  await eachOf(inOrder.slice(0, bounds.deleteLooks), async (tag) => {
    if (found !== undefined) return;
    const stored = await manifestAt({ tag }, look);
    if (stored instanceof Problem) found ??= stored;
    else if (stored?.digest === digest && !(await holdsAttachment(stored, tag, look)))
      found ??= fault("fail", `${name} is what the immutable tag ${tag} holds`);
  });
  return found ?? (inOrder.length > bounds.deleteLooks ? tooMany("tags are immutable", look) : undefined);
}

async function runningFault(digest: Digest, name: string, look: Look): Promise<Fault | undefined | Problem> {
  if (!look.staysWhileRunning) return undefined;
  const since = new Date(look.now.getTime() - bounds.runningDays * 86_400_000);
  const runs = await answerOf(() => look.store.images.runs(digest, since), look.repository);
  if (runs instanceof Problem) return runs;
  return runs ? fault("fail", `${name} was seen running within the last ${bounds.runningDays} days`) : undefined;
}

/** A blob goes from under every manifest that references it. */
async function blobFault(blob: Digest, look: Look): Promise<Fault | undefined | Problem> {
  const { repository, store } = look;
  const users = await answerOf(() => store.images.manifestsWith(repository, blob), repository);
  if (users instanceof Problem) return users;
  for (const user of users.slice(0, bounds.deleteLooks)) {
    const stored = await manifestAt({ digest: user }, look);
    if (stored instanceof Problem) return stored;
    if (stored !== undefined) return fault("fail", `${repository}@${user} references ${blob}`, "delete that first");
  }
  return users.length > bounds.deleteLooks ? tooMany("manifests reference it", look) : undefined;
}

async function holdsAttachment({ bytes }: StoredManifest, tag: string, look: Look): Promise<boolean> {
  try {
    return await isAttachment(readManifestContent(bytes, look.repository), { ...look, tag }, look.engine);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function manifestAt(
  reference: ManifestReference,
  { repository, engine }: Look,
): Promise<StoredManifest | undefined | Problem> {
  const signal = AbortSignal.timeout(bounds.askMilliseconds);
  return await answerOf(() => engine.manifest(repository, reference, signal), repository);
}

function fault(verdict: Fault["verdict"], message: string, fix?: string): Fault {
  return { check: "registry/delete-not-allowed", verdict, message, ...(fix === undefined ? {} : { fix }) };
}

function unknown(reference: string, { repository }: Look, { message }: Problem): Fault {
  const about = `${repository}, ${reference}`;
  return fault("unknown", `whether ${about} may be deleted is unknown: ${message}`, "delete it again later");
}

function tooMany(what: string, { repository }: Look): Problem {
  const cause = `more than ${bounds.deleteLooks} ${what}`;
  return new Problem({ kind: "input", code: "registry.push-unknown", place: repository, cause });
}
