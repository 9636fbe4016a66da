import type { Check } from "../../core/check.ts";
import type { ProbeRole } from "../../engines/admission/model.ts";
import { draftsOf, type FieldDetection } from "../findings/kubernetes-finding.ts";
import type { AdmissionProbeFacts } from "../subjects/admission.ts";

const id = "cluster/unverified-image-admitted";

/** Namespaces in which a dry run lets in what nobody trusted has signed. */
export const unverifiedImageAdmitted: Check<AdmissionProbeFacts> = {
  id,
  title: "Unsigned images admitted",
  layer: "cluster",
  category: "configuration",
  controls: [7],
  severity: "high",
  documentation: {
    what: "Checks admission with a live probe (`check --cluster --probe`): in each application namespace, the API server is sent a dry run of a pod with an unsigned image, and one with an image signed by a stranger. Reported: namespaces that admit either. It passes where admission refuses both because of the image. A refusal for another reason (a registry that does not answer, a quota, a silent webhook, a signed image that is refused as well) is unknown. Nothing is stored and nothing runs.",
    why: "Policies say what should be refused. Only a refusal shows that the webhook is called, reaches the registry, and covers the namespace.",
    fix: "See which policy should have refused it (`cluster/image-verification` names what leaves a namespace out), and that its webhook answers.",
    references: [
      "https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run",
      "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#response",
    ],
  },
  subject: "admission-probe",
  needs: { probe: "partial" },
  looked: ({ probe: { answers } }) =>
    Object.fromEntries(
      answers.map((answer) => [
        answer.role,
        answer.outcome === "refused"
          ? `${answer.image}: refused by ${answer.by}`
          : `${answer.image}: ${answer.outcome}`,
      ]),
    ),
  *evaluate({ probe }) {
    yield* draftsOf(id, "high", found(probe));
  },
};

const TITLES: Readonly<Record<Exclude<ProbeRole, "signed">, string>> = {
  unsigned: "Admission lets an unsigned image in",
  stranger: "Admission lets in an image that a stranger has signed",
};

const FIXES: typeof TITLES = {
  unsigned: "have a policy refuse images without a signature",
  stranger: "have a policy name the signers whom it trusts, and refuse all others",
};

function* found({ object, name, answers }: AdmissionProbeFacts["probe"]): Generator<FieldDetection> {
  for (const { outcome, role, image } of answers) {
    if (outcome !== "admitted" || role === "signed") continue;
    yield {
      object,
      path: ["metadata", "name"],
      subject: role,
      title: TITLES[role],
      fix: `${FIXES[role]} in namespace ${name}`,
      evidence: { image },
    };
  }
}
