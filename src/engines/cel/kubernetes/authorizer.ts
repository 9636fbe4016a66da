/**
 * `authorizer` (k8s.io/apiserver, pkg/cel/library/authz.go): whether somebody may do something. Only the cluster knows, so
 * each check is a question that whoever evaluates has an answer for, or the expression's value is not known.
 */
import { type Library, method } from "../library.ts";
import type { Opaque, Value } from "../model.ts";
import { Failure, Unanswered } from "../values.ts";

/** Of a resource or of a path, never of both. */
export interface AuthorizationQuestion {
  readonly key: string;
  /** `system:serviceaccount:NAMESPACE:NAME`; absent: whoever makes the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
  readonly verb: string;
  readonly path?: string;
  readonly group?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

/** @returns undefined: not known */
export type Answer = (question: AuthorizationQuestion) => boolean | undefined;

type Parts = Omit<AuthorizationQuestion, "key" | "verb">;

interface Asker {
  readonly answer: Answer;
  readonly parts: Parts;
}

const AUTHORIZER = "kubernetes.authorization.Authorizer";
const PATH = "kubernetes.authorization.PathCheck";
const GROUP = "kubernetes.authorization.GroupCheck";
const RESOURCE = "kubernetes.authorization.ResourceCheck";
const DECISION = "kubernetes.authorization.Decision";

function opaque(type: string, asker: Asker): Opaque {
  return { kind: "opaque", type, key: JSON.stringify(Object.entries(asker.parts).sort()), content: asker };
}

/** The variable `authorizer`. */
export function authorizerOf(answer: Answer): Opaque {
  return opaque(AUTHORIZER, { answer, parts: {} });
}

/** The variable `authorizer.requestResource`. */
export function requestResourceOf(
  answer: Answer,
  of: Pick<Parts, "group" | "resource" | "subresource" | "namespace" | "name">,
): Opaque {
  return opaque(RESOURCE, { answer, parts: of });
}

/** The same with more said. */
function and(type: string, { content }: Opaque, more: Parts): Opaque {
  const { answer, parts } = content as Asker;
  return opaque(type, { answer, parts: { ...parts, ...more } });
}

const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9.]*[a-z0-9])?$/;
const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;

interface Decision {
  readonly question: AuthorizationQuestion;
  readonly allowed: boolean | undefined;
}

function check({ content }: Opaque, verb: string): Opaque | Failure {
  const { answer, parts } = content as Asker;
  const question = { verb, ...parts, key: JSON.stringify(Object.entries({ verb, ...parts }).sort()) };
  const decision: Decision = { question, allowed: answer(question) };
  return { kind: "opaque", type: DECISION, key: question.key, content: decision };
}

function unanswered({ content }: Opaque, what: string): Failure {
  const { question } = content as Decision;
  const { resource = "", verb, path } = question;
  return new Unanswered([{ reason: `${what}whether somebody may ${verb} ${path ?? resource} is not known`, question }]);
}

/** What is said of a decision. Of one that was asked for in vain nothing is known. */
function about(name: string, of: (allowed: boolean) => Value | undefined) {
  return method(name, [DECISION], (decision) => {
    const { allowed } = decision.content as Decision;
    const said = allowed === undefined ? undefined : of(allowed);
    return said ?? unanswered(decision, name === "allowed" ? "" : `${name}() of `);
  });
}

const RESOURCE_PARTS = ["subresource", "namespace", "name", "fieldSelector", "labelSelector"] as const;

export const authorization: Library = {
  types: [AUTHORIZER, PATH, GROUP, RESOURCE, DECISION],
  overloads: [
    method("path", [AUTHORIZER, "string"], (authorizer, path) =>
      path.trim() === "" ? new Failure("path must not be empty") : and(PATH, authorizer, { path }),
    ),
    method("group", [AUTHORIZER, "string"], (authorizer, group) => and(GROUP, authorizer, { group })),
    method("serviceAccount", [AUTHORIZER, "string", "string"], (authorizer, namespace, name) => {
      const isNamed = SUBDOMAIN.test(name) && name.length <= 253 && LABEL.test(namespace) && namespace.length <= 63;
      if (!isNamed) return new Failure("invalid name of a service account");
      return and(AUTHORIZER, authorizer, { serviceAccount: { namespace, name } });
    }),
    method("resource", [GROUP, "string"], (group, resource) =>
      resource.trim() === "" ? new Failure("resource must not be empty") : and(RESOURCE, group, { resource }),
    ),
    ...RESOURCE_PARTS.map((part) =>
      method(part, [RESOURCE, "string"], (resource, text) => and(RESOURCE, resource, { [part]: text })),
    ),
    method("check", [PATH, "string"], check),
    method("check", [RESOURCE, "string"], check),
    about("allowed", (allowed) => allowed),
    about("errored", () => false),
    about("error", () => ""),
    // The cluster's answer to whoever asks has its own reason, which is another than the API server's own.
    about("reason", () => undefined),
  ],
};
