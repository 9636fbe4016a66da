/**
 * A pod that is created in a dry run alone, and what the API server's answer to it proves (Kubernetes, "API Concepts", dry run;
 * "Dynamic Admission Control", response).
 */
import type { Gap } from "../../core/evidence.ts";
import { printable } from "../../core/printable.ts";
import { isObject } from "../../core/untyped.ts";
import { bounds } from "./bounds.ts";
import type { ProbeAnswer, ProbeRole } from "./probe-model.ts";

/** What an API server answered; of what broke on the way, a gap. */
export type ProbeReply = { readonly status: number; readonly body: Readonly<Record<string, unknown>> } | Gap;

export interface ProbeImage {
  readonly role: ProbeRole;
  /** As named by the user. */
  readonly image: string;
}

/** It meets the level restricted and names its resources, so that nothing but its image is a reason to refuse it. */
export function probePod(name: string, image: string): object {
  const resources = { cpu: "10m", memory: "16Mi", "ephemeral-storage": "16Mi" };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels: { "app.kubernetes.io/name": "bulkhead-probe" } },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: "Never",
      terminationGracePeriodSeconds: 0,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65_532,
        runAsGroup: 65_532,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: "probe",
          image,
          imagePullPolicy: "Always",
          resources: { requests: resources, limits: resources },
          securityContext: {
            privileged: false,
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
        },
      ],
    },
  };
}

/**
 * @param name - of the pod: an answer about another proves nothing
 * @param control - what became of the same pod with a signed image; absent: none was named
 */
export function readAnswer(
  { role, image }: ProbeImage,
  name: string,
  reply: ProbeReply,
  control?: ProbeAnswer,
): ProbeAnswer {
  const undecided = (code: string, reason: string, remedy?: string): ProbeAnswer => ({
    outcome: "undecided",
    role,
    image,
    gap: { code, reason: `${ROLES[role]}: ${reason}`, ...(remedy === undefined ? {} : { remedy }) },
  });
  if ("reason" in reply) return { outcome: "undecided", role, image, gap: reply };
  const { status, body } = reply;
  if (status === 200 || status === 201) {
    return isThePod(body, name)
      ? { outcome: "admitted", role, image }
      : undecided("admission.probe-answer", `the API server answered ${status}, and not with the pod`);
  }
  const message = oneLine(body.message);
  const refusal = refusalOf(message);
  if (refusal === undefined) return notByPolicy(status, message, undecided);
  const { by, text } = refusal;
  // It stands still, or says no to everything: what it would say of a signature is not known.
  if (LOOKED_UP_IN_VAIN.test(text)) {
    return undecided("admission.probe-look-up", `${by} refused it because it could not look it up: ${text}`);
  }
  if (role === "signed") return undecided("admission.probe-control", `${by} refused it: ${text}`, CONTROL_REMEDY);
  if (control?.outcome === "undecided") {
    return undecided("admission.probe-control", `the signed image is not let in either: ${text}`, CONTROL_REMEDY);
  }
  const isOnlyDifference = control?.outcome === "admitted" && sameRepository(control.image, image);
  if (!isOnlyDifference && !isAboutSignatures(text, image)) {
    const remedy = "name a signed image of the same repository: --probe-signed";
    return undecided(
      "admission.probe-reason",
      `${by} refused it, and does not say that it is for the signature: ${text}`,
      remedy,
    );
  }
  return { outcome: "refused", role, image, by, message: text };
}

const ROLES: Readonly<Record<ProbeRole, string>> = {
  unsigned: "the unsigned image",
  stranger: "the image signed by a stranger",
  signed: "the signed image",
};

const CONTROL_REMEDY = "name an image that the policy trusts: --probe-signed";

