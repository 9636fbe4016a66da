import { describeObject } from "../../engines/kubernetes/model.ts";
import { clip } from "../findings/one-line.ts";
import { networkCheck } from "./policies/network-check.ts";

/** Policies that decide no connection: others decide all of them before. */
export const policyShadowed = networkCheck({
  name: "policy-shadowed",
  title: "Network policies without effect beside others",
  severity: "low",
  documentation: {
    what: "Checks whether removing a policy changes a connection: one whose rules other policies decide before it changes none. Of several that say the same the first of the files is kept. Not reported: policies that name pods or namespaces of which none was read; where there are more kinds of pods than can be compared, none, and a note says so. Severity: low.",
    why: "Anyone who reads it believes that it protects something, and edits it without effect.",
    fix: "Delete it, or narrow the policy that comes before it.",
    references: ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"],
  },
  needs: { policies: "complete" },
  applies: ({ policies }) => policies.some(({ shadowed }) => shadowed !== undefined),
  *detect({ policies }) {
    for (const { object, shadowed } of policies) {
      if (shadowed !== true) continue;
      yield {
        object,
        path: [],
        subject: describeObject(object),
        title: `${clip(describeObject(object))} changes no connection: other policies decide all of them`,
        fix: "delete it, or narrow the policies that allow the same",
      };
    }
  },
});
