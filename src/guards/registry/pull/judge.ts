/**
 * Whether a manifest may be pulled, whoever asks: an image by its scan, its age and what is signed of it; an index by what is
 * signed of it and by what is in it; what is said about another manifest where that one may be pulled.
 */
import type { Digest } from "../../../core/digest.ts";
import { Problem } from "../../../core/problem.ts";
import { isStatement, type ManifestContent } from "../../../engines/oci/distribution/content.ts";
import { isImageEntry } from "../../../engines/oci/image.ts";
import { inParallel } from "../../../engines/trust/in-parallel.ts";
import type { ImageStore } from "../../../store/model.ts";

import type { Engine, RegistryPolicy, StoredManifest } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { ReadContent } from "./contents.ts";
import type { OpenRepository } from "./engine-repository.ts";
import { allOf, type Judgement, PASSED, unknownOf } from "./judgement.ts";
import type { References } from "./references.ts";
import { judgeScan, readScans } from "./scans.ts";
import type { Statements } from "./statements.ts";
import type { PulledTrust } from "./trust.ts";

export interface JudgeOptions {
  readonly engine: Pick<Engine, "manifest">;
  readonly store: Pick<ImageStore, "getMany">;
  readonly open: OpenRepository;
  readonly read: ReadContent;
  readonly references: References;
  readonly statements: Statements;
  readonly trust: PulledTrust;
  /** As the policy's rules name the registry. */
  readonly host: string;
  /** Nobody has scanned it. */
  onUnscanned(repository: string, digest: Digest): void;
}

export interface JudgeAsking {
  readonly repository: string;
  readonly policy: RegistryPolicy;
  readonly now: Date;
  readonly signal: AbortSignal;
}

/** On the way from one manifest to others. */
interface Walk extends JudgeAsking {
  /** From what was asked for to what is judged now. */
  readonly path: readonly Digest[];
  /** What may still be read for all of it. */
  readonly left: { manifests: number };
}

/** Never throws for what the engine, the store or a manifest says. */
export type Judge = (manifest: StoredManifest, asking: JudgeAsking) => Promise<Judgement>;

