/** Manifests made over: every fix of the grades that are made, once it is proven, round by round, until nothing is left that can be made. */

import { append } from "../../core/append.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import type { Evaluations } from "../../core/evaluations.ts";
import type { Finding, FixGrade, Graded } from "../../core/finding.ts";
import type { Learned } from "../../engines/events/learn/model.ts";
import { manifestReader } from "../../engines/kubernetes/manifests.ts";
import type { Manifests, Workload } from "../../engines/kubernetes/model.ts";
import type { SecretScanner } from "../../engines/secrets/scan.ts";
import type { Authorities } from "../../evaluate/identify.ts";
import { evaluateManifestSecrets } from "../../evaluate/kubernetes/manifest-secrets.ts";
import { evaluateManifests, type ManifestsContext } from "../../evaluate/kubernetes/workloads.ts";
import { isMade } from "../grades.ts";
import { bounds } from "./bounds.ts";
import { fixesTogether, fixTexts, fixVerifierOf, type Judge, type ObjectFix, type Texts } from "./fix-verification.ts";
import type { ImageUsers } from "./image-users.ts";
import { learnedFix } from "./learned.ts";
import { namespaceFixes } from "./namespace-labels.ts";
import { isOfFile, objectFinder } from "./object-places.ts";
import { chooseReported } from "./reported.ts";
import { unsafeReason } from "./safety.ts";

export interface WorkloadFixContext extends ManifestsContext {
  readonly users: ImageUsers;
  /** Namespaces enforce the level that their workloads meet, not only warn of what does not. */
  readonly enforce: boolean;
  /** What is likely right is made as well as what is safe. */
  readonly unsafe: boolean;
  /** Finds plaintext values of Secrets, which become ExternalSecrets of the policy's store. Absent: they are left alone. */
  readonly scanner?: SecretScanner;
  /** What workloads were seen to do. Absent: nothing is known of it. */
  readonly learned?: Learned;
  /** Of a report: only what it proposes is made. Absent: everything. */
  readonly reported?: { readonly evaluations: Evaluations; readonly authorities: Authorities };
}

export interface RejectedFix {
  readonly finding: Finding;
  /** Absent where it is no matter of its grade. */
  readonly grade?: FixGrade;
  /** One sentence without a full stop. */
  readonly reason: string;
}

export interface WorkloadFixes {
  /** Those whose text is another now. */
  readonly files: readonly { readonly path: string; readonly before: string; readonly after: string }[];
  readonly made: readonly ObjectFix[];
  readonly refused: readonly RejectedFix[];
  /** Of the files as they were, and as they are now. */
  readonly first: readonly Evaluation[];
  readonly last: readonly Evaluation[];
  readonly manifests: Manifests;
}

