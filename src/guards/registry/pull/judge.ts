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

/** Never throws for what the engine, the store or a manifest says. */
export type Judge = (manifest: StoredManifest, asking: JudgeAsking) => Promise<Judgement>;

export function createJudge(options: JudgeOptions): Judge {
  const { engine, store, open, read, references, statements, trust, host } = options;
  const nameOf = (repository: string, digest: Digest) => `${host}/${repository}@${digest}`;

  const judge = async (manifest: StoredManifest, asking: JudgeAsking, depth: number): Promise<Judgement> => {
    const name = nameOf(asking.repository, manifest.digest);
    if (depth > bounds.depth) return unknownOf(name, tooDeep(name), asking);
    const content = read(manifest);
    if (content instanceof Problem) return unknownOf(name, content, asking);
    // Before anybody is answered: the next request may be for a part of it, and reach another replica.
    await references.saw(asking.repository, manifest.digest, content);
    if (content.kind === "index") return await judgeIndex(manifest, content, asking, depth);
    if (isStatement(content)) return await judgeStatement(manifest, content, asking, depth);
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
  async function judgeTrust(
    root: StoredManifest,
    asking: JudgeAsking,
    seen: readonly Digest[] = [],
  ): Promise<Judgement> {
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

  async function fetched(digest: Digest, { repository, signal }: JudgeAsking) {
    return await engine.manifest(repository, { digest }, signal);
  }

  /** It is served where one of its images is: each of them is judged again as it is pulled. */
  async function judgeIndex(
    index: StoredManifest,
    { children }: ManifestContent,
    asking: JudgeAsking,
    depth: number,
  ): Promise<Judgement> {
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
      const child = await fetched(digest, asking);
      if (child === undefined) return undefined;
      if (child instanceof Problem) return unknownOf(nameOf(repository, digest), child, asking);
      return await judge(child, asking, depth + 1);
    });
    const there = judged.filter((one) => one !== undefined);
    if (there.length === 0) return own;
    return allOf([own, best(there, asking)]);
  }

  async function judgeStatement(
    manifest: StoredManifest,
    content: ManifestContent,
    asking: JudgeAsking,
    depth: number,
  ): Promise<Judgement> {
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
    const { digests: parents } = await references.parentsOf(repository, manifest.digest);
    let refused: Judgement | undefined;
    for (const digest of distinct([...statement.subjects, ...parents])) {
      if (digest === manifest.digest) continue;
      const about = await fetched(digest, asking);
      if (about === undefined) continue;
      if (about instanceof Problem) {
        refused ??= unknownOf(nameOf(repository, digest), about, asking);
        continue;
      }
      const judged = await judge(about, asking, depth + 1);
      if (!isRefused(judged, asking)) return judged;
      refused ??= judged;
    }
    return refused ?? unknownOf(name, noSubject(name), asking);
  }

  return (manifest, asking) => judge(manifest, asking, 1);
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

function noSubject(place: string): Problem {
  const cause = "what it is about is not in this repository";
  return new Problem({ kind: "input", code: "registry.subject", place, cause });
}
