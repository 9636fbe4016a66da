/** Whether somebody may do something, by the API server's own word (authorization.k8s.io/v1, SubjectAccessReview). */

import { Problem } from "../../../core/problem.ts";
import { isObject } from "../../../core/untyped.ts";
import type { PolicyQuestion } from "../../../engines/admission/policies/model.ts";
import type { ClusterApi } from "../../../engines/kubernetes/cluster/client.ts";
import { pathOf } from "../../../engines/kubernetes/cluster/paths.ts";
import { refusedReply } from "../../../engines/kubernetes/cluster/writes.ts";
import type { ClusterView } from "../model.ts";
import { bounds } from "./bounds.ts";
import { createShortMemory } from "./memory.ts";

const GROUP = "authorization.k8s.io";
const path = pathOf({ group: GROUP, version: "v1", resource: "subjectaccessreviews" });

export function createAccess(api: ClusterApi, now: () => number): ClusterView["may"] {
  const answers = createShortMemory<boolean>(bounds.accessMilliseconds, now);
  return async (user, question) => {
    const { username, uid, groups, extra } = user;
    const spec = {
      user: username,
      ...(uid === undefined ? {} : { uid }),
      groups,
      extra,
      ...attributesOf(question),
    };
    const answer = await answers.of(JSON.stringify(spec), async () => {
      const body = { apiVersion: `${GROUP}/v1`, kind: "SubjectAccessReview", spec };
      const reply = await api.send({ method: "POST", path, body, repeatable: true });
      const { status } = reply.body;
      if (reply.status !== 201 || !isObject(status) || typeof status.allowed !== "boolean") {
        throw refusedReply(reply, path, "create subjectaccessreviews.authorization.k8s.io");
      }
      if (status.allowed && status.denied !== true) return true;
      // Somebody who is refused although not all could be looked at may be allowed all the same.
      if (typeof status.evaluationError !== "string" || status.evaluationError === "" || status.denied === true)
        return false;
      const cause = `the API server could not evaluate it: ${status.evaluationError.slice(0, 300)}`;
      throw new Problem({ kind: "unavailable", code: "cluster.access", place: path, cause });
    });
    return answer ?? false;
  };
}

function attributesOf({ nonResourcePath, ...question }: PolicyQuestion) {
  if (nonResourcePath === undefined) return { resourceAttributes: question };
  return { nonResourceAttributes: { path: nonResourcePath, verb: question.verb } };
}
