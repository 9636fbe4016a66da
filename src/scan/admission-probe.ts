/** Tries admission: pods that are created in a dry run alone, in every namespace of an application. */
import { randomBytes } from "node:crypto";
import type { Evaluation } from "../core/evaluation.ts";
import { type Gap, gapOf } from "../core/evidence.ts";
import { Problem } from "../core/problem.ts";
import type { NamespaceProbe, ProbeAnswer, ProbeRole } from "../engines/admission/model.ts";
import { probePod, readAnswer } from "../engines/admission/probe.ts";
import type { ClusterApi } from "../engines/kubernetes/cluster/client.ts";
import type { Manifests, Namespace } from "../engines/kubernetes/model.ts";
import { inParallel } from "../engines/trust/in-parallel.ts";
import { evaluateProbes, probedNamespaces } from "../evaluate/kubernetes/admission-probe.ts";
import type { ManifestsContext } from "../evaluate/kubernetes/workloads.ts";
import { bounds } from "./bounds.ts";
import type { VouchedImage } from "./probe-images.ts";

export interface ProbeContext extends Pick<ManifestsContext, "policy" | "now" | "scope"> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (namespace: string, nth: number, of: number) => void;
}

/** Namespaces that are tried at a time: each try has webhooks ask registries. */
const AT_ONCE = 4;

/** What webhooks refuse with: any of 4xx and 5xx, 400 where they name none; 500 where one does not answer. */
const REFUSED = Array.from({ length: 200 }, (_, nth) => 400 + nth).filter((status) => status !== 401 && status !== 429);

/** Nothing is stored, and what cannot be found out is unknown. Never throws for what the cluster answers. */
export async function probeAdmission(
  api: Pick<ClusterApi, "send">,
  manifests: Manifests,
  images: readonly VouchedImage[],
  context: ProbeContext,
): Promise<Evaluation[]> {
  const { signal, onProgress } = context;
  const late = AbortSignal.timeout(bounds.probeMilliseconds);
  const tried = new Map<string, NamespaceProbe>();
  const wanted = probedNamespaces(manifests).slice(0, bounds.probedNamespaces);
  await inParallel(wanted, AT_ONCE, async (namespace) => {
    signal?.throwIfAborted();
    if (late.aborted) return;
    onProgress?.(namespace.object.name, tried.size + 1, wanted.length);
    tried.set(namespace.object.name, await probeNamespace(api, namespace, images));
  });
  const reason = late.aborted
    ? `not tried: ${bounds.probeMilliseconds} ms were over`
    : `not tried: more than ${bounds.probedNamespaces} namespaces`;
  return evaluateProbes(manifests, tried, { code: "admission.probe-bound", reason }, context);
}

/** The signed image first: what is said of the others counts by what became of it. */
async function probeNamespace(
  api: Pick<ClusterApi, "send">,
  { object }: Namespace,
  images: readonly VouchedImage[],
): Promise<NamespaceProbe> {
  const control = images.find(({ role }) => role === "signed");
  const first = control === undefined ? undefined : await ask(api, object.name, control);
  const answers: ProbeAnswer[] = first === undefined ? [] : [first];
  for (const role of ["unsigned", "stranger"] as const) {
    const image = images.find((one) => one.role === role);
    answers.push(image === undefined ? notNamed(role) : await ask(api, object.name, image, first));
  }
  return { name: object.name, object, answers };
}

function notNamed(role: Exclude<ProbeRole, "signed">): ProbeAnswer {
  const what = role === "unsigned" ? "no unsigned image" : "no image that a stranger has signed";
  const gap: Gap = { code: "admission.probe-image", reason: `${what} was named`, remedy: `--probe-${role} REF` };
  return { outcome: "undecided", role, image: "", gap };
}

async function ask(
  api: Pick<ClusterApi, "send">,
  namespace: string,
  { gap, ...image }: VouchedImage,
  control?: ProbeAnswer,
): Promise<ProbeAnswer> {
  if (gap !== undefined) return { outcome: "undecided", ...image, gap };
  const name = `bulkhead-probe-${randomBytes(4).toString("hex")}`;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods?dryRun=All&fieldManager=bulkhead-probe`;
  const body = probePod(name, image.image);
  try {
    // A dry run comes to the same however often it is asked for.
    const reply = await api.send({ method: "POST", path, body, repeatable: true, answered: REFUSED });
    return readAnswer(image, name, reply, control);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return readAnswer(image, name, gapOf(error), control);
  }
}
