/**
 * The heart of the admission guard: one request in, one decision out. It is read, what it brings is judged as everywhere else,
 * its images are asked about side by side, and the policy says what follows. It answers before the deadline, and what is not
 * known by then is unknown.
 */
import { isAccepted, unknownsAccepted } from "../../core/accepted-unknown.ts";
import type { Evaluation } from "../../core/evaluation.ts";
import { admittedOf, type ReadRequest } from "../../engines/admission/admitted.ts";
import type { AdmittedImage, PatchOperation } from "../../engines/admission/model.ts";
import { formatFieldPath } from "../../engines/kubernetes/field-path.ts";
import type { Manifests } from "../../engines/kubernetes/model.ts";
import { scanRead } from "../../scan/object.ts";
import { answerOf } from "./answer.ts";
import { assessImages } from "./assess.ts";
import { hasSamePods, newOf } from "./changes.ts";
import { isMirrorPod } from "./mirror-pod.ts";
import type { AssessedImage, BreakGlassAnswer, Decision, Guard, Outcome } from "./model.ts";
import type { GuardOptions, Question } from "./options.ts";
import { compareOutcomes, outcomesOf } from "./outcomes.ts";
import { imagesToPin, pinPatch } from "./patch.ts";
import { createPodMemory } from "./remembered.ts";
import { hardest, unknownEvaluation } from "./unknown.ts";
import { within } from "./within.ts";

export function createGuard(options: GuardOptions): Guard {
  const memory = createPodMemory();
  return {
    async decide(request, asking) {
      const policy = options.policies().forNamespace(request.namespace);
      const { version } = options.cluster;
      const context = { scope: options.scope, ...(version === undefined ? {} : { version }) };
      try {
        const key = memory.keyOf(request, policy);
        const known = key === undefined ? undefined : memory.get(key);
        // What is not known to be clean is judged, and for that it is read.
        const isEnough = known !== undefined && (known.isClean || asking.webhook === "mutate");
        const admitted = isEnough ? known.admitted : admittedOf(request, context);
        const isMirror = known?.isMirror ?? isMirrorPod(request);
        return await decided(
          options,
          { request, admitted, policy, asking, isMirror },
          {
            isClean: known?.isClean === true,
            keep: (isClean) => {
              if (key === undefined || admitted.outcome !== "judge") return;
              const { read: _, ...kept } = admitted;
              memory.set(key, { admitted: kept, isClean, isMirror });
            },
          },
        );
      } catch (error) {
        // A mistake of ours is told, and admits nothing.
        const admitted: ReadRequest = { ...NOTHING, reason: `internal error: ${(error as Error).message}` };
        return unread(options, { request, admitted, policy, asking, isMirror: false }, "admission.internal");
      }
    },
  };
}

const NOTHING = { outcome: "unread", reason: "", pods: [], images: [], pullSecrets: [], serviceAccounts: [] } as const;

/** What is known of the same pods, and where that goes. */
interface Known {
  readonly isClean: boolean;
  keep(isClean: boolean): void;
}

async function decided(options: GuardOptions, question: Question, known: Known): Promise<Decision> {
  const { request, admitted, policy, asking, isMirror } = question;
  switch (admitted.outcome) {
    case "pass":
      // A policy of the cluster may be about what holds no pod.
      return await judged(options, question, { basis: "exempt", reason: admitted.reason, images: [], own: [] });
    case "unread":
      return unread(options, question, "admission.unread");
    case "judge":
  }
  if (asking.webhook === "mutate") {
    if (!known.isClean) known.keep(false);
    const wanted = isMirror ? [] : imagesToPin(request, admitted, policy.policy.admission.pin);
    const images = await assessImages(options, question, wanted, { resolveOnly: true });
    const pinned = images.flatMap(({ reference, pinned: to }) => (to === undefined ? [] : [[reference, to] as const]));
    return concluded(options, question, { basis: "judged", images, patch: pinPatch(wanted, new Map(pinned)) });
  }
  const changed = admitted.images.filter((image) => image.changed);
  const images = assessImages(options, question, changed);
  // The look-ups are under way while the object is judged.
  const own = known.isClean ? [] : ownEvaluations(options, question);
  if (!known.isClean) known.keep(own.every(({ verdict, excepted }) => verdict === "pass" && excepted.length === 0));
  return await judged(options, question, { basis: "judged", images: await images, own, changed });
}

/** Of the object by itself, through the checks that commands run too. */
function ownEvaluations({ scope, cluster, scannerOf }: GuardOptions, { request, admitted, policy, asking }: Question) {
  const { read, before } = admitted;
  if (read === undefined) throw new Error("what is judged was not read");
  if (hasSamePods(request, admitted)) return [];
  const scanner = scannerOf?.(policy);
  const { version } = cluster;
  const scan = (manifests: Manifests) =>
    scanRead(manifests, {
      policy: policy.policy,
      now: asking.now,
      scope,
      // As a command has it that is given this object and no other.
      around: manifests,
      ...(version === undefined ? {} : { version }),
      ...(scanner === undefined ? {} : { scanner }),
    });
  return before === undefined ? scan(read) : newOf(scan(read), scan(before), request);
}

