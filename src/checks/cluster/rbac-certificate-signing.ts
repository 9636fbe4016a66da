import { allows, firstByName, type Grant, type GrantedRule } from "../../engines/kubernetes/model.ts";
import { clusterCheck } from "./kubernetes/cluster-check.ts";
import { describeRule, nameSubjects, pathOf, placesOf, subjectOf } from "./rbac/describe.ts";
import { givesEverything, hitsOf, type Permission } from "./rbac/permissions.ts";

const GROUP = "certificates.k8s.io";

const halves = [
  { resource: "certificatesigningrequests/approval", verb: "approve" },
  { resource: "certificatesigningrequests/status", verb: "sign" },
] as const;

function changing(resource: string): Permission {
  const requests = ["update", "patch"].map((verb) => ({ verb, group: GROUP, resource }));
  return { action: "", requests, clusterScoped: true, named: "never" };
}

/** Signers whose certificates the API server itself takes for clients or kubelets. */
const trusted = [
  "kube-apiserver-client",
  "kube-apiserver-client-kubelet",
  "kubelet-serving",
  "legacy-unknown",
  "*",
].map((name) => `kubernetes.io/${name}`);

function isTrusted({ rule }: GrantedRule, verb: string): boolean {
  if (!allows(rule, { verb, group: GROUP, resource: "signers" })) return false;
  return rule.resourceNames.length === 0 || rule.resourceNames.some((name) => trusted.includes(name));
}

const signing =
  (verb: string) =>
  (grant: Grant): { grant: Grant; rule: GrantedRule } | undefined => {
    const rule = grant.namespace === undefined ? grant.role.rules.find((each) => isTrusted(each, verb)) : undefined;
    return rule === undefined ? undefined : { grant, rule };
  };

/** The CSR API as a way to a client's certificate (Kubernetes documentation, RBAC good practices, CSRs). */
export const rbacCertificateSigning = clusterCheck<"access">({
  name: "rbac-certificate-signing",
  title: "Permission to approve or sign certificates",
  severity: "high",
  withoutControl: "none of the ten is about permissions (RBAC)",
  documentation: {
    what: "Checks who may change the approval of certificate signing requests and `approve` for one of Kubernetes' own signers, or change their status and `sign`. Both halves are looked for in all bindings of a subject. Not reported: approving for a signer of one's own.",
    why: "A certificate of `kubernetes.io/kube-apiserver-client` is a user of any name, in most groups, for as long as it lasts: nothing takes it back.",
    fix: "Leave it to the controllers of kube-controller-manager. Where a program approves certificates, name its signer in `resourceNames`.",
    references: [
      "https://kubernetes.io/docs/concepts/security/rbac-good-practices/#csrs-and-certificate-issuing",
      "https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/",
    ],
  },
  needs: { manifests: "partial", access: "partial" },
  applies: ({ access }) => access.grants.length > 0,
  *detect({ access }) {
    const trusting = { approve: firstByName(access, signing("approve")), sign: firstByName(access, signing("sign")) };
    for (const grant of access.grants) {
      if (grant.role.rules.some(({ rule }) => givesEverything(rule))) continue;
      for (const { resource, verb } of halves) {
        const rules = hitsOf(grant, changing(resource)).map(({ rule }) => rule);
        if (rules.length === 0) continue;
        const other = grant.subjects.map((subject) => trusting[verb](subject)).find((each) => each !== undefined);
        if (other === undefined) continue;
        yield {
          object: grant.binding.object,
          path: ["roleRef"],
          subject: subjectOf(grant, verb, describeRule(other.rule.rule)),
          title: `${nameSubjects(grant.subjects)} can ${verb} certificates that the API server trusts`,
          fix: "list the signers in resourceNames, or remove the rule from the role",
          also: [...placesOf(rules), ...placesOf([other.rule])],
          evidence: { path: pathOf(grant, rules), signers: pathOf(other.grant, [other.rule]) },
        };
      }
    }
  },
});