export function createJudge(options: JudgeOptions): Judge {
  const { engine, store, open, read, references, statements, trust, host } = options;
  const nameOf = (repository: string, digest: Digest) => `${host}/${repository}@${digest}`;

  const judge = async (manifest: StoredManifest, before: Walk): Promise<Judgement> => {
    const name = nameOf(before.repository, manifest.digest);
    if (before.path.length >= bounds.depth) return unknownOf(name, tooDeep(name), before);
    const asking = { ...before, path: [...before.path, manifest.digest] };
    const content = read(manifest);
    if (content instanceof Problem) return unknownOf(name, content, asking);
    // Before anybody is answered: the next request may be for a part of it, and reach another replica.
    await references.saw(asking.repository, manifest.digest, content);
    if (content.kind === "index") return await judgeIndex(manifest, content, asking);
    if (isStatement(content)) return await judgeStatement(manifest, content, asking);
    return allOf([await judgeContents(manifest.digest, asking), await judgeTrust(manifest, asking)]);
  };

  async function judgeContents(digest: Digest, asking: JudgeAsking): Promise<Judgement> {
    const { repository } = asking;
    const [one] = await judgeMany([digest], asking);
    return one ?? unknownOf(nameOf(repository, digest), tooDeep(repository), asking);
  }

  async function judgeMany(digests: readonly Digest[], asking: JudgeAsking): Promise<readonly Judgement[]> {
    const { repository } = asking;
    const scans = await readScans(
      store,
      digests.map((digest) => ({ repository, digest })),
    );
    return digests.map((digest) => {
      const scanned = scans instanceof Problem ? scans : scans.get(digest);
      if (scanned === undefined) options.onUnscanned(repository, digest);
      const judged = judgeScan(repository, scanned, { ...asking, name: nameOf(repository, digest) });
      return { ...judged, rests: [digest] };
    });
  }

  /** By what is signed of it, or of an index that it is in. */
  async function judgeTrust(root: StoredManifest, asking: Walk, seen: readonly Digest[] = []): Promise<Judgement> {
    const own = await trust.judge({ ...asking, root });
    if (isMet(own) || seen.length >= bounds.depth) return own;
    const { digests } = await references.parentsOf(asking.repository, root.digest);
    for (const digest of digests) {
      if (digest === root.digest || seen.includes(digest)) continue;
      const parent = await fetched(digest, asking);
      if (parent === undefined || parent instanceof Problem || !holds(parent, root.digest)) continue;
      const through = await judgeTrust(parent, asking, [...seen, root.digest]);
      if (isMet(through)) return through;
    }
    return own;
  }

  /** What the store says is a parent is read anew: it may be of another time. */
  function holds(parent: StoredManifest, child: Digest): boolean {
    const content = read(parent);
    return !(content instanceof Problem) && content.children.some(({ digest }) => digest === child);
  }

  async function fetched(digest: Digest, { repository, signal, left }: Walk) {
    left.manifests -= 1;
    if (left.manifests < 0) return tooMany(nameOf(repository, digest));
    return await engine.manifest(repository, { digest }, signal);
  }

  /** It is served where one of its images is: each of them is judged again as it is pulled. */
  async function judgeIndex(index: StoredManifest, { children }: ManifestContent, asking: Walk): Promise<Judgement> {
    const { repository } = asking;
    if (children.length === 0) return PASSED;
    const images = children.filter((child) => isImageEntry(child) && child.artifactType === undefined);
    const own = images.length === 0 ? PASSED : await judgeTrust(index, asking);
    if (images.length > 0 && images.every(({ mediaType }) => isManifest(mediaType))) {
      const judged = await judgeMany(distinct(images.map(({ digest }) => digest)), asking);
      return allOf([own, best(judged, asking)]);
    }
    // Nothing in it says that it is an image: what each is, its content says.
    const opened = distinct(children.map(({ digest }) => digest)).slice(0, bounds.opened);
    const judged = await inParallel(opened, bounds.parallel, async (digest) => {
      // By what it is asked for it is not served itself.
      if (asking.path.includes(digest)) return undefined;
      const child = await fetched(digest, asking);
      if (child === undefined) return undefined;
      if (child instanceof Problem) return unknownOf(nameOf(repository, digest), child, asking);
      return await judge(child, asking);
    });
    const there = judged.filter((one) => one !== undefined);
    if (there.length === 0) return allOf([own, unknownOf(nameOf(repository, index.digest), NOTHING_THERE, asking)]);
    return allOf([own, best(there, asking)]);
  }

  /** Where what it is about may be pulled; of one that names nothing that is here, an index that it is in. */
  async function judgeStatement(manifest: StoredManifest, content: ManifestContent, asking: Walk): Promise<Judgement> {
    const { repository, signal } = asking;
    const name = nameOf(repository, manifest.digest);
    const opened = open(repository, signal);
    let statement: Awaited<ReturnType<Statements["read"]>>;
    try {
      statement = await statements.read(manifest.digest, content, opened);
    } finally {
      await opened.close();
    }
    if (statement instanceof Problem) return unknownOf(name, statement, asking);
    const about = await judgeFirst(statement.subjects, asking, () => true);
    if (about !== undefined) return about;
    const { digests } = await references.parentsOf(repository, manifest.digest);
    const around = await judgeFirst(digests, asking, (parent) => holds(parent, manifest.digest));
    return around ?? unknownOf(name, noSubject(name), asking);
  }

  /** The first of them that may be pulled, else the first that may not; undefined where none of them is here. */
  async function judgeFirst(
    digests: readonly Digest[],
    asking: Walk,
    counts: (manifest: StoredManifest) => boolean,
  ): Promise<Judgement | undefined> {
    let refused: Judgement | undefined;
    for (const digest of digests) {
      if (asking.path.includes(digest)) continue;
      const found = await fetched(digest, asking);
      if (found === undefined) continue;
      if (found instanceof Problem) {
        refused ??= unknownOf(nameOf(asking.repository, digest), found, asking);
        continue;
      }
      if (!counts(found)) continue;
      const judged = await judge(found, asking);
      if (!isRefused(judged, asking)) return judged;
      refused ??= judged;
    }
    return refused;
  }

  return (manifest, asking) => judge(manifest, { ...asking, path: [], left: { manifests: bounds.manifests } });
}

function isMet({ evaluations }: Judgement): boolean {
  return evaluations.length === 0;
}

function isRefused({ evaluations }: Judgement, { policy }: Pick<JudgeAsking, "policy">): boolean {
  return evaluations.some((evaluation) => policy.pullAction(evaluation) === "deny");
}

/** The one that is refused least: who pulls it is served. */
function best(judged: readonly Judgement[], asking: JudgeAsking): Judgement {
  const served = judged.filter((one) => !isRefused(one, asking));
  const some = served.length > 0 ? served : judged;
  const [first = PASSED] = [...some].sort((a, b) => a.evaluations.length - b.evaluations.length);
  const rests = judged.flatMap((one) => one.rests);
  return { ...first, rests, isWhole: judged.every(({ isWhole }) => isWhole) || (served.length > 0 && first.isWhole) };
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function isManifest(mediaType: string): boolean {
  return /\.manifest\.v\d\+json$/.test(mediaType);
}

function tooDeep(place: string): Problem {
  const cause = `more than ${bounds.depth} manifests about or in one another`;
  return new Problem({ kind: "input", code: "registry.depth", place, cause });
}

function tooMany(place: string): Problem {
  const cause = `more than ${bounds.manifests} manifests would have to be read`;
  return new Problem({ kind: "input", code: "registry.depth", place, cause });
}

const NOTHING_THERE = { code: "registry.index", reason: "nothing that the index names is in this repository" } as const;

function noSubject(place: string): Problem {
  const cause = "what it is about is not in this repository";
  return new Problem({ kind: "input", code: "registry.subject", place, cause });
}
