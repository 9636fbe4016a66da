/** The images of a request, asked about side by side under its deadline. */
import { unopenedImage } from "../../core/asset.ts";
import { unjudged } from "../../core/evaluation.ts";
import type { Gap } from "../../core/evidence.ts";
import type { AdmittedImage } from "../../engines/admission/model.ts";
import type { AssessedImage, GuardPolicy, ImageAsking } from "./model.ts";
import type { GuardOptions, Question } from "./options.ts";
import { hardest } from "./unknown.ts";
import { within } from "./within.ts";

/** Each reference once, in the order in which the object names them. */
export async function assessImages(
  { images: assessor, cluster }: Pick<GuardOptions, "images" | "cluster">,
  { request, admitted, policy, asking }: Question,
  images: readonly AdmittedImage[],
  { resolveOnly }: Pick<ImageAsking, "resolveOnly"> = {},
): Promise<readonly AssessedImage[]> {
  const references = [...new Set(images.map(({ reference }) => reference))];
  if (references.length === 0) return [];
  const { now, deadline } = asking;
  const { pullSecrets, serviceAccounts } = admitted;
  const late = (reference: string) => unknownImage(reference, policy, now, LATE);
  const { namespace } = request;
  const shared: ImageAsking = {
    policy,
    now,
    deadline,
    ...(resolveOnly === undefined ? {} : { resolveOnly }),
  };
  /** What the pod pulls this one with: its Secrets are for some registries alone. */
  const askingFor = async (reference: string): Promise<ImageAsking> => {
    if (namespace === undefined) return shared;
    const account = serviceAccounts[0] ?? "default";
    const credentials = await cluster.credentials(namespace, pullSecrets, account, reference);
    return credentials === undefined ? shared : { ...shared, credentials };
  };
  const assess = (reference: string) =>
    within(
      askingFor(reference).then((own) => assessor.assess(reference, own)),
      deadline,
      () => late(reference),
    );
  return await Promise.all(
    references.map((reference) =>
      assess(reference).catch((error: unknown) =>
        unknownImage(reference, policy, now, {
          code: "admission.internal",
          reason: `internal error: ${String(error)}`,
        }),
      ),
    ),
  );
}

const LATE: Gap = {
  code: "admission.deadline",
  reason: "the time for the request was over before the image was looked up",
  remedy: "try again; raise timeoutSeconds of the webhook and admission.deadlineSeconds where registries are slow",
};

/** Checks that would have been asked about an image. */
const OF_IMAGES: ReadonlySet<string> = new Set(["registry", "image"]);

/** Of an image about which nothing was found out. */
export function unknownImage(reference: string, policy: GuardPolicy, now: Date, gap: Gap): AssessedImage {
  const evaluation = unjudged("registry/unsigned-image", unopenedImage(reference), now, gap);
  return { reference, evaluations: [hardest(policy, evaluation, OF_IMAGES)], cached: false };
}
