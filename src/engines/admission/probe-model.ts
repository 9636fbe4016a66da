/** What admission answered to pods that nobody meant to run: proof of what policies only say. */
import type { Gap } from "../../core/evidence.ts";
import type { KubernetesObject } from "../kubernetes/object-model.ts";

/** `unsigned`: it has no signature. `stranger`: it has one, of nobody whom the policy trusts. `signed`: it must be let in. */
export type ProbeRole = "unsigned" | "stranger" | "signed";

export type ProbeAnswer =
  | {
      readonly outcome: "admitted";
      readonly role: ProbeRole;
      readonly image: string;
    }
  | {
      /** By admission, and for the image. */
      readonly outcome: "refused";
      readonly role: ProbeRole;
      readonly image: string;
      /** The webhook, or the policy. */
      readonly by: string;
      /** One line, as admission said it. */
      readonly message: string;
    }
  | {
      /** Nothing is proved: it was refused for something else, or it is not known why, or nobody could be asked. */
      readonly outcome: "undecided";
      readonly role: ProbeRole;
      readonly image: string;
      readonly gap: Gap;
    };

/** A dry run of the same pod with each image, in one namespace. */
export interface NamespaceProbe {
  readonly name: string;
  readonly object: KubernetesObject;
  readonly answers: readonly ProbeAnswer[];
}
