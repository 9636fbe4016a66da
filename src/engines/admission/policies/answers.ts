/** Questions of expressions to the cluster's authorization, asked between two evaluations. */
import type { Problem } from "../../../core/problem.ts";
import type { Answer, AuthorizationQuestion } from "../../cel/kubernetes/authorizer.ts";
import type { RequestUser } from "../model.ts";
import { bounds } from "./bounds.ts";
import type { PolicyContext, PolicyQuestion } from "./model.ts";

export interface Answers {
  readonly answer: Answer;
  /** Asks what is open. @returns whether anything was answered, so that it is worth evaluating again */
  ask(): Promise<boolean>;
}

export function answersOf(user: RequestUser, { may }: PolicyContext): Answers {
  const known = new Map<string, boolean | Problem>();
  const open = new Map<string, AuthorizationQuestion>();
  return {
    answer(question) {
      const held = known.get(question.key);
      if (held === undefined) open.set(question.key, question);
      return typeof held === "boolean" ? held : undefined;
    },
    async ask() {
      const asked = [...open.values()].slice(0, Math.max(0, bounds.questions - known.size));
      open.clear();
      if (may === undefined || asked.length === 0) return false;
      const found = await Promise.all(
        asked.map(async (question) => {
          const put = questionOf(question);
          return put === undefined ? undefined : await may(userOf(question, user), put);
        }),
      );
      for (const [index, { key }] of asked.entries()) {
        const answer = found[index];
        if (answer !== undefined) known.set(key, answer);
      }
      return found.some((answer) => typeof answer === "boolean");
    },
  };
}

/** Undefined of one that a SubjectAccessReview has no words for here: with a selector of fields or labels. */
function questionOf(question: AuthorizationQuestion): PolicyQuestion | undefined {
  const { verb, path, group = "", resource = "", subresource, namespace, name } = question;
  if ((question.fieldSelector ?? "") !== "" || (question.labelSelector ?? "") !== "") return undefined;
  if (path !== undefined) return { verb, group: "", resource: "", nonResourcePath: path };
  const text = (field: string, value: string | undefined) =>
    value === undefined || value === "" ? {} : { [field]: value };
  return {
    ...{ verb, group, resource },
    ...text("subresource", subresource),
    ...text("namespace", namespace),
    ...text("name", name),
  };
}

function userOf({ serviceAccount }: AuthorizationQuestion, user: RequestUser): RequestUser {
  if (serviceAccount === undefined) return user;
  const { namespace, name } = serviceAccount;
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    groups: ["system:serviceaccounts", `system:serviceaccounts:${namespace}`],
    extra: {},
  };
}
