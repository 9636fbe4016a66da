/** What expressions of a policy may read of a request (the API server's plugin/cel, activation.go). */
import { Problem } from "../../../core/problem.ts";
import type { Untyped } from "../../../core/untyped.ts";
import { type Answer, authorizerOf, requestResourceOf } from "../../cel/kubernetes/authorizer.ts";
import { asOwn, Lazy } from "../../cel/maps.ts";
import type { Budget, Value } from "../../cel/model.ts";
import { Failure, TooCostly, Unanswered } from "../../cel/values.ts";
import type { AdmissionRequest } from "../model.ts";
import { NAMESPACE_FIELDS } from "./declared-fields.ts";
import type { PolicyContext } from "./model.ts";
import type { Named } from "./ready.ts";

export type Variables = Readonly<Record<string, unknown>>;

/** What all expressions read, but for parameters, `variables` and, of conditions, the namespace. */
export function requestVariables(request: AdmissionRequest, answer: Answer): Variables {
  const { group, resource } = request.resource;
  const { namespace = "", name = "", subResource = "" } = request;
  return {
    object: request.object ?? null,
    oldObject: request.oldObject ?? null,
    request: requestOf(request),
    authorizer: asOwn(authorizerOf(answer)),
    "authorizer.requestResource": asOwn(
      requestResourceOf(answer, { group, resource, subresource: subResource, namespace, name }),
    ),
  };
}

/** As its JSON is, without the objects, which are variables of their own. */
function requestOf(request: AdmissionRequest): Untyped {
  const { user, subResource, namespace, name, options } = request;
  const text = (field: string, value: string | undefined) =>
    value === undefined || value === "" ? {} : { [field]: value };
  return {
    uid: request.uid,
    kind: request.kind,
    resource: request.resource,
    ...text("subResource", subResource),
    requestKind: request.requestKind ?? request.kind,
    requestResource: request.requestResource ?? request.resource,
    ...text("requestSubResource", subResource),
    ...text("name", name),
    ...text("namespace", namespace),
    operation: request.operation,
    userInfo: {
      ...text("username", user.username),
      ...text("uid", user.uid),
      ...(user.groups.length === 0 ? {} : { groups: user.groups }),
      ...(Object.keys(user.extra).length === 0 ? {} : { extra: user.extra }),
    },
    dryRun: request.dryRun,
    ...(options === undefined ? {} : { options }),
  };
}

/** Conditions have no namespace: the API server evaluates them before it looks for one. */
export const withoutNamespace: Variables = {
  namespaceObject: null,
  ...Object.fromEntries(
    NAMESPACE_FIELDS.map((name) => [name, new Lazy(() => new Failure("no such overload: null_type"))] as const),
  ),
};

export function namespaceVariables(request: AdmissionRequest, { namespace }: PolicyContext): Variables {
  const isNamespace = request.kind.kind === "Namespace" && request.kind.group === "";
  if ((request.namespace ?? "") === "" || isNamespace || namespace === undefined) return withoutNamespace;
  const unknown = (reason: string) => new Lazy(() => new Unanswered([{ reason }]));
  if (namespace instanceof Problem) {
    const lazy = unknown(`namespace ${request.namespace} is not known`);
    return { namespaceObject: lazy, ...Object.fromEntries(NAMESPACE_FIELDS.map((name) => [name, lazy] as const)) };
  }
  const { name, uid, labels, annotations } = namespace;
  const map = (field: string, of: Untyped) => (Object.keys(of).length === 0 ? {} : { [field]: of });
  return {
    namespaceObject: {
      metadata: {
        name,
        ...(uid === undefined ? {} : { uid }),
        ...map("labels", labels),
        ...map("annotations", annotations),
      },
    },
    ...Object.fromEntries(NAMESPACE_FIELDS.map((field) => [field, unknown(`${field} is not known`)] as const)),
  };
}

/**
 * `variables.NAME`, each evaluated when it is first read and remembered.
 *
 * @param given - all else that they read
 */
export function policyVariables(variables: readonly Named[], given: Variables, budget: Budget): Variables {
  const all: Record<string, unknown> = { ...given };
  for (const { name, program } of variables) {
    let held: Value | Failure | undefined;
    all[`variables.${name}`] = new Lazy(() => {
      held ??= outcomeValue(program.evaluate(all, budget), name);
      return held;
    });
  }
  return all;
}

function outcomeValue(outcome: ReturnType<Named["program"]["evaluate"]>, name: string): Value | Failure {
  switch (outcome.kind) {
    case "value":
      return outcome.value;
    case "unknown":
      return new Unanswered(outcome.asks);
    case "error":
      return new Failure(`variable ${name}: ${outcome.reason}`);
    case "cost":
      throw new TooCostly(`variable ${name}: ${outcome.reason}`);
  }
}

/** Steps are of whoever reads it. */
export function paramsVariables(params: Untyped | undefined): Variables {
  return { params: params ?? null };
}
