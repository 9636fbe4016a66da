/** What the guard may do in the cluster: no more than it asks for, each with its reason. */
import type { Plain } from "../../../formats/yaml/write.ts";
import type { Comments, DeployObject, DeploySettings, NamedSecret } from "./model.ts";
import { labels, names } from "./names.ts";

const RBAC = "rbac.authorization.k8s.io";

type Rule = { readonly [key: string]: Plain };

export function accessObjects(settings: DeploySettings, comments: Comments): DeployObject[] {
  const { namespace, certificates } = settings;
  const own = certificates === "own";
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: { name: names.component, namespace, labels: labels() },
      automountServiceAccountToken: false,
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: "ClusterRole",
      metadata: { name: names.cluster, labels: labels() },
      rules: clusterRules(settings, comments),
    },
    bindingOf("ClusterRoleBinding", { name: names.cluster, role: "ClusterRole" }, namespace),
    ...(own ? ownSecret(namespace) : []),
    ...grants(namespace),
    ...settings.pullSecrets.flatMap((secret) => pullSecret(secret, namespace)),
    breakGlass(),
  ];
}

function clusterRules({ certificates }: DeploySettings, comments: Comments): Rule[] {
  const stated = (why: string, rule: Rule): Rule => {
    comments.set(rule, [why]);
    return rule;
  };
  return [
    stated("Labels of namespaces, which selectors of policies go by.", {
      apiGroups: [""],
      resources: ["namespaces"],
      verbs: ["get", "list", "watch"],
    }),
    stated("Which Secrets pods of an account pull with: their names.", {
      apiGroups: [""],
      resources: ["serviceaccounts"],
      verbs: ["get"],
    }),
    stated("Policies of the API server, which are evaluated too.", {
      apiGroups: ["admissionregistration.k8s.io"],
      resources: ["validatingadmissionpolicies", "validatingadmissionpolicybindings"],
      verbs: ["get", "list", "watch"],
    }),
    stated(
      certificates === "cert-manager"
        ? "Its own webhooks alone: whether what they trust is what it serves."
        : "Its own webhooks alone: whether what they trust is what it serves, and to renew that.",
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        resourceNames: [names.cluster],
        verbs: certificates === "cert-manager" ? ["get"] : ["get", "patch"],
      },
    ),
    stated("Whether somebody may break the glass, and what policies of the API server ask of its authorizer.", {
      apiGroups: ["authorization.k8s.io"],
      resources: ["subjectaccessreviews"],
      verbs: ["create"],
    }),
    stated("What a pod is made from, where somebody broke the glass for that.", {
      apiGroups: ["apps"],
      resources: ["daemonsets", "replicasets", "statefulsets"],
      verbs: ["get"],
    }),
    { apiGroups: ["batch"], resources: ["jobs"], verbs: ["get"] },
    { apiGroups: [""], resources: ["replicationcontrollers"], verbs: ["get"] },
    stated("An event where the glass is broken.", {
      apiGroups: ["events.k8s.io"],
      resources: ["events"],
      verbs: ["create"],
    }),
    stated("Reports of what was admitted, in whichever form is installed: one an object, which goes with it.", {
      apiGroups: ["openreports.io"],
      resources: ["reports"],
      verbs: ["create", "patch"],
    }),
    { apiGroups: ["wgpolicyk8s.io"], resources: ["policyreports"], verbs: ["create", "patch"] },
  ];
}

/** The Secret is there from the start, so that none has to be created: that right could not be held to one name. */
function ownSecret(namespace: string): DeployObject[] {
  return ownRole(namespace, names.component, {
    apiGroups: [""],
    resources: ["secrets"],
    resourceNames: [names.certificate],
    verbs: ["get", "update"],
  });
}

/** What was let through, so that every replica lets through what controllers make of it. It is there from the start too. */
function grants(namespace: string): DeployObject[] {
  return [
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: names.grants, namespace, labels: labels("break-glass") },
    },
    ...ownRole(namespace, names.grants, {
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: [names.grants],
      verbs: ["get", "patch"],
    }),
  ];
}

function ownRole(namespace: string, name: string, rule: Rule): DeployObject[] {
  return [
    { apiVersion: `${RBAC}/v1`, kind: "Role", metadata: { name, namespace, labels: labels() }, rules: [rule] },
    bindingOf("RoleBinding", { name, role: "Role", within: namespace }, namespace),
  ];
}

function pullSecret({ namespace, name }: NamedSecret, account: string): DeployObject[] {
  const role = `bulkhead-admission-pull-${name}`.slice(0, 63);
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: "Role",
      metadata: { name: role, namespace, labels: labels() },
      rules: [{ apiGroups: [""], resources: ["secrets"], resourceNames: [name], verbs: ["get"] }],
    },
    bindingOf("RoleBinding", { name: role, role: "Role", within: namespace }, account),
  ];
}

/** Bound to nobody: bind it to whom you would wake at night. */
function breakGlass(): DeployObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind: "ClusterRole",
    metadata: { name: names.breakGlass, labels: labels("break-glass") },
    rules: [{ apiGroups: ["admission.bulkhead.dev"], resources: ["breakglass"], verbs: ["use"] }],
  };
}

function bindingOf(
  kind: "ClusterRoleBinding" | "RoleBinding",
  { name, role, within }: { readonly name: string; readonly role: string; readonly within?: string },
  account: string,
): DeployObject {
  return {
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: { name, ...(within === undefined ? {} : { namespace: within }), labels: labels() },
    roleRef: { apiGroup: RBAC, kind: role, name },
    subjects: [{ kind: "ServiceAccount", name: names.component, namespace: account }],
  };
}