/** Whose word it is, by the texts that every API server puts around it. */
function refusalOf(message: string): { readonly by: string; readonly text: string } | undefined {
  const webhook = /admission webhook "([^"]{1,253})" denied the request(?:: |)(.*)$/.exec(message);
  if (webhook !== null) return { by: `webhook ${webhook[1]}`, text: webhook[2] || "without a reason" };
  const backend = /image policy webhook backend denied one or more images: (.*)$/.exec(message);
  if (backend !== null) return { by: "ImagePolicyWebhook", text: backend[1] ?? "" };
  const policy = /ValidatingAdmissionPolicy '([^']{1,253})' with binding '[^']{1,253}' denied request: (.*)$/.exec(
    message,
  );
  return policy === null ? undefined : { by: `ValidatingAdmissionPolicy ${policy[1]}`, text: policy[2] ?? "" };
}

type Undecided = (code: string, reason: string, remedy?: string) => ProbeAnswer;

function notByPolicy(status: number, message: string, undecided: Undecided): ProbeAnswer {
  if (/failed calling webhook/.test(message)) {
    return undecided(
      "admission.probe-silent",
      `a webhook did not answer: ${message}`,
      "see that its pods run and its certificate is known",
    );
  }
  if (/does not support dry run/.test(message)) {
    return undecided("admission.probe-dry-run", message, "set sideEffects: None (or NoneOnDryRun) on that webhook");
  }
  if (status === 403 && /cannot create resource/.test(message)) {
    const remedy = "grant it create on pods, as deploy/cluster-audit/probe.yaml does";
    return undecided("admission.probe-forbidden", "this identity may not create pods there (403)", remedy);
  }
  return undecided(
    "admission.probe-other",
    `refused, but not by a policy (${status}): ${message || "without a reason"}`,
  );
}

/** Registries that do not answer, or not to the verifier. A signature that is not there is another thing. */
const LOOKED_UP_IN_VAIN =
  /connection (?:refused|reset)|no such host|server misbehaving|time(?:d)?[ -]?out|deadline exceeded|context cancell?ed|no route to host|network is unreachable|too ?many ?requests|\b429\b|\b50[0234]\b|x509:|certificate (?:signed by unknown|has expired|is not trusted)|tls:|\bunauthorized\b|authentication required|\bdenied: |unreachable|unavailable|could not be (?:asked|reached|looked up)/i;

/** What speaks of signatures, or of an image that did not verify. Being trusted is said of registries too. */
const ABOUT_SIGNATURES =
  /\bsign(?:ed|ature|atures|er|ers)\b|\bunsigned\b|\battest(?:ation|ations|or|ors|ed)\b|\b(?:failed|failure|unable|cannot|could not|not)\b.{0,40}\bverif(?:y|ied|ication)\b|\bnotation\b|\bcosign\b|\bsigstore\b|\bkeyless\b|\bprovenance\b/i;

/** A list of registries keeps a signed image out as well. */
const ABOUT_REGISTRIES =
  /\b(?:allowed|approved|permitted|trusted|untrusted|verified|known|unknown|disallowed|forbidden)\b(?: \w+){0,2} (?:registr(?:y|ies)|repositor(?:y|ies)|repos?)\b|\bregistr(?:y|ies)\b.{0,20}\bnot (?:allowed|approved|permitted|trusted)\b/i;

function isAboutSignatures(text: string, image: string): boolean {
  const said = text.replaceAll(image, "");
  return ABOUT_SIGNATURES.test(said) && !ABOUT_REGISTRIES.test(said);
}

function isThePod(body: Readonly<Record<string, unknown>>, name: string): boolean {
  return body.kind === "Pod" && isObject(body.metadata) && body.metadata.name === name;
}

function oneLine(message: unknown): string {
  return typeof message === "string"
    ? printable(message.slice(0, 4_000).replace(/\s+/g, " ").trim()).slice(0, bounds.probeMessageCharacters)
    : "";
}

function sameRepository(one: string, other: string): boolean {
  const repository = (image: string) => (image.split("@")[0] ?? "").replace(/:[^:/]*$/, "");
  return repository(one) === repository(other);
}