/** Makes them in memory; nothing is written. Each round leaves fewer findings, and brings none. */
export function fixWorkloads(read: Manifests, context: WorkloadFixContext): WorkloadFixes {
  const before: Texts = new Map(
    read.objects.filter(isOfFile).map(({ source }) => [source.text.path, source.text.text] as const),
  );
  const judge = judgeOf(read, before, context);
  const tries = Math.min(bounds.kubernetesFixTries, Math.max(10, Math.ceil(JUDGED / (read.objects.length + 1))));
  const made: ObjectFix[] = [];
  const refused = new Map<string, RejectedFix>();
  const refuse = (finding: Finding, reason: string, grade?: FixGrade) => {
    if (!isWanted(finding)) return;
    refused.set(finding.fingerprint, { finding, reason, ...(grade === undefined ? {} : { grade }) });
  };
  const first = judge(before);
  const only =
    context.reported === undefined
      ? undefined
      : chooseReported(context.reported.evaluations, first.evaluations, context.reported.authorities);
  const isWanted = ({ fingerprint }: Finding) => only === undefined || only.chosen.has(fingerprint);
  let [texts, current] = [before, first];
  for (let round = 0; round < bounds.kubernetesFixRounds; round++) {
    for (const [key, { finding }] of refused) {
      // What is not safe may be so by what was made meanwhile.
      if (
        !current.evaluations.some(({ findings }) => findings.some((one) => one.fingerprint === finding.fingerprint))
      ) {
        refused.delete(key);
      }
    }
    const wanted = workloadFixes(current, context, refuse);
    const fixes =
      wanted.length > 0
        ? wanted
        : namespaceFixes(current, context.enforce, refuse).filter(({ finding }) => isWanted(finding));
    if (fixes.length === 0) break;
    const { chosen, refused: unproven } = fixesTogether(fixes, fixVerifierOf(texts, current, judge), tries);
    for (const [{ finding }, reason] of unproven) refuse(finding, reason);
    const changed = fixTexts(texts, chosen);
    if (chosen.length === 0 || "reasons" in changed) {
      if (wanted.length === 0) break;
      continue;
    }
    append(made, chosen);
    for (const { finding } of chosen) refused.delete(finding.fingerprint);
    texts = changed;
    current = judge(texts);
  }
  return {
    files: [...before].flatMap(([path, text]) => {
      const after = texts.get(path) ?? text;
      return after === text ? [] : [{ path, before: text, after }];
    }),
    made,
    refused: [...(only?.refused ?? []), ...refused.values()],
    first: first.evaluations,
    last: current.evaluations,
    manifests: current.manifests,
  };

  function learnedOf(finding: Finding, workload: Workload | undefined) {
    if (context.learned === undefined || workload === undefined) return undefined;
    // Of these nothing is rewritten, whatever is known.
    if (workload.origin === "compose" || workload.form !== undefined) return undefined;
    return learnedFix(finding, workload, context.learned);
  }

  function workloadFixes(
    { manifests, evaluations }: ReturnType<Judge>,
    { users }: WorkloadFixContext,
    tell: typeof refuse,
  ): ObjectFix[] {
    const find = objectFinder(manifests);
    const workloads = new Map(manifests.workloads.map((each) => [each.object.part?.of ?? each.object, each]));
    return evaluations.flatMap(({ asset, findings }) =>
      findings.flatMap((finding): ObjectFix[] => {
        const { fix } = finding;
        if (asset.kind === "namespace" || !isWanted(finding)) return [];
        const known = refused.get(finding.fingerprint);
        if (known !== undefined && known.grade === undefined) return [];
        const object = find(finding);
        const learned = object === undefined ? undefined : learnedOf(finding, workloads.get(object));
        if (learned !== undefined && object !== undefined) {
          if ("reason" in learned) {
            tell(finding, learned.reason, "needs knowledge");
            return [];
          }
          const { patches, graded } = learned;
          if (graded.grade === "safe" || context.unsafe)
            return [{ finding, asset: asset.lineage, object, patches, graded, ends: true }];
          tell(finding, graded.reason, graded.grade);
          return [];
        }
        if (fix?.kind !== "patch") return [];
        if (object === undefined) {
          tell(finding, "unknown position in the text");
          return [];
        }
        const workload = workloads.get(object);
        if (workload?.origin === "compose") {
          tell(finding, "Compose files are not rewritten");
          return [];
        }
        if (workload?.form !== undefined) {
          tell(finding, `the fields of ${object.kind} are defined by its controller`);
          return [];
        }
        const unsafe = fix.patches
          .map((patch) => (workload === undefined ? undefined : unsafeReason(workload, patch, users)))
          .find((reason) => reason !== undefined);
        const graded: Graded = unsafe === undefined ? fix : { grade: "needs knowledge", reason: unsafe };
        const { grade, reason } = graded;
        if (!isMade({ ...fix, grade }, context.unsafe)) {
          tell(finding, reason, grade);
          return [];
        }
        return [{ finding, asset: asset.lineage, object, patches: fix.patches, graded: { grade, reason }, ends: true }];
      }),
    );
  }
}

/** Objects that are judged anew, all tries of a round together. */
const JUDGED = 20_000;

function judgeOf(read: Manifests, before: Texts, context: WorkloadFixContext): Judge {
  // Gaps of what no text stands for: folders that kustomize builds, files that could not be read.
  const kept = read.gaps.filter(({ path }) => !before.has(path));
  return (texts) => {
    const reader = manifestReader();
    for (const [path, text] of texts) reader.file(path, text);
    for (const gap of kept) reader.gap(gap);
    const manifests = reader.manifests();
    const { scanner } = context;
    const secrets = scanner === undefined ? [] : evaluateManifestSecrets(manifests, scanner, context);
    return { manifests, evaluations: [...evaluateManifests(manifests, context), ...secrets] };
  };
}