interface Judged {
  readonly basis: Decision["basis"];
  readonly reason?: string;
  readonly images: readonly AssessedImage[];
  readonly own: readonly Evaluation[];
  readonly changed?: readonly AdmittedImage[];
}

async function judged(
  options: GuardOptions,
  question: Question,
  { own, changed = [], ...rest }: Judged,
): Promise<Decision> {
  const { policy, asking, isMirror } = question;
  const most = isMirror ? ({ most: "audit" } as const) : {};
  const { unknown: entries, exceptionLimits } = policy.policy;
  const acceptedOf = unknownsAccepted({ codes: [], entries, now: asking.now, maxDays: exceptionLimits.maxDays });
  const context = {
    policy,
    isAccepted: (evaluation: Evaluation) => isAccepted({ ...evaluation, accepted: acceptedOf(evaluation) }),
    ...most,
  };
  const ofCluster = await clusterEvaluations(options, question);
  const outcomes = [
    ...[...own, ...ofCluster].flatMap((evaluation) => outcomesOf(evaluation, context)),
    ...rest.images.flatMap(({ reference, evaluations }) => {
      const place = changed.find((image) => image.reference === reference);
      const image = { reference, field: formatFieldPath(place?.path ?? []) };
      return evaluations.flatMap((evaluation) => outcomesOf(evaluation, { ...context, image }));
    }),
  ].sort(compareOutcomes);
  const denied = outcomes.some(({ action }) => action === "deny");
  const breakGlass = denied ? await breakGlassOf(options, question) : undefined;
  if (breakGlass === undefined) return concluded(options, question, { ...rest, outcomes });
  if (breakGlass.outcome !== "granted") return concluded(options, question, { ...rest, outcomes, breakGlass });
  const { by, reason, until } = breakGlass;
  const past = { basis: "break-glass", reason: `${by} answers for it until ${until}: ${reason}`, breakGlass } as const;
  return concluded(options, question, { ...rest, outcomes, ...past });
}

async function clusterEvaluations(
  { admissionPolicies }: GuardOptions,
  question: Question,
): Promise<readonly Evaluation[]> {
  const { request, asking } = question;
  if (admissionPolicies === undefined || asking.webhook === "mutate") return [];
  const late = unknownEvaluation(request, asking.now, {
    code: "admission.policy-elsewhere",
    reason: "policies of the cluster were not evaluated in time",
  });
  return await within(admissionPolicies(question), asking.deadline, () => [
    { ...late, check: "workload/admission-policy-denied" },
  ]);
}

async function breakGlassOf({ breakGlass }: GuardOptions, { request, asking }: Question) {
  if (breakGlass === undefined) return undefined;
  const late = { outcome: "unknown", why: "whether somebody may was not found out in time" } as const;
  const answer: Promise<BreakGlassAnswer | undefined> = breakGlass.consider(request, asking);
  return await within(
    answer.catch(() => ({ ...late, why: "whether somebody may could not be found out" })),
    asking.deadline,
    () => late,
  );
}

/**
 * What cannot be read is its author's doing: were it admitted wherever the policy lets an *unknown* pass, whoever writes one
 * that breaks a bound would be past every rule. So the action is that of a finding.
 */
function unread(options: GuardOptions, question: Question, code: string): Decision {
  const { request, admitted, policy, asking } = question;
  const strict = { ...policy, actionOf: (one: Evaluation) => policy.actionOf({ ...one, verdict: "fail" }) };
  const evaluation = hardest(strict, unknownEvaluation(request, asking.now, { code, reason: admitted.reason }));
  const most = asking.webhook === "mutate" ? ({ most: "audit" } as const) : {};
  const outcomes = outcomesOf(evaluation, { policy: strict, isAccepted: () => false, ...most });
  return concluded(options, question, { basis: "unread", reason: admitted.reason, outcomes });
}

interface Conclusion {
  readonly basis: Decision["basis"];
  readonly reason?: string;
  readonly outcomes?: readonly Outcome[];
  readonly images?: readonly AssessedImage[];
  readonly patch?: readonly PatchOperation[];
  readonly breakGlass?: BreakGlassAnswer;
}

function concluded(
  { policyName }: GuardOptions,
  { request, policy }: Question,
  { basis, reason, outcomes = [], images = [], patch = [], breakGlass }: Conclusion,
): Decision {
  const { environment, digest } = policy;
  const decision = {
    request,
    basis,
    reason: reason ?? reasonOf(outcomes),
    outcomes,
    images,
    patch,
    ...(environment === undefined ? {} : { environment }),
    policy: digest,
    ...(breakGlass === undefined ? {} : { breakGlass }),
  };
  return { ...decision, answer: answerOf(decision, policyName) };
}

function reasonOf(outcomes: readonly Outcome[]): string {
  const denied = [...new Set(outcomes.filter(({ action }) => action === "deny").map(({ check }) => check))];
  if (denied.length > 0) return `refused for ${denied.join(", ")}`;
  return outcomes.length === 0 ? "nothing to refuse" : "nothing that the policy denies";
}
